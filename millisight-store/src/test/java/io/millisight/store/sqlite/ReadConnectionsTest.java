package io.millisight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadConnectionsTest {

    private final List<Connection> opened = new ArrayList<>();

    @Test
    void closesAllAlsoWhenOneFailsToClose(@TempDir Path folder) throws SQLException {
        Path path = folder.resolve("r.db");
        SqliteFile file = new SqliteFile(path, Migrations.ofResources(), Clock.systemUTC(), this::failsToClose);
        try (Connection writer = Connections.writer(Connections.FROM_SQLITE, path)) {
            assertThat(writer.isClosed()).isFalse();
            ReadConnections readers = new ReadConnections(file);
            readers.read(first -> readers.read(second -> true));
            assertThat(opened).hasSize(2);
            assertThatThrownBy(readers::close)
                    .isInstanceOf(SQLException.class)
                    .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
            for (Connection connection : opened) {
                assertThat(connection.isClosed()).isTrue();
            }
        }
    }

    private Connection failsToClose(Path file, boolean readOnly) throws SQLException {
        Connection real = Connections.FROM_SQLITE.open(file, readOnly);
        opened.add(real);
        return (Connection) Proxy.newProxyInstance(
                ReadConnectionsTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(real, arguments);
                        if (method.getName().equals("close")) {
                            throw new SQLException("closed, and failed, on purpose");
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
