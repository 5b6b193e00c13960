package io.millisight.store.postgres;

import io.millisight.block.RequestColumns;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupFormatException;
import io.millisight.rollup.RollupPack;
import io.millisight.rollup.TimeRange;
import io.millisight.store.AlertRecord;
import io.millisight.store.HealthRecord;
import io.millisight.store.LevelRange;
import io.millisight.store.Retention;
import io.millisight.store.StoreBatch;
import io.millisight.store.StoreException;
import io.millisight.store.sqlite.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Copies the history of a service from its SQLite database into PostgreSQL: requests, rollups, health, alerts, and how far the
 * journal was stored, so that the service goes on there. The service must not be running on the SQLite database any more.
 *
 * <pre>{@code
 * java -cp ... io.millisight.store.postgres.HistoryCopy millisight-data/millisight.db 'jdbc:postgresql://db/metrics?user=...'
 * }</pre>
 *
 * <p>Can be stopped at any time and run again, also when it was through: each step is one transaction that moves a cursor of
 * the copy's own. Requests are stepped through by their numbers, which merging leaves alone; rollups by their windows, each with
 * what is not merged into it yet, so that it does not matter how far the merging has come. Nothing in the SQLite
 * database is deleted.
 */
public final class HistoryCopy {

    private static final int HEALTH_AT_ONCE = 1_000;
    private static final String BEGUN = ": begun at";
    private static final long DAY = 24 * TimeRange.HOUR;

    private final SqliteHistory from;
    private final PostgresStore to;
    private final Consumer<String> progress;
    private final List<@Nullable Endpoint> endpoints;
    private final String id;

    private HistoryCopy(SqliteHistory from, PostgresStore to, Consumer<String> progress) throws SQLException {
        this.from = from;
        this.to = to;
        this.progress = progress;
        this.endpoints = from.endpoints();
        this.id = id();
    }

