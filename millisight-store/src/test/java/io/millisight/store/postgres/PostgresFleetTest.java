package io.millisight.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupQuery.Resolution;
import io.millisight.store.Scope;
import io.millisight.store.StoreBatch;
import io.millisight.store.StoreException;
import io.millisight.testkit.BatchBuilder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several instances at one database, some of them dying at bad moments: everything is there once. */
class PostgresFleetTest {

    /** A round hour: 2026-01-01T00:00:00Z. */
    private static final long START = 1_767_225_600_000_000L;

    private static final int INSTANCES = 8;

    private final String schema = Server.newSchema();
    private final List<PostgresStore> opened = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(INSTANCES);

    @AfterEach
    void close() {
        threads.shutdownNow();
        opened.forEach(PostgresStore::close);
    }

    @Test
    void eightThatStartAtOnceOnAnEmptyDatabaseMigrateOnceAndAllStore() throws Exception {
        List<PostgresStore> stores = atOnce(instance -> PostgresStore.open(Server.url(schema), Retention.defaults()));
        opened.addAll(stores);
        atOnce(instance -> stores.get(instance)
                .commit(new BatchBuilder("shop-" + instance, "journal-" + instance)
                        .request("GET /a", START, 1)
                        .request("GET /b", START + instance * Instants.DAY, 1)
                        .request("GET /c", START, 1)
                        .build()));
        assertThat(Server.ask(schema, "SELECT count(*) FROM millisight_schema")).isEqualTo("1");
        assertThat(Server.ask(schema, "SELECT count(*) FROM endpoint")).isEqualTo("3");
        assertThat(requests()).isEqualTo(3 * INSTANCES);
        assertThat(stores.get(0).status().requests()).isEqualTo(3 * INSTANCES);
    }

    @Test
    void allMergeAndTrimAtOnceAndEveryRequestIsInItsHourOnce() throws Exception {
        List<PostgresStore> stores = new ArrayList<>();
        for (int instance = 0; instance < 4; instance++) {
            stores.add(open());
            BatchBuilder batches = new BatchBuilder("shop-" + instance, "journal-" + instance);
            for (int second = 0; second < 300; second++) {
                stores.get(instance)
                        .commit(batches.request("GET /a", START + second * 1_000_000L, 1)
                                .build());
            }
        }
        List<Callable<Boolean>> upkeep = new ArrayList<>();
        for (PostgresStore store : stores) {
            upkeep.add(() -> {
                while (store.maintain(START + 2 * TimeRange.HOUR)) {
                    assertThat(sum(store, Resolution.COARSEST)).isEqualTo(1_200);
                }
                return true;
            });
        }
        for (Future<Boolean> done : threads.invokeAll(upkeep)) {
            done.get();
        }
        while (stores.get(0).maintain(START + 2 * TimeRange.HOUR)) {}
        assertThat(Server.ask(schema, "SELECT count(*) FROM rollup WHERE level = 0"))
                .isEqualTo("0");
        assertThat(Server.ask(schema, "SELECT count(*) FROM rollup WHERE level = 2"))
                .as("hours: of each instance, and of the service")
                .isEqualTo("5");
        assertThat(sum(stores.get(0), Resolution.COARSEST)).isEqualTo(1_200);
        assertThat(sum(stores.get(0), Resolution.MINUTE)).isEqualTo(1_200);
    }

    @Test
    void whoeverDiesWhileMergingLeavesItToTheNext() {
        PostgresStore sound = open();
        BatchBuilder batches = new BatchBuilder("shop-1", "journal-1");
        for (int minute = 0; minute < 5; minute++) {
            sound.commit(batches.request("GET /a", START + minute * TimeRange.MINUTE, 1)
                    .build());
        }
        for (String at : List.of("take packs", "merged pack", "put pack")) {
            PostgresStore dying = openWith(sql -> sql.equals(Sql.of(at)), null);
            assertThatThrownBy(() -> dying.maintain(START + TimeRange.HOUR)).isInstanceOf(StoreException.class);
            assertThat(sum(sound, Resolution.COARSEST)).isEqualTo(5);
        }
        while (sound.maintain(START + 2 * TimeRange.HOUR)) {}
        assertThat(sum(sound, Resolution.COARSEST)).isEqualTo(5);
        assertThat(sum(sound, Resolution.MINUTE)).isEqualTo(5);
    }

