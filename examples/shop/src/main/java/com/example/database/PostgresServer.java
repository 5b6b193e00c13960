package com.example.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * A PostgreSQL server as a process of its own, from binaries that Maven delivers. Runs until it is told to end, and keeps its
 * data for the next time.
 */
public final class PostgresServer {

    private PostgresServer() {}

    /**
     * Runs one.
     *
     * @param args folder of its data, and the port to listen on
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 2) {
            System.err.println("usage: PostgresServer <folder> <port>");
            System.exit(2);
        }
        Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
        // Stops the server when this process is told to end.
        EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setPort(Integer.parseInt(args[1]))
                .start();
        Files.writeString(
                folder.resolve("server.pid"),
                Long.toString(ProcessHandle.current().pid()));
        new CountDownLatch(1).await();
    }
}
