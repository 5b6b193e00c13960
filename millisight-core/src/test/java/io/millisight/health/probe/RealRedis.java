package io.millisight.health.probe;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server, from a binary that Maven delivers, on a free port of this machine and in a folder of its own. To be
 * frozen, thawed, killed and started again on the same port with the same data. The binary speaks TLS too, and needs
 * glibc and OpenSSL 3 of the machine.
 *
 * <pre>{@code
 * try (RealRedis redis = RealRedis.start("--requirepass", "secret")) {
 *     RedisProbe.of(URI.create("redis://:secret@localhost:" + redis.port()));
 *     redis.suspend();
 *     redis.resume();
 *     redis.kill();
 *     redis.restart();
 * }
 * }</pre>
 */
public final class RealRedis implements AutoCloseable {

    private static File executable;

    private final Path folder;
    private final int port;
    private final List<String> settings;
    private RealProcess process;

    private RealRedis(Path folder, int port, List<String> settings) throws IOException {
        this.folder = folder;
        this.port = port;
        this.settings = settings;
        launch(List.of("--port", Integer.toString(port)));
    }

    /** Starts one, with settings as on its command line: {@code "--requirepass", "secret"}. */
    public static RealRedis start(String... settings) {
        try {
            return new RealRedis(Files.createTempDirectory("redis"), freePort(), List.of(settings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts one that speaks TLS alone; certificate and key are PEM files. */
    public static RealRedis startSecured(Path certificate, Path key, String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "--tls-cert-file", certificate.toString(),
                "--tls-key-file", key.toString(),
                "--tls-auth-clients", "no"));
        all.addAll(List.of(settings));
        try {
            int port = freePort();
            // The later of two settings holds.
            all.addAll(List.of("--port", "0", "--tls-port", Integer.toString(port)));
            return new RealRedis(Files.createTempDirectory("redis"), port, all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static synchronized File executable() throws IOException {
        if (executable == null) {
            executable = ExecutableProvider.newJarResourceProvider().get();
        }
        return executable;
    }

    private void launch(List<String> first) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(executable().getPath(), "--save", "", "--dir", folder.toString()));
        command.addAll(List.of("--bind", "127.0.0.1"));
        command.addAll(first);
        command.addAll(settings);
        Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
        process = new RealProcess(started.pid());
        BufferedReader log = started.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = log.readLine(); !isUp(line); line = log.readLine()) {
            if (line == null) {
                throw new IOException("Redis does not start: " + said);
            }
            said.append(line).append('\n');
        }
        drain(started.getInputStream());
    }

    /** With data to load it listens, and answers that it is loading, long before it accepts commands. */
    private static boolean isUp(String line) {
        return line != null && (line.contains("Ready to accept connections") || line.contains("Server initialized"));
    }

    /** A process whose output nobody reads stands still in the end. */
    private static void drain(InputStream output) {
        Thread drain = new Thread(
                () -> {
                    try (output) {
                        output.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        // It has been killed.
                    }
                },
                "redis-output");
        drain.setDaemon(true);
        drain.start();
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /** SIGSTOP. */
    public void suspend() {
        process.suspend();
    }

    /** SIGCONT. */
    public void resume() {
        process.resume();
    }

    /** SIGKILL. */
    public void kill() {
        process.kill();
    }

    /** Starts a killed one again, on the same port, with settings beside those it had. */
    public void restart(String... more) {
        try {
            List<String> first = new ArrayList<>(List.of("--port", Integer.toString(port)));
            first.addAll(List.of(more));
            launch(first);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it and deletes its data. */
    @Override
    public void close() {
        process.kill();
        RealProcess.delete(folder);
    }
}