    @Test
    void aCommitWhoseAnswerWasLostIsFoundWhenItIsTriedAgain() {
        AtomicInteger commits = new AtomicInteger();
        PostgresStore store = openWith(sql -> false, commits);
        StoreBatch batch = new BatchBuilder("shop-1", "journal-1")
                .request("GET /a", START, 1)
                .build();
        store.maintain(START); // Knows the day, so that the next commits are those of the names and of the batch.
        commits.set(2);
        assertThatThrownBy(() -> store.commit(batch)).isInstanceOf(StoreException.class);
        assertThat(store.commit(batch)).isFalse();
        assertThat(requests()).isEqualTo(1);
        assertThat(sum(store, Resolution.COARSEST)).isEqualTo(1);
    }

    @Test
    void aBatchThatTwoProcessesOfOneIdentityStoreAtOnceIsThereOnce() throws Exception {
        List<PostgresStore> stores = new ArrayList<>();
        for (int process = 0; process < INSTANCES; process++) {
            stores.add(open());
        }
        BatchBuilder batches = new BatchBuilder("shop-1", "journal-1");
        for (int round = 0; round < 20; round++) {
            StoreBatch batch = batches.request("GET /a", START + round, 1).build();
            List<Boolean> written = atOnce(process -> {
                try {
                    return stores.get(process).commit(batch);
                } catch (StoreException e) {
                    return stores.get(process).commit(batch); // The cursor was moved meanwhile.
                }
            });
            assertThat(written).filteredOn(mine -> mine).hasSize(1);
        }
        assertThat(requests()).isEqualTo(20);
        assertThat(sum(stores.get(0), Resolution.COARSEST)).isEqualTo(20);
    }

    @Test
    void whoStoresForTheSameJournalFromAnotherPlaceIsRefused() {
        PostgresStore store = open();
        BatchBuilder batches = new BatchBuilder("shop-1", "journal-1");
        StoreBatch first = batches.request("GET /a", START, 1).build();
        StoreBatch second = batches.request("GET /a", START + 1, 1).build();
        assertThat(store.commit(first)).isTrue();
        assertThat(store.commit(second)).isTrue();
        assertThat(store.commit(first)).isFalse();
        assertThat(requests()).isEqualTo(2);
    }

    @Test
    void endpointsThatOthersAddAreInTheNextAnswerAndThoseBesideThemAreThereOnce() {
        PostgresStore reader = open();
        PostgresStore writer = open();
        BatchBuilder batches = new BatchBuilder("shop-1", "journal-1");
        writer.commit(batches.request("GET /a", START, 1).build());
        assertThat(sums(reader, Scope.ALL)).containsExactly(Map.entry("GET /a", 1L));
        writer.commit(batches.request("GET /a", START + 1, 1)
                .request("GET /b", START + 1, 1)
                .build());
        writer.commit(batches.request("GET /b", START + 2, 1).build());
        assertThat(sums(reader, Scope.ALL)).containsOnly(Map.entry("GET /a", 2L), Map.entry("GET /b", 2L));
    }

    @Test
    void endpointsWhoseNumbersAreLowerButBecameKnownLaterAreInTheNextAnswer() {
        PostgresStore reader = open();
        PostgresStore writer = open();
        BatchBuilder batches = new BatchBuilder("shop-1", "journal-1");
        Server.execute(schema, "ALTER TABLE endpoint ALTER endpoint_id RESTART WITH 100");
        writer.commit(batches.request("GET /a", START, 1).build());
        assertThat(sums(reader, Scope.ALL)).containsExactly(Map.entry("GET /a", 1L));
        Server.execute(schema, "ALTER TABLE endpoint ALTER endpoint_id RESTART WITH 1");
        writer.commit(batches.request("GET /b", START, 1).build());
        assertThat(sums(reader, Scope.ALL)).containsOnly(Map.entry("GET /a", 1L), Map.entry("GET /b", 1L));
    }

