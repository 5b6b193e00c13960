package io.millisight.store.sqlite;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * Real connections to SQLite whose calls fail, hang, or fail after they have done their work. Every call of every connection,
 * statement and result comes through here. Any thread.
 */
final class JdbcFaults implements Connections.Source {

    /** What becomes of one call. */
    enum Fault {
        NONE,
        FAIL,
        FAIL_AFTERWARDS,
        HANG,
        HANG_AND_FAIL
    }

    /** Decides the fate of each call. */
    @FunctionalInterface
    interface Script {

        /** The fate of a call of a statement with this SQL; it is empty where there is none. */
        Fault next(String sql);
    }

    /** What holds a call that hangs; returns when it may go on. */
    @FunctionalInterface
    interface Hanging {
        void hang();
    }

    /** What is done with files. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    private static final Set<String> NOT_JDBC = Set.of("toString", "hashCode", "equals", "unwrap", "isWrapperFor");

    private static final SQLiteErrorCode[] ERRORS = {
        SQLiteErrorCode.SQLITE_IOERR,
        SQLiteErrorCode.SQLITE_BUSY,
        SQLiteErrorCode.SQLITE_FULL,
        SQLiteErrorCode.SQLITE_LOCKED,
        SQLiteErrorCode.SQLITE_ERROR,
        SQLiteErrorCode.SQLITE_READONLY,
        SQLiteErrorCode.SQLITE_CANTOPEN,
        SQLiteErrorCode.SQLITE_NOMEM
    };

    private static final String CURSOR_QUERY = "SELECT position FROM journal_cursor";

    private final Random random;
    private final Hanging hanging;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong calls = new AtomicLong();
    private final Map<Fault, AtomicLong> met = Map.of(
            Fault.FAIL, new AtomicLong(),
            Fault.FAIL_AFTERWARDS, new AtomicLong(),
            Fault.HANG, new AtomicLong(),
            Fault.HANG_AND_FAIL, new AtomicLong());
    private volatile Script script = sql -> Fault.NONE;
    private volatile boolean cursorHidden;

    /** Read by each call while SQLite works, written to make it stand still. */
    private final ReadWriteLock stillness = new ReentrantReadWriteLock();

    /** Without faults until there is a script. */
    JdbcFaults(Random random, Hanging hanging) {
        this.random = random;
        this.hanging = hanging;
    }

    void follow(Script script) {
        this.script = script;
    }

    /** From here on all goes well. */
    void end() {
        script = sql -> Fault.NONE;
    }

    /** Does this while SQLite does nothing, on any thread: what lies on the disk is of one instant. */
    void still(Action action) throws IOException {
        stillness.writeLock().lock();
        try {
            action.run();
        } finally {
            stillness.writeLock().unlock();
        }
    }

    /** Mutation: a transaction does not see how far the journal has been stored, so that nothing is compared. */
    void hideCursorFromTransactions() {
        cursorHidden = true;
    }

    long calls() {
        return calls.get();
    }

    long met(Fault fault) {
        return met.get(fault).get();
    }

    /** Connections to SQLite that are open in truth. */
    int open() {
        return open.get();
    }

    @Override
    public Connection open(Path file, boolean readOnly) throws SQLException {
        Fault fault = before("");
        Connection real;
        stillness.readLock().lock();
        try {
            real = Connections.FROM_SQLITE.open(file, readOnly);
        } finally {
            stillness.readLock().unlock();
        }
        open.incrementAndGet();
        if (fault == Fault.FAIL_AFTERWARDS) {
            real.close();
            open.decrementAndGet();
            throw failure("");
        }
        return proxy(Connection.class, new Calls(real, "", real));
    }

    private Fault before(String sql) throws SQLException {
        calls.incrementAndGet();
        Fault fault = script.next(sql);
        if (fault != Fault.NONE) {
            met.get(fault).incrementAndGet();
        }
        if (fault == Fault.HANG || fault == Fault.HANG_AND_FAIL) {
            hanging.hang();
        }
        if (fault == Fault.FAIL || fault == Fault.HANG_AND_FAIL) {
            throw failure(sql);
        }
        return fault;
    }

    /**
     * Of any kind, with two exceptions: while a file is being opened, SQLite's word that it is damaged is believed at once, rightly; and
     * drivers throw what they must not only where much happens.
     */
    private SQLException failure(String sql) {
        boolean change = sql.startsWith("INSERT") || sql.startsWith("UPDATE") || sql.startsWith("DELETE");
        if (change && random.nextInt(12) == 0) {
            return new SQLException("damaged, on purpose", null, SQLiteErrorCode.SQLITE_CORRUPT.code);
        }
        if (change && random.nextInt(12) == 0) {
            throw new IllegalStateException("a fault of the driver, on purpose");
        }
        SQLiteErrorCode error = ERRORS[random.nextInt(ERRORS.length)];
        return new SQLException(error + ", on purpose", null, error.code);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(JdbcFaults.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** The calls of one JDBC object; what they return is looked after in the same way. */
    private final class Calls implements InvocationHandler {

        private final Object real;
        private final String sql;
        private final Connection connection;
        private boolean closed;

        private Calls(Object real, String sql, Connection connection) {
            this.real = real;
            this.sql = sql;
            this.connection = connection;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            if (NOT_JDBC.contains(method.getName())) {
                return call(method, arguments);
            }
            String text = arguments != null
                            && arguments.length > 0
                            && arguments[0] instanceof String given
                            && !method.getName().startsWith("set")
                    ? given
                    : sql;
            if (method.getName().equals("close")) {
                return close(method, text);
            }
            Fault fault = before(text);
            Object result = call(method, seen(text, arguments));
            if (fault == Fault.FAIL_AFTERWARDS) {
                if (result instanceof AutoCloseable orphan) {
                    orphan.close();
                }
                throw failure(text);
            }
            return wrapped(result, text);
        }

        /** Whatever it throws, a close closes: nobody could do it a second time. */
        private @Nullable Object close(Method method, String text) throws Throwable {
            boolean first = !closed;
            closed = true;
            try {
                Fault fault = before(text);
                if (fault == Fault.FAIL_AFTERWARDS) {
                    throw failure(text);
                }
            } finally {
                call(method, null);
                if (first && real == connection) {
                    open.decrementAndGet();
                }
            }
            return null;
        }

        private Object @Nullable [] seen(String text, Object @Nullable [] arguments) throws SQLException {
            if (cursorHidden && arguments != null && text == arguments[0] && text.startsWith(CURSOR_QUERY)) {
                boolean writes = !connection.isReadOnly();
                return new Object[] {writes ? text.replace("WHERE", "WHERE 0 AND") : text};
            }
            return arguments;
        }

        private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
            stillness.readLock().lock();
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            } finally {
                stillness.readLock().unlock();
            }
        }

        private @Nullable Object wrapped(@Nullable Object result, String text) {
            if (result instanceof PreparedStatement) {
                return proxy(PreparedStatement.class, new Calls(result, text, connection));
            }
            if (result instanceof Statement) {
                return proxy(Statement.class, new Calls(result, text, connection));
            }
            if (result instanceof ResultSet) {
                return proxy(ResultSet.class, new Calls(result, text, connection));
            }
            return result;
        }
    }
}
