package io.millisight.battery;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Another program that opens the service's database: it locks it for as long as it is told to, and checks its integrity. A
 * process of its own, as SQLite's locks are between processes.
 */
final class OtherProgram implements AutoCloseable {

    private final AskedProgram program;

    OtherProgram(SmallDisk disk) throws IOException {
        program = new AskedProgram(disk::within, AskedProgram.SMALL, OtherProgram.class);
    }

    /** Keeps others from writing. */
    void lock(Path database) throws IOException {
        order("BEGIN IMMEDIATE " + database);
    }

    /** Keeps others from opening it, and so only while nobody has it open. */
    void lockOut(Path database) throws IOException {
        order("BEGIN EXCLUSIVE " + database);
    }

    /** Gives it free. */
    void unlock() throws IOException {
        order("ROLLBACK");
    }

    /** What {@code PRAGMA integrity_check} says. */
    String integrity(Path database) throws IOException {
        return program.ask("CHECK " + database);
    }

    private void order(String command) throws IOException {
        String answer = program.ask(command);
        if (!answer.equals("done")) {
            throw new IOException(command + ": " + answer);
        }
    }

    @Override
    public void close() {
        program.close();
    }

    /** Reads commands, a line each, and answers with a line each. */
    @SuppressWarnings("SystemOut") // how it speaks to the process that began it
    public static void main(String[] args) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Connection held = null;
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            String answer = "done";
            try {
                if (command.equals("ROLLBACK")) {
                    held.close();
                } else if (command.startsWith("CHECK ")) {
                    answer = check(command.substring("CHECK ".length()));
                } else {
                    held = DriverManager.getConnection("jdbc:sqlite:" + command.substring("BEGIN IMMEDIATE ".length()));
                    begin(held, command.substring(0, "BEGIN IMMEDIATE".length()));
                }
            } catch (SQLException e) {
                answer = e.toString();
            }
            System.out.println(answer);
            System.out.flush();
        }
    }

    private static void begin(Connection held, String begin) throws SQLException {
        try (Statement statement = held.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 30000");
            if (begin.endsWith("EXCLUSIVE")) {
                statement.execute("PRAGMA locking_mode = EXCLUSIVE");
            }
            statement.execute(begin);
        }
    }

    private static String check(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("PRAGMA integrity_check")) {
            return found.getString(1).replace('\n', ' ');
        }
    }
}
