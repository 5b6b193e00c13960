package io.millisight.benchmarks.storing;

import io.millisight.benchmarks.Cost;
import io.millisight.benchmarks.Effort;
import io.millisight.benchmarks.Figures;
import io.millisight.benchmarks.Progress;
import io.millisight.benchmarks.Rounds;
import io.millisight.benchmarks.Table;
import io.millisight.store.Retention;
import io.millisight.store.StoreBatch;
import io.millisight.store.postgres.PostgresStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Storing requests in PostgreSQL, each way into a new table of the same kind, taking turns. */
public final class PostgresFigures {

    private static final String COPY = "bare binary COPY";
    private static final int CLIENTS = 8;

    private final EmbeddedPostgres server;
    private final Map<String, Rounds> perSecond = new LinkedHashMap<>();
    private final Rounds overCopy = new Rounds();
    private int schemas;

    private PostgresFigures(EmbeddedPostgres server) {
        this.server = server;
    }

    /** Takes all figures. */
    public static Figures take(Effort effort) throws Exception {
        try (EmbeddedPostgres server = server()) {
            PostgresFigures figures = new PostgresFigures(server);
            figures.round(Math.max(1, effort.storedRows() / 10)); // To warm up.
            figures.perSecond.clear();
            figures.overCopy.clear();
            for (int round = 1; round <= effort.storeRounds(); round++) {
                Progress.round("postgres", round, effort.storeRounds());
                figures.round(effort.storedRows());
            }
            return new Figures("postgres", figures.table());
        }
    }

    /** As a server is set up that loses nothing: the library's own choice is not. */
    static EmbeddedPostgres server() throws Exception {
        return EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_wal_size", "4GB")
                .setServerConfig("shared_buffers", "512MB")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
    }

    private void round(int rows) throws Exception {
        int few = Math.max(1, rows / 100);
        add("one INSERT and commit a request, one connection", few, insertSingly(few, 1));
        add("one INSERT and commit a request, eight connections", few, insertSingly(few, CLIENTS));
        add("INSERT in batches of 1,000", rows / 4, insertInBatches(rows / 4));
        double bare = add(COPY, rows, copy(rows));
        double ours = add("**Millisight: requests, rollups, cursor and merging**", rows, store(rows));
        overCopy.add(ours / bare);
    }

    private double add(String way, int rows, long nanos) {
        double rate = rows * 1e9 / nanos;
        perSecond.computeIfAbsent(way, added -> new Rounds()).add(rate);
        return rate;
    }

    private long insertSingly(int rows, int clients) throws Exception {
        String url = newTable();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<MetricsTable> tables = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                tables.add(new MetricsTable(url));
            }
            Cost cost = Cost.of(() -> {
                List<Future<?>> done = new ArrayList<>();
                for (MetricsTable table : tables) {
                    Traffic traffic = traffic();
                    done.add(threads.submit(() -> {
                        table.insertSingly(traffic, rows / clients);
                        return null;
                    }));
                }
                for (Future<?> client : done) {
                    client.get();
                }
            });
            for (MetricsTable table : tables) {
                table.close();
            }
            return cost.wallNanos();
        } finally {
            threads.shutdown();
        }
    }

    private long insertInBatches(int rows) throws Exception {
        try (MetricsTable table = new MetricsTable(newTable() + "&reWriteBatchedInserts=true")) {
            Traffic traffic = traffic();
            return Cost.of(() -> table.insertInBatches(traffic, rows)).wallNanos();
        }
    }

    private long copy(int rows) throws Exception {
        try (MetricsTable table = new MetricsTable(newTable())) {
            Traffic traffic = traffic();
            long nanos = 0;
            for (int left = rows; left > 0; left -= BlockStore.BATCH) {
                StoreBatch batch = traffic.batch(Math.min(left, BlockStore.BATCH));
                nanos += Cost.of(() -> table.copy(batch)).wallNanos();
            }
            return nanos;
        }
    }

    private long store(int rows) throws Exception {
        try (PostgresStore store = PostgresStore.open(newTable(), Retention.defaults())) {
            Traffic traffic = traffic();
            long nanos = 0;
            for (int left = rows; left > 0; left -= BlockStore.BATCH) {
                StoreBatch batch = traffic.batch(Math.min(left, BlockStore.BATCH));
                nanos += Cost.of(() -> store.commit(batch)).wallNanos();
            }
            nanos += Cost.of(() -> {
                        while (store.maintain(traffic.nowMicros())) {}
                    })
                    .wallNanos();
            return nanos;
        }
    }

    /** Where a new table is, made by the store itself, with a partition for today. */
    private String newTable() throws Exception {
        if (schemas > 0) {
            MetricsTable.dropSchema(url("public"), "bench" + schemas);
        }
        String url = url("bench" + ++schemas);
        try (PostgresStore store = PostgresStore.open(url, Retention.defaults())) {
            store.maintain(traffic().nowMicros());
        }
        return url;
    }

    private String url(String schema) {
        return "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?user=postgres&currentSchema=" + schema;
    }

    private static Traffic traffic() {
        return new Traffic(System.currentTimeMillis() / 86_400_000L * 86_400_000_000L);
    }

    private Table table() {
        Table table = new Table(
                "store requests in PostgreSQL, specified indexes",
                "requests/s",
                "lowest-highest round",
                "over bare COPY");
        double bare = perSecond.get(COPY).median();
        perSecond.forEach((way, rates) -> {
            double rate = rates.median();
            double ratio = way.startsWith("**") ? overCopy.median() : rate / bare;
            table.row(way, Table.number(rate), rates.spread(), Table.ratio(ratio));
        });
        return table;
    }
}
