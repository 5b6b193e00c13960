package io.millisight.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;

/**
 * The partitions of {@code api_metrics}: {@code api_metrics_2026_01_31} has that day of UTC. Those with other names are
 * somebody else's and left alone. Remembers which days have one; whoever finds that wrong {@linkplain #forget forgets}. Not thread-safe.
 */
final class Partitions {

    /** One day's, and what it takes with its indexes. */
    record Partition(LocalDate day, long bytes) {}

    /** Today and so many days more: what people insert by hand finds its place also when no instance has run for a while. */
    static final int DAYS_AHEAD = 3;

    private static final String PREFIX = "api_metrics_";

    private final Set<LocalDate> known = new HashSet<>();

    /** Whether all of these are known to have one. */
    boolean has(Set<LocalDate> days) {
        return known.containsAll(days);
    }

    void forget() {
        known.clear();
    }

    /**
     * Makes those that are missing, in a transaction of its own.
     *
     * <p>Made beside the table and then attached, which neither reads nor inserts wait for; CREATE TABLE ... PARTITION OF
     * would lock them all out.
     */
    void add(Connection connection, String schema, SortedSet<LocalDate> days) throws SQLException {
        Migrations.lock(connection, schema);
        Set<LocalDate> existing = new HashSet<>();
        for (Partition partition : read(connection)) {
            existing.add(partition.day());
        }
        try (Statement statement = connection.createStatement()) {
            for (LocalDate day : days) {
                if (!existing.contains(day)) {
                    statement.execute("CREATE TABLE IF NOT EXISTS " + name(day)
                            + " (LIKE api_metrics INCLUDING DEFAULTS INCLUDING CONSTRAINTS)");
                    statement.execute("ALTER TABLE api_metrics ATTACH PARTITION " + name(day) + " FOR VALUES FROM ('"
                            + day + " 00:00:00+00') TO ('" + day.plusDays(1) + " 00:00:00+00')");
                }
            }
        }
    }

    /** To be called when the transaction has been committed. */
    void remember(Set<LocalDate> days) {
        known.addAll(days);
    }

    /** Those of days, oldest first. */
    static List<Partition> read(Connection connection) throws SQLException {
        List<Partition> partitions = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(Sql.of("partitions"));
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                String name = row.getString(1);
                if (name.startsWith(PREFIX)) {
                    add(partitions, name.substring(PREFIX.length()), row.getLong(2));
                }
            }
        }
        partitions.sort(Comparator.comparing(Partition::day));
        return partitions;
    }

    private static void add(List<Partition> partitions, String day, long bytes) {
        try {
            partitions.add(new Partition(LocalDate.parse(day.replace('_', '-')), bytes));
        } catch (DateTimeParseException e) {
            // Somebody else's.
        }
    }

    /** Drops one and what was counted of it, in a transaction that the caller has begun. */
    static void drop(Connection connection, LocalDate day) throws SQLException {
        try (Statement statement = connection.createStatement();
                PreparedStatement forget = connection.prepareStatement(Sql.of("forget days"))) {
            statement.execute("DROP TABLE IF EXISTS " + name(day));
            forget.setObject(1, day);
            forget.executeUpdate();
        }
    }

    private static String name(LocalDate day) {
        return Sql.quoted(PREFIX + day.toString().replace('-', '_'));
    }
}