    /** Copies, and says how far it is. */
    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            System.err.println("usage: HistoryCopy <millisight.db> <jdbc:postgresql://...>");
            System.exit(2);
        }
        copy(Path.of(arguments[0]), arguments[1], System.out::println);
    }

    /**
     * Copies what has not been copied yet.
     *
     * @param sqlite the database file, {@code millisight.db} in the data directory
     * @param url of the PostgreSQL store, as the setting {@code store} has it
     * @param progress receives a line now and then
     * @throws StoreException when one of the two fails: run it again; or when the service went on storing into the SQLite
     *     database after the copy was begun
     */
    public static void copy(Path sqlite, String url, Consumer<String> progress) {
        if (!Files.isRegularFile(sqlite)) {
            throw new IllegalArgumentException("SQLite database: " + sqlite + "; allowed: a file that exists");
        }
        SqliteStore.open(sqlite, Retention.defaults()).close(); // Brings an older one to the present tables.
        try (PostgresStore to = PostgresStore.open(url, Retention.defaults());
                SqliteHistory from = new SqliteHistory(sqlite)) {
            new HistoryCopy(from, to, progress).run();
        } catch (SQLException e) {
            throw new StoreException(sqlite + ": " + e.getMessage(), e);
        }
    }

    /**
     * A history is known by one of its journals, which have random names: by the one that an earlier copy of it went by, else
     * by any.
     */
    private String id() throws SQLException {
        String any = "copy of nothing";
        for (String journal : from.cursors().keySet()) {
            any = "copy of " + journal;
            if (to.cursor(any + BEGUN).isPresent()) {
                return any;
            }
        }
        return any;
    }

    private void run() throws SQLException {
        copyCursors();
        copyRequests();
        copyRollups(LevelRange.MINUTE, TimeRange.MINUTE, TimeRange.HOUR, "minutes");
        copyRollups(LevelRange.HOUR, TimeRange.HOUR, DAY, "hours");
        copyHealth();
        for (AlertRecord alert : from.alerts()) {
            to.addAlert(alert, 0);
        }
        progress.accept("done");
    }

    /** The first step: a service that begins on PostgreSQL meanwhile must not hand over again what is being copied. */
    private void copyCursors() throws SQLException {
        SortedMap<String, JournalCursor> cursors = from.cursors();
        long[] mark = cursors.values().stream()
                .flatMapToLong(cursor -> IntStream.range(0, cursor.lanes()).mapToLong(cursor::position))
                .toArray();
        String marking = id + BEGUN;
        to.write(session -> session.inTransaction(connection -> {
            JournalCursor begun = BatchWriter.cursor(connection, marking);
            if (begun != null && !begun.equals(JournalCursor.of(mark))) {
                throw new StoreException(
                        "the SQLite database has more than when its copy was begun: a service went on storing"
                                + " into it. What was copied is in PostgreSQL; the rest would be counted twice in part");
            }
            if (begun == null) {
                BatchWriter.moveCursor(connection, marking, null, JournalCursor.of(mark));
                for (Map.Entry<String, JournalCursor> cursor : cursors.entrySet()) {
                    if (BatchWriter.cursor(connection, cursor.getKey()) == null) {
                        BatchWriter.moveCursor(connection, cursor.getKey(), null, cursor.getValue());
                    }
                }
            }
            return true;
        }));
    }

    private void copyRequests() throws SQLException {
        String journal = id + ": requests";
        JournalCursor done = to.cursor(journal).orElse(JournalCursor.of(0));
        long all = from.requests(0);
        for (SqliteHistory.Block block = from.block(done.position(0));
                block != null;
                block = from.block(done.position(0))) {
            JournalCursor end =
                    JournalCursor.of(block.firstSequence() + block.requests().size());
            SqliteHistory.Source source = block.source();
            to.commit(new StoreBatch(
                    source.service(),
                    source.instance(),
                    journal,
                    done,
                    end,
                    known(),
                    behind(block, done.position(0)),
                    List.of()));
            done = end;
            progress.accept("requests: " + (all - from.requests(done.position(0))) + " of " + all);
        }
    }

    /** Numbers that no endpoint has are those of none of the requests. */
    private List<Endpoint> known() {
        return endpoints.stream()
                .map(endpoint -> Objects.requireNonNullElse(endpoint, Endpoint.OTHER))
                .toList();
    }

    private static RequestColumns behind(SqliteHistory.Block block, long sequence) {
        RequestColumns all = block.requests();
        if (block.firstSequence() >= sequence) {
            return all;
        }
        RequestColumns rest = new RequestColumns(all.size());
        for (int row = (int) (sequence - block.firstSequence()); row < all.size(); row++) {
            rest.add(
                    all.completedAtMicros(row),
                    all.durationNanos(row),
                    all.endpoint(row),
                    all.status(row),
                    all.outcome(row),
                    all.userId(row));
        }
        return rest;
    }

    /** One level, some windows a transaction. */
    private void copyRollups(int level, long windowMicros, long stepMicros, String name) throws SQLException {
        String journal = id + ": " + name;
        SortedMap<Integer, SqliteHistory.Source> sources = from.sources();
        JournalCursor done = to.cursor(journal).orElse(null);
        while (true) {
            Long first = from.firstWindow(level, done == null ? Long.MIN_VALUE : done.position(0));
            if (first == null) {
                return;
            }
            long begin = Math.floorDiv(first, stepMicros) * stepMicros;
            JournalCursor before = done;
            JournalCursor end = JournalCursor.of(begin + stepMicros);
            to.write(session -> {
                for (SqliteHistory.Source source : sources.values()) {
                    PostgresStore.addNames(session, present(), source.service(), source.instance());
                }
                return session.inTransaction(connection -> {
                    BatchWriter.moveCursor(connection, journal, before, end);
                    add(
                            connection,
                            session.names(),
                            sources,
                            level,
                            windowMicros,
                            new TimeRange(begin, begin + stepMicros));
                    return true;
                });
            });
            done = end;
            progress.accept(name + ": up to " + TimeRange.instant(begin + stepMicros));
        }
    }

    private List<Endpoint> present() {
        List<Endpoint> present = new ArrayList<>();
        for (Endpoint endpoint : endpoints) {
            if (endpoint != null) {
                present.add(endpoint);
            }
        }
        return present;
    }

    private record Window(long beginMicros, int sourceId) {}

    private void add(
            Connection connection,
            Names names,
            SortedMap<Integer, SqliteHistory.Source> sources,
            int level,
            long windowMicros,
            TimeRange step)
            throws SQLException {
        Map<Window, SortedMap<Integer, Rollup>> sums = new HashMap<>();
        from.packs(level, step.fromMicros(), step.toMicros(), (packWindow, source, data) -> {
            long begin = Math.floorDiv(packWindow, windowMicros) * windowMicros;
            addTo(sums.computeIfAbsent(new Window(begin, source), window -> new TreeMap<>()), begin, data, names);
        });
        Merging merging = new Merging(connection, new Unreadable());
        for (Map.Entry<Window, SortedMap<Integer, Rollup>> sum : sums.entrySet()) {
            SqliteHistory.Source source =
                    Objects.requireNonNull(sources.get(sum.getKey().sourceId()));
            List<RollupPack.Entry> entries = new ArrayList<>();
            sum.getValue().forEach((endpoint, rollup) -> entries.add(new RollupPack.Entry(endpoint, rollup)));
            merging.addTo(
                    level,
                    sum.getKey().beginMicros(),
                    names.source(source.service(), source.instance()),
                    RollupPack.encode(entries));
        }
    }

    private void addTo(SortedMap<Integer, Rollup> sum, long window, byte[] pack, Names names) {
        try {
            RollupPack.forEach(pack, (endpoint, rollup) -> sum.computeIfAbsent(
                            names.endpoint(Objects.requireNonNull(endpoints.get(endpoint))), added -> new Rollup())
                    .add(rollup));
        } catch (RollupFormatException e) {
            progress.accept("a rollup of " + TimeRange.instant(window) + " is damaged and left out: " + e.getMessage());
        }
    }

    private void copyHealth() throws SQLException {
        List<HealthRecord> records = from.health();
        for (int begin = 0; begin < records.size(); begin += HEALTH_AT_ONCE) {
            int end = Math.min(records.size(), begin + HEALTH_AT_ONCE);
            to.addHealth(records.subList(begin, end));
            progress.accept("health records: " + end + " of " + records.size());
        }
    }
}
