package com.example.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Starts the shop with an empty data folder, sends known traffic, and holds every figure of its metrics against what
 * was sent. One line a check; exit status 0 if all passed, else 1.
 *
 * <p>Three lives of one data folder: the first is measured and stopped in order, the second is driven into a latency
 * spike and killed with everything still unstored, the third must know all of it.
 */
public final class Verify {

    private static final String SLOW_STORE = "--millisight.flush-interval=60s";

    private final Checks checks = new Checks();
    private final Path jar;
    private final Path folder;

    private Verify(Path jar, Path folder) {
        this.jar = jar;
        this.folder = folder;
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            System.err.println("usage: Verify <the shop's executable jar>");
            System.exit(2);
        }
        Path folder = Files.createTempDirectory("millisight-verify");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        System.exit(new Verify(Path.of(args[0]), folder).run() ? 0 : 1);
    }

    private boolean run() {
        long start = System.nanoTime();
        try {
            int sent = measured();
            sent += spikedAndKilled(sent);
            remembered(sent);
        } catch (InterruptedException e) {
            checks.check(false, "interrupted", "");
        } catch (Exception e) {
            checks.check(false, "broke off", "%s", e);
        }
        return checks.conclude((System.nanoTime() - start) / 1e9);
    }

    /** Returns how many requests were sent. */
    private int measured() throws IOException, InterruptedException {
        try (Server server = Server.start(jar, folder)) {
            Client client = server.client();
            new HeaderRound(client, checks).run();
            new FiguresRound(client, checks).run();
            checks.section("Stopped in order");
            long begun = System.nanoTime();
            boolean stopped = server.stop();
            checks.check(stopped, "ends when told to", "after %.1f s", (System.nanoTime() - begun) / 1e9);
            boolean quiet = !server.log().contains("\tat ");
            checks.check(
                    quiet,
                    "no stack trace in its log",
                    "%d lines",
                    server.log().lines().count());
            return client.sent();
        }
    }

    /**
     * Returns how many requests were sent.
     *
     * @param before how many requests the data folder holds
     */
    private int spikedAndKilled(int before) throws IOException, InterruptedException {
        String[] settings = Stream.concat(Stream.of(SLOW_STORE), Stream.of(SpikeRound.SETTINGS))
                .toArray(String[]::new);
        try (Server server = Server.start(jar, folder, settings)) {
            Client client = server.client();
            checks.section("Started again");
            reportKnows(client, before);
            int reset = new SpikeRound(client, checks).run();

            checks.section("Killed with kill -9, nothing of the last requests stored yet");
            new Burst(client, 4, 100).send();
            var summary = client.summary(reset);
            long pending = summary.metrics().path("ledger").path("pending").asLong();
            server.kill();
            checks.check(
                    summary.isExact() && pending >= summary.expected(),
                    "in the journal alone when it is killed",
                    "%d requests, the last %d among them",
                    pending,
                    summary.expected());
            return client.sent();
        }
    }

    private void remembered(int before) throws IOException, InterruptedException {
        try (Server server = Server.start(jar, folder)) {
            Client client = server.client();
            checks.section("Started once more");
            reportKnows(client, before);
            int expected = before + client.sent();
            int stored = client.stored().size();
            checks.check(stored == expected, "stored requests", "%d of %d sent in three lives", stored, expected);
            server.stop();
        }
    }

    private void reportKnows(Client client, int before) throws IOException, InterruptedException {
        long total = client.json("/metrics/performance?hours=1")
                .path("total_requests")
                .asLong(-1);
        checks.check(total == before, "/metrics/performance?hours=1 knows all", "%d requests of %d", total, before);
    }

    /** The hook that ends the server may still run: what cannot be deleted now is deleted a moment later. */
    private static void delete(Path folder) {
        for (int attempt = 0; attempt < 100 && Files.exists(folder); attempt++) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException stillWritten) {
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
