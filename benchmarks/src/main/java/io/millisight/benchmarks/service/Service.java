package io.millisight.benchmarks.service;

import io.millisight.benchmarks.Scratch;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The service in a JVM of its own, watched by one subject. It ends when the connection to it is closed, so with this process too. */
final class Service {

    /** Where {@code benchmarks/service} is. */
    private static final Path SERVICES =
            Path.of(System.getProperty("bench.services", "service")).toAbsolutePath();

    private static final long HEAP_BYTES = 256L << 20;
    private static final int TIMEOUT_SECONDS = 90;

    private final Path folder = Scratch.folder("service");
    private final Process process;
    private final Socket gauge;
    private final DataInputStream answers;
    private final int port;
    private final double startSeconds;

    /** Starts it and waits for its first answer. */
    Service(Subject subject, OtlpSink sink) throws IOException {
        try (ServerSocket expected = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            expected.setSoTimeout(1_000);
            ProcessBuilder command = new ProcessBuilder(command(subject, sink, expected.getLocalPort()))
                    .redirectErrorStream(true)
                    .redirectOutput(log().toFile());
            long start = System.nanoTime();
            process = command.start();
            try {
                gauge = connected(expected);
                answers = new DataInputStream(gauge.getInputStream());
                port = (int) answers.readLong();
                try (Client client = new Client(port)) {
                    client.get(0);
                }
            } catch (IOException e) {
                process.destroyForcibly();
                throw new IllegalStateException(subject.name() + " does not start: " + Files.readString(log()), e);
            }
            startSeconds = (System.nanoTime() - start) / 1e9;
        }
    }

    private List<String> command(Subject subject, OtlpSink sink, int benchPort) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseG1GC",
                "-Xms" + HEAP_BYTES,
                "-Xmx" + HEAP_BYTES,
                "-XX:+AlwaysPreTouch",
                "-Dbench.port=" + benchPort,
                "-Dserver.port=0",
                "-Dserver.address=127.0.0.1",
                "-Dserver.tomcat.max-keep-alive-requests=-1"));
        for (String argument : subject.arguments()) {
            command.add(argument.replace("%folder", folder.toString())
                    .replace("%services", SERVICES.toString())
                    .replace("%sink", sink.uri()));
        }
        command.add("-classpath");
        command.add(Files.readString(SERVICES.resolve(subject.classPath()).resolve("target/classpath.txt")));
        command.add("com.example.service.ServiceApplication");
        return command;
    }

    private Socket connected(ServerSocket expected) throws IOException {
        for (int second = 0; second < TIMEOUT_SECONDS && process.isAlive(); second++) {
            try {
                return expected.accept();
            } catch (SocketTimeoutException e) {
                // Not yet; and the process may have ended.
            }
        }
        throw new IOException("not ready after " + TIMEOUT_SECONDS + " s, or gone");
    }

    private Path log() {
        return folder.resolve("service.log");
    }

    int port() {
        return port;
    }

    /** From the start of its JVM to its first answer. */
    double startSeconds() {
        return startSeconds;
    }

    /** Processor time of all its threads, of the JVM's too, in user mode and in the kernel; in steps of 10 ms. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Bytes that all its threads have allocated. */
    long allocatedBytes() throws IOException {
        return ask('a');
    }

    /**
     * What it keeps in memory: all that is resident, but of the heap only what is alive. All of the heap is touched at the start,
     * so what of it happens to have been used does not count.
     */
    long memoryBytes() throws IOException {
        long live = ask('l');
        return residentBytes() - HEAP_BYTES + live;
    }

    private long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024)
                .findFirst()
                .orElseThrow();
    }

    private long ask(char question) throws IOException {
        gauge.getOutputStream().write(question);
        return answers.readLong();
    }

    void stop() throws IOException, InterruptedException {
        gauge.close();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        Scratch.delete(folder);
    }
}
