package io.millisight.battery;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** One life of {@link FaultedService} in a process of its own, seen from outside: its port, its log, its controls. */
final class FaultedProcess implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> log = new ArrayList<>();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final Process process;

    /** Begins it, on this disk where one is given. */
    FaultedProcess(SmallDisk disk, Path data) throws IOException {
        this(disk::within, List.of(data.toString()));
    }

    /** Begins it with this store, and a ring of this size. */
    FaultedProcess(Path data, String store, int journalBytes) throws IOException {
        this(command -> command, List.of(data.toString(), store, String.valueOf(journalBytes)));
    }

    private FaultedProcess(UnaryOperator<List<String>> place, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                FaultedService.class.getName()));
        command.addAll(arguments);
        process = new ProcessBuilder(place.apply(command))
                .redirectErrorStream(true)
                .start();
        Thread reader = new Thread(this::read, "log of the faulted service");
        reader.setDaemon(true);
        reader.start();
        try {
            port.get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (Exception e) {
            process.destroyForcibly();
            throw new IllegalStateException("the service did not start: " + log(), e);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(FaultedService.PORT)) {
                    port.complete(Integer.parseInt(line.substring(FaultedService.PORT.length())));
                }
                synchronized (log) {
                    log.add(line);
                }
            }
        } catch (IOException e) {
            // It has ended.
        } finally {
            port.completeExceptionally(new IOException("ended"));
        }
    }

    int port() {
        return port.join();
    }

    /** Its process: below what put it on its disk, which replaces itself by it. */
    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** How many lines it has said. */
    int said() {
        synchronized (log) {
            return log.size();
        }
    }

    /** What it said of its own accord from this line on: no stack traces. */
    List<String> warnings(int from) {
        synchronized (log) {
            return log.subList(from, log.size()).stream()
                    .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                    .toList();
        }
    }

    List<String> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    /** Waits until it has said something like this since that line. */
    void awaitWord(int from, Predicate<String> wanted) {
        await("a word", () -> log().stream().skip(from).anyMatch(wanted));
    }

    /** Waits, with patience but not for ever. */
    void await(String what, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (!isAlive() || System.nanoTime() - begun > PATIENCE_NANOS) {
                throw new AssertionError("waited in vain for " + what + (isAlive() ? "" : ": it has ended") + "; "
                        + String.join("\n", log()));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    /** Stores all that has completed; false when the store is away. */
    boolean flush() {
        HttpResponse<String> response = answer("flush");
        if (response.statusCode() != 200 && response.statusCode() != 503) {
            throw new AssertionError("flush: " + response.statusCode() + " " + response.body());
        }
        return response.statusCode() == 200;
    }

    /** Stores all that has completed, as soon as the store is back. */
    void catchUp() {
        await("the store", this::flush);
    }

    /** Both clocks, set forward. */
    void forward(Duration by) {
        control("forward?" + by.toSeconds());
    }

    /** {@code seen}, {@code stored}, {@code pending} and {@code dropped.*}. */
    Map<String, Long> ledger() {
        Map<String, Long> ledger = new TreeMap<>();
        control("ledger").lines().forEach(line -> {
            String[] words = line.split(" ", -1);
            ledger.put(words[0], Long.parseLong(words[1]));
        });
        return ledger;
    }

    /** All that is stored. */
    Books books() {
        return Books.of(control("books"));
    }

    private String control(String what) {
        HttpResponse<String> response = answer(what);
        if (response.statusCode() != 200) {
            throw new AssertionError(what + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    private HttpResponse<String> answer(String what) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/control/" + what))
                            .timeout(Duration.ofSeconds(60))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(what + ": " + e + (isAlive() ? "" : "; it has ended: " + log()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends it at once. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends it in good order. */
    void stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
            throw new AssertionError("it does not end: " + log());
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
