package io.millisight.battery;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server of a row's own, on a port and in a folder that it keeps: frozen, shot and started again at will.
 * One thread.
 */
final class PostgresServer implements AutoCloseable {

    /** The server's own: who may do everything. */
    static final String SUPERUSER = "postgres";

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);

    /** Below the ports that the system gives away: nobody may have ours while the server is down. */
    private static final int FIRST_PORT = 15_000;

    private static final int LAST_PORT = 32_000;

    /** Where the programs are, and a cluster as it is when it has just been made. */
    private record Origin(Path postgres, Path cluster) {}

    private static @Nullable Origin origin;

    private final List<String> command;
    private final Path log;
    private final int port;
    private final Thread atExit = new Thread(this::shoot);
    private @Nullable Process postmaster;

    private PostgresServer(List<String> command, Path log, int port) {
        this.command = command;
        this.log = log;
        this.port = port;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** A new server that runs, in an empty folder. */
    static PostgresServer start(Path folder, String... settings) throws IOException, InterruptedException {
        copy(origin().cluster, folder.resolve("cluster"));
        return start(UnaryOperator.identity(), folder, settings);
    }

    /** A new server that runs, in an empty folder of a small disk. */
    static PostgresServer start(SmallDisk disk, Path folder, String... settings)
            throws IOException, InterruptedException {
        copy(origin().cluster, disk.seen(folder.resolve("cluster")));
        return start(disk::within, folder, settings);
    }

    private static PostgresServer start(UnaryOperator<List<String>> place, Path folder, String... settings)
            throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "--user")); // The server refuses to be root's.
        }
        command.addAll(List.of(
                origin().postgres.toString(),
                "-D",
                folder.resolve("cluster").toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories="));
        for (String setting : settings) {
            command.addAll(List.of("-c", setting));
        }
        Path log = Files.createTempFile("postgres-server", ".log");
        PostgresServer server = new PostgresServer(place.apply(command), log, port);
        server.start();
        return server;
    }

    private static int freePort() throws IOException {
        Random random = new Random();
        while (true) {
            int port = FIRST_PORT + random.nextInt(LAST_PORT - FIRST_PORT);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException taken) {
                // Another one.
            }
        }
    }

    private static synchronized Origin origin() throws IOException {
        if (origin == null) {
            Path target = Files.createDirectories(
                    Path.of("target", "battery-postgres").toAbsolutePath());
            Path cluster = Files.createTempDirectory(target, "cluster").resolve("new");
            try (EmbeddedPostgres first = EmbeddedPostgres.builder()
                            .setDataDirectory(cluster)
                            .setCleanDataDirectory(false)
                            .setServerConfig("fsync", "off")
                            .setPGStartupWait(Duration.ofSeconds(90))
                            .start();
                    Connection connection = first.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT setting FROM pg_config WHERE name = 'BINDIR'")) {
                row.next();
                origin = new Origin(Path.of(row.getString(1), "postgres"), cluster);
            } catch (SQLException e) {
                throw new IOException(e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(cluster.getParent())));
        }
        return origin;
    }

    /** A folder and all below it. */
    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again, and waits until it answers. */
    void start() throws IOException, InterruptedException {
        postmaster = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        long begun = System.nanoTime();
        while (!answers()) {
            if (!postmaster.isAlive() || System.nanoTime() - begun > PATIENCE_NANOS) {
                throw new IOException("the server does not start: " + log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private boolean answers() {
        try (Connection connection = connect(SUPERUSER)) {
            return connection.isValid(10);
        } catch (SQLException e) {
            return false;
        }
    }

    /** As {@code pg_ctl stop -m immediate}: all its processes end at once, as in a crash. */
    void stopImmediately() throws IOException, InterruptedException {
        signal("QUIT", List.of(running().toHandle()));
        if (!running().waitFor(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
            throw new IOException("the server does not stop: " + log());
        }
    }

    /** Stops all its processes, so that none of them does anything until {@link #thaw}. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP", List.of(running().toHandle())); // First: it makes no more children.
        signal("STOP", running().descendants().toList());
    }

    void thaw() throws IOException, InterruptedException {
        signal("CONT", running().descendants().toList());
        signal("CONT", List.of(running().toHandle()));
    }

    private static void signal(String signal, List<ProcessHandle> processes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        processes.forEach(process -> command.add(String.valueOf(process.pid())));
        if (!processes.isEmpty()) {
            new ProcessBuilder(command).inheritIO().start().waitFor(); // One that has just ended is no fault.
        }
    }

    boolean isRunning() {
        return running().isAlive();
    }

    /** The parent of all its processes. */
    ProcessHandle process() {
        return running().toHandle();
    }

    private Process running() {
        if (postmaster == null) {
            throw new IllegalStateException("not started");
        }
        return postmaster;
    }

    int port() {
        return port;
    }

    /** Of its one database, for the superuser. */
    String url() {
        return url(port, SUPERUSER);
    }

    /** The same through another port, such as a proxy's, and for another user. */
    static String url(int port, String user) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + user;
    }

    Connection connect(String user) throws SQLException {
        return DriverManager.getConnection(url(port, user) + "&connectTimeout=10&socketTimeout=60");
    }

    /** Does this as the superuser, as people do. */
    void execute(String sql) throws SQLException {
        try (Connection connection = connect(SUPERUSER);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row. */
    String ask(String sql) throws SQLException {
        try (Connection connection = connect(SUPERUSER);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** What it has said, in all its lives. */
    String log() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8);
    }

    private void shoot() {
        Process process = postmaster;
        if (process != null) {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Override
    public void close() throws IOException {
        shoot();
        running().onExit().join(); // uninterruptible: a try must not end in an interrupt of its own
        Files.delete(log);
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
