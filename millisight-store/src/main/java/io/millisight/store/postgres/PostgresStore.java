package io.millisight.store.postgres;

import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.TimeRange;
import io.millisight.store.AlertRecord;
import io.millisight.store.HealthQuery;
import io.millisight.store.HealthRecord;
import io.millisight.store.InstanceRecord;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupVisitor;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoreBatch;
import io.millisight.store.StoreException;
import io.millisight.store.StoreStatus;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store in a PostgreSQL schema, which any number of instances share. What it holds is documented in {@code
 * docs/format/postgresql.md}.
 *
 * <p>Two connections: one writes, one reads, each a caller at a time. Every transaction says for itself where the tables are and how
 * long it may wait. A connection that failed is dropped, and the next call opens another and looks at the schema again.
 *
 * <p>Nothing is written before the journal's cursor is moved from where it was found, in the same transaction: a commit whose
 * outcome is unknown can be repeated, also while the server has not noticed yet that we are gone.
 */
public final class PostgresStore implements Store {

    private static final Logger log = LoggerFactory.getLogger("millisight");

    /** "No partition of relation found for row", among others. */
    private static final String CHECK_VIOLATION = "23514";

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final PostgresUrl url;
    private final Retention retention;
    private final Session writer;
    private final Session reader;
    private final Unreadable unreadable = new Unreadable();

    /** So that it is said once. By the one caller that maintains. */
    private volatile boolean mayMakeDays = true;

    private PostgresStore(PostgresUrl url, Connections.Source source, Migrations migrations, Retention retention) {
        this.url = url;
        this.retention = retention;
        this.writer = new Session(source, url, false, session -> prepare(session, migrations), Session.WAIT_MILLIS);
        this.reader = new Session(source, url, true, session -> {}, Session.WAIT_MILLIS);
    }

    /**
     * Opens the store, creating or migrating the schema as needed.
     *
     * @param url a JDBC URL: {@code jdbc:postgresql://host:port/database?user=...}; the schema is {@code millisight}, or
     *     the URL's {@code currentSchema}
     * @throws IllegalArgumentException when it is no URL of PostgreSQL
     * @throws StoreException when it cannot be opened; it may pass, unless the schema is a newer version's
     */
    public static PostgresStore open(String url, Retention retention) {
        PostgresUrl parsed = PostgresUrl.of(url);
        return open(parsed, Connections.of(parsed), Migrations.ofResources(), retention);
    }

    /**
     * Opens the store in schema {@code millisight} of the database that this data source leads to. Connections are taken from
     * it for a moment each, two at a time at most, never inside a transaction of the caller, and given back as they were.
     *
     * @throws StoreException as {@link #open(String, Retention)}; also when it does not lead to PostgreSQL
     */
    public static PostgresStore open(DataSource dataSource, Retention retention) {
        return open(PostgresUrl.ofDataSource(), new PooledConnections(dataSource), Migrations.ofResources(), retention);
    }

    static PostgresStore open(PostgresUrl url, Connections.Source source, Migrations migrations, Retention retention) {
        PostgresStore store = new PostgresStore(url, source, migrations, retention);
        try {
            store.writer.use(session -> session.inTransaction(connection -> true));
            return store;
        } catch (SQLException e) {
            // Whatever the server says now, people can mend it while we run: a right, a password, the database itself.
            throw StoreException.passing(url + ": " + Connections.words(e), e);
        }
    }

    private void prepare(Session session, Migrations migrations) throws SQLException {
        session.inTransaction(connection -> {
            migrations.apply(connection, url.schema());
            return true;
        });
    }

    @Override
    public Optional<JournalCursor> cursor(String journalId) {
        return read(session ->
                session.inTransaction(connection -> Optional.ofNullable(BatchWriter.cursor(connection, journalId))));
    }

    @Override
    public boolean commit(StoreBatch batch) {
        BatchWriter writer = new BatchWriter(batch);
        return write(session -> {
            try {
                return commit(session, writer, batch);
            } catch (SQLException e) {
                if (!Connections.is(CHECK_VIOLATION, e)) {
                    throw e;
                }
                return commit(session, writer, batch); // Somebody has dropped a partition.
            }
        });
    }

    private boolean commit(Session session, BatchWriter writer, StoreBatch batch) throws SQLException {
        addNames(session, writer.endpoints(), batch.service(), batch.instance());
        addPartitions(session, writer.days());
        return session.inTransaction(connection -> writer.write(connection, session.names()));
    }

    static void addNames(Session session, Collection<Endpoint> endpoints, String service, String instance)
            throws SQLException {
        if (!session.names().knows(endpoints, service, instance)) {
            session.inTransaction(connection -> {
                session.names().add(connection, endpoints, service, instance);
                return true;
            });
        }
    }

    private void addPartitions(Session session, SortedSet<LocalDate> days) throws SQLException {
        if (session.partitions().has(days)) {
            return;
        }
        session.inTransaction(connection -> {
            session.partitions().add(connection, url.schema(), days);
            return true;
        });
        session.partitions().remember(days);
    }

    @Override
    public void addHealth(List<HealthRecord> records) {
        write(session -> session.inTransaction(connection -> {
            HealthRows.insert(connection, records);
            return true;
        }));
    }