    @Test
    void anAnswerAboutAServiceOfAnyNameIsAboutThatOne() {
        PostgresStore store = open();
        List<String> names = List.of("o'shop", "shop\\", "shop\\'--", "?", "%s", "shop\0", "ш");
        for (String name : names) {
            store.commit(new BatchBuilder(name, name, "journal-" + names.indexOf(name))
                    .request(new Endpoint("GET", "/of/" + name), START, 1, 200, Outcome.COMPLETED, false, null)
                    .build());
        }
        while (store.maintain(START + 2 * TimeRange.HOUR)) {}
        for (String name : names) {
            assertThat(sums(store, Scope.ofService(name))).containsExactly(Map.entry("GET /of/" + name, 1L));
            assertThat(sums(store, Scope.ofInstance(name, name))).containsExactly(Map.entry("GET /of/" + name, 1L));
        }
    }

    @Test
    void aStoreHoldsTwoConnectionsAtMost() {
        PostgresStore store = open();
        List<Future<?>> readers = new ArrayList<>();
        for (int reader = 0; reader < INSTANCES; reader++) {
            readers.add(threads.submit(() -> {
                for (int read = 0; read < 20; read++) {
                    sum(store, Resolution.COARSEST);
                }
            }));
        }
        BatchBuilder batches = new BatchBuilder("shop-1", "journal-1");
        for (int batch = 0; batch < 20; batch++) {
            store.commit(batches.request("GET /a", START + batch, 1).build());
            assertThat(Server.ask(
                            schema, "SELECT count(*) <= 2 FROM pg_stat_activity WHERE application_name = 'millisight'"))
                    .isEqualTo("t");
        }
        assertThat(readers).allSatisfy(reader -> assertThat(reader.get()).isNull());
    }

    private PostgresStore open() {
        PostgresStore store = PostgresStore.open(Server.url(schema), Retention.defaults());
        opened.add(store);
        return store;
    }

    /**
     * One whose connections fail at the first statement that is meant, and lose the answer to the commit that counts {@code
     * commits} down to 0.
     */
    private PostgresStore openWith(Predicate<String> fails, AtomicInteger commits) {
        PostgresUrl url = PostgresUrl.of(Server.url(schema));
        Connections.Source sound = Connections.of(url);
        PostgresStore store = PostgresStore.open(
                url, () -> faulty(sound.open(), fails, commits), Migrations.ofResources(), Retention.defaults());
        opened.add(store);
        return store;
    }

    private static Connection faulty(Connection sound, Predicate<String> fails, AtomicInteger commits) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement") && fails.test((String) arguments[0])) {
                        sound.abort(Runnable::run);
                        throw new SQLException("cut", "08006");
                    }
                    try {
                        Object answer = method.invoke(sound, arguments);
                        if (commits != null && method.getName().equals("commit") && commits.decrementAndGet() == 0) {
                            throw new SQLException("the answer was lost", "08006");
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** What the instances do, all at the same moment. */
    private interface AtOnce<T> {
        T as(int instance) throws Exception;
    }

    private <T> List<T> atOnce(AtOnce<T> work) throws Exception {
        CyclicBarrier begin = new CyclicBarrier(INSTANCES);
        List<Callable<T>> calls = new ArrayList<>();
        for (int instance = 0; instance < INSTANCES; instance++) {
            int which = instance;
            calls.add(() -> {
                begin.await();
                return work.as(which);
            });
        }
        List<T> answers = new ArrayList<>();
        for (Future<T> answer : threads.invokeAll(calls)) {
            answers.add(answer.get());
        }
        return answers;
    }

    private long requests() {
        try (PostgresStore store = PostgresStore.open(Server.url(schema), Retention.defaults())) {
            return store.requests(RequestQuery.all(new TimeRange(START, START + 100 * Instants.DAY), 10_000))
                    .requests()
                    .size();
        }
    }

    private static long sum(PostgresStore store, Resolution resolution) {
        long[] sum = {0};
        store.rollups(
                new RollupQuery(new TimeRange(START, START + 24 * TimeRange.HOUR), resolution, Scope.ALL),
                (endpoint, window, rollup) -> sum[0] += rollup.requests());
        return sum[0];
    }

    private static Map<String, Long> sums(PostgresStore store, Scope scope) {
        Map<String, Long> sums = new HashMap<>();
        store.rollups(
                new RollupQuery(new TimeRange(START, START + 24 * TimeRange.HOUR), Resolution.COARSEST, scope),
                (endpoint, window, rollup) -> sums.merge(endpoint.name(), rollup.requests(), Long::sum));
        return sums;
    }
}
