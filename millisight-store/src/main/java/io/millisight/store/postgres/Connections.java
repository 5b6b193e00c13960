package io.millisight.store.postgres;

import io.millisight.store.StoreException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;

/** Opens connections, each with a time limit on whatever it may wait for. A limit that the URL names counts instead. */
final class Connections {

    /** Where connections come from: the driver, or the driver through a test's faults. */
    @FunctionalInterface
    interface Source {
        Connection open() throws SQLException;

        /** Whether connections are somebody else's: taken for a moment each, and given back as they were. */
        default boolean isPool() {
            return false;
        }
    }

    /** "Permission denied", by PostgreSQL's code of it. */
    static final String NO_RIGHT = "42501";

    private static final int OLDEST_SERVER = 14;

    private Connections() {}

    /** New connections to this database. */
    static Source of(PostgresUrl url) {
        return () -> {
            Properties properties = new Properties();
            properties.setProperty("ApplicationName", "millisight");
            properties.setProperty("assumeMinServerVersion", "9.0"); // The name then goes along with the log-in.
            properties.setProperty("connectTimeout", "5");
            properties.setProperty("socketTimeout", "20");
            properties.setProperty("tcpKeepAlive", "true");
            // With a login timeout the driver would start a thread of its own and abandon it.
            properties.setProperty("loginTimeout", "0");
            Connection connection = new Driver().connect(url.url(), properties);
            if (connection == null) {
                throw new SQLException("the driver does not take " + url);
            }
            return connection;
        };
    }

    /**
     * Looks at who is at the other end.
     *
     * @throws StoreException when it is no PostgreSQL, or one that is too old
     */
    static void requireKnown(Connection connection, PostgresUrl url) throws SQLException {
        DatabaseMetaData server = connection.getMetaData();
        if (!server.getDatabaseProductName().equals("PostgreSQL") || server.getDatabaseMajorVersion() < OLDEST_SERVER) {
            throw new StoreException(url + ": found " + server.getDatabaseProductName() + " "
                    + server.getDatabaseMajorVersion() + "; allowed: PostgreSQL, " + OLDEST_SERVER + " or newer");
        }
    }

    /** Ends a connection that is good for nothing any more, without a word to a server that may not listen. */
    static void abort(Connection connection, Throwable reason) {
        try {
            connection.abort(Runnable::run);
            connection.close(); // Gives it back, where it is a pool's, which finds it broken.
        } catch (SQLException | RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    /** Whether the connection itself failed: the server may be there for the next one. */
    static boolean isLost(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P") || e.getCause() instanceof IOException;
    }

    /** Whether the connection has ended. Of a server that is silent that is not known, and another connection would wait for it as long. */
    static boolean hasEnded(SQLException e) {
        return isLost(e) && !(e.getCause() instanceof SocketTimeoutException);
    }

    /** Whether what the statement named is not there, or may not be touched. */
    static boolean isOfSchema(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("42") || state.startsWith("3F");
    }

    /** What the server says, and what there is to do where it does not say that itself. */
    static String words(SQLException e) {
        String message = String.valueOf(e.getMessage());
        if (!is(NO_RIGHT, e)) {
            return message;
        }
        return message.split("\n", 2)[0] // Behind it is where in the statement.
                + "; give the role of the URL this right (docs/format/postgresql.md lists them), and what waits is stored";
    }

    /** Whether the statement met this condition, by PostgreSQL's code of it. */
    static boolean is(String state, SQLException e) {
        return state.equals(e.getSQLState());
    }
}