    @Override
    public void health(HealthQuery query, Consumer<HealthRecord> visitor) {
        read(session -> session.inTransaction(connection -> {
            HealthRows.read(connection, query, visitor);
            return true;
        }));
    }

    @Override
    public void rollups(RollupQuery query, RollupVisitor visitor) {
        read(session -> session.inTransaction(connection -> {
            new PostgresReads(connection, session.names(), unreadable).rollups(query, visitor);
            return true;
        }));
    }

    @Override
    public RequestPage requests(RequestQuery query) {
        return read(session -> session.inTransaction(
                connection -> new PostgresReads(connection, session.names(), unreadable).requests(query)));
    }

    @Override
    public SortedMap<Integer, Long> statuses(RequestQuery query) {
        return read(session -> session.inTransaction(
                connection -> new PostgresReads(connection, session.names(), unreadable).statuses(query)));
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public void addInstance(InstanceRecord record) {
        write(session -> {
            addNames(session, List.of(), record.service(), record.instance());
            return session.inTransaction(connection -> {
                InstanceRows.put(connection, session.names(), record);
                return true;
            });
        });
    }

    @Override
    public List<InstanceRecord> instances() {
        return read(session -> session.inTransaction(InstanceRows::read));
    }

    @Override
    public boolean addAlert(AlertRecord alert, long cooldownMicros) {
        Endpoint endpoint = alert.endpoint();
        return write(session -> {
            addNames(session, endpoint == null ? List.of() : List.of(endpoint), alert.service(), alert.raisedBy());
            return session.inTransaction(
                    connection -> AlertRows.insert(connection, session.names(), url.schema(), alert, cooldownMicros));
        });
    }

    @Override
    public List<AlertRecord> alerts(TimeRange range, Scope scope, int limit) {
        return read(session -> session.inTransaction(connection -> AlertRows.read(connection, range, scope, limit)));
    }

    /** One step of: partitions for the days to come, merging a minute's rollups, trimming. Each is a short transaction. */
    @Override
    public boolean maintain(long nowMicros, long trustedMicros) {
        addDaysAhead(nowMicros);
        return write(session -> {
            boolean merged =
                    session.inTransaction(connection -> new Merging(connection, unreadable).mergeMinute(nowMicros));
            return merged || trim(session, trustedMicros);
        });
    }

    /** A right that is missing stops no merging, no trimming, and no commit as long as there are partitions. */
    private void addDaysAhead(long nowMicros) {
        try {
            writer.use(session -> {
                addPartitions(session, ahead(nowMicros));
                return true;
            });
            mayMakeDays = true;
        } catch (SQLException e) {
            if (!Connections.is(Connections.NO_RIGHT, e)) {
                throw failed("write", e);
            }
            if (mayMakeDays) {
                mayMakeDays = false;
                log.warn(
                        "{}: no partitions can be made for days to come; requests of a day without one will wait: {}",
                        url,
                        Connections.words(e));
            }
        }
    }

    private static SortedSet<LocalDate> ahead(long nowMicros) {
        long today = Instants.storable(nowMicros);
        SortedSet<LocalDate> days = new TreeSet<>();
        for (int day = 0; day <= Partitions.DAYS_AHEAD; day++) {
            days.add(Instants.day(Instants.storable(today + day * Instants.DAY)));
        }
        return days;
    }

    private boolean trim(Session session, long nowMicros) throws SQLException {
        return dropDay(session, nowMicros)
                || session.inTransaction(
                        connection -> new Trimming(connection, retention).trimRows(url.schema(), nowMicros));
    }

    private boolean dropDay(Session session, long nowMicros) throws SQLException {
        try {
            boolean dropped = session.inTransaction(
                    connection -> new Trimming(connection, retention).dropDay(url.schema(), nowMicros));
            if (dropped) {
                session.partitions().forget();
            }
            return dropped;
        } catch (SQLException e) {
            if (!Connections.is(LOCK_NOT_AVAILABLE, e)) {
                throw e;
            }
            log.debug("{}: a day of requests that has ended is in use; it is dropped later", url);
            return false;
        }
    }

    @Override
    public long vouchedMicros(long nowMicros) {
        return read(session -> session.inTransaction(
                connection -> new PostgresReads(connection, session.names(), unreadable).vouchedMicros(nowMicros)));
    }

    @Override
    public StoreStatus status() {
        return read(session -> session.inTransaction(
                connection -> new PostgresReads(connection, session.names(), unreadable).status(url.description())));
    }

    /** Ends reads and writes; those that hang are cut off. Repeating it changes nothing. */
    @Override
    public void close() {
        try {
            writer.close();
            reader.close();
        } catch (SQLException e) {
            throw failed("close", e);
        }
    }

    private <T> T read(Session.Work<T> work) {
        try {
            return reader.use(work);
        } catch (SQLException e) {
            throw failed("read", e);
        }
    }

    /** Does work of this package on the connection that writes. */
    <T> T write(Session.Work<T> work) {
        try {
            return writer.use(work);
        } catch (SQLException e) {
            throw failed("write", e);
        }
    }

    private StoreException failed(String doing, SQLException e) {
        return new StoreException(url + ": " + doing + ": " + Connections.words(e), e);
    }
}
