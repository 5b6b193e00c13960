package io.millisight.health.probe;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A real PostgreSQL server, from a binary that Maven delivers, on a free port of this machine and in a folder of its own.
 * Runs as root too. To be frozen, thawed, killed and started again on the same port with the same data.
 *
 * <pre>{@code
 * try (RealPostgres postgres = RealPostgres.start()) {
 *     dataSource.setJdbcUrl(postgres.url());   // user postgres, any password
 *     postgres.suspend();                      // connections are accepted by the kernel, nobody answers
 *     postgres.resume();
 *     postgres.kill();                         // connections are refused
 *     postgres.restart();
 * }
 * }</pre>
 */
public final class RealPostgres implements AutoCloseable {

    private final Path folder;
    private EmbeddedPostgres server;
    private RealProcess process;

    private RealPostgres(Path folder) throws IOException {
        this.folder = folder;
        launch(0);
    }

    /** Starts one; the first of a machine unpacks the binary, which takes seconds. */
    public static RealPostgres start() {
        try {
            return new RealPostgres(Files.createTempDirectory("postgres"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch(int port) throws IOException {
        server = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setPort(port)
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
        // The launched command is pg_ctl, which has ended; the server says who it is in the first line of this file.
        process = new RealProcess(Long.parseLong(
                Files.readAllLines(folder.resolve("postmaster.pid")).get(0).strip()));
    }

    public int port() {
        return server.getPort();
    }

    /** Process id of the server, the parent of one process per connection. */
    public long pid() {
        return process.pid();
    }

    /** Without a user; it is {@code postgres}. */
    public String url() {
        return "jdbc:postgresql://localhost:" + port() + "/postgres";
    }

    public String user() {
        return "postgres";
    }

    /** SIGSTOP to the server and to the processes of all its connections. */
    public void suspend() {
        process.suspend();
    }

    /** SIGCONT to all of them. */
    public void resume() {
        process.resume();
    }

    /** SIGKILL to all of them. */
    public void kill() {
        process.kill();
    }

    /** Starts a killed one again, on the same port. */
    public void restart() {
        int port = port();
        try {
            closeQuietly();
            launch(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void closeQuietly() throws IOException {
        // Stops nothing when it was killed, but gives up the lock on the folder.
        server.close();
    }

    /** Stops it and deletes its data. */
    @Override
    public void close() {
        try {
            process.resume();
            closeQuietly();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            RealProcess.delete(folder);
        }
    }
}
