package io.millisight.health.probe;

import io.millisight.health.HealthProbe;
import io.millisight.health.HealthResult;
import java.sql.Connection;
import java.time.Duration;
import javax.sql.DataSource;

/** Asks a database for a valid connection. Stands in for the real one. */
public final class DatabaseProbe implements HealthProbe {

    private final DataSource dataSource;

    private DatabaseProbe(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** A probe of the database behind a DataSource. */
    public static DatabaseProbe of(DataSource dataSource) {
        return new DatabaseProbe(dataSource);
    }

    @Override
    public HealthResult check(Duration timeout) throws Exception {
        try (Connection connection = dataSource.getConnection()) {
            return connection.isValid(1) ? HealthResult.healthy() : HealthResult.down("not valid");
        }
    }
}
