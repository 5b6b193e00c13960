package io.millisight.health.probe;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What can be read from a connection pool we know: HikariCP, Tomcat JDBC, Commons DBCP 2.
 *
 * <p>Everything is asked by reflection on public methods, so none of the three is needed to compile or to run. A method
 * that is missing in some version makes its figure unknown; it never fails a check. Nothing here waits for the database.
 */
abstract sealed class ConnectionPool {

    /**
     * How full a pool is.
     *
     * @param active connections in use
     * @param max connections at most; 0 or less when there is no limit
     * @param waiting threads that wait for one; -1 when not known
     */
    record Figures(long active, long max, long waiting) {

        boolean exhausted() {
            return max > 0 && active >= max;
        }

        String words() {
            return active + " of " + max + " in use" + (waiting < 0 ? "" : ", " + waiting + " waiting");
        }
    }

    final Object pool;

    private ConnectionPool(Object pool) {
        this.pool = pool;
    }

    /** The pool behind a DataSource; null when there is none we know. */
    static @Nullable ConnectionPool of(DataSource dataSource) {
        Object at = dataSource;
        // A wrapper in a wrapper in a wrapper; more would be a circle.
        for (int i = 0; at != null && i < 5; i++) {
            ConnectionPool found = known(at);
            if (found != null) {
                return found;
            }
            Object unwrapped = at instanceof DataSource wrapper ? unwrapped(wrapper) : null;
            // Spring's DelegatingDataSource asks the target's isWrapperFor, and Tomcat's always says no.
            at = unwrapped != null ? unwrapped : ask(at, "getTargetDataSource");
        }
        return null;
    }

    private static @Nullable ConnectionPool known(Object candidate) {
        for (Class<?> type = candidate.getClass(); type != null; type = type.getSuperclass()) {
            switch (type.getName()) {
                case Hikari.CLASS -> {
                    return new Hikari(candidate);
                }
                case Tomcat.CLASS -> {
                    return new Tomcat(candidate);
                }
                case Dbcp.CLASS, Dbcp.CLASS_IN_TOMCAT -> {
                    return new Dbcp(candidate);
                }
                default -> {}
            }
        }
        return null;
    }

    private static @Nullable Object unwrapped(DataSource wrapper) {
        for (String name : Set.of(Hikari.CLASS, Tomcat.CLASS, Dbcp.CLASS, Dbcp.CLASS_IN_TOMCAT)) {
            Class<?> type = visible(name, wrapper.getClass().getClassLoader());
            try {
                if (type != null && wrapper.isWrapperFor(type)) {
                    return wrapper.unwrap(type);
                }
            } catch (SQLException | RuntimeException e) {
                // Some wrappers refuse instead of saying no: then there is nothing to be known of the pool behind.
            }
        }
        return null;
    }

    private static @Nullable Class<?> visible(String name, @Nullable ClassLoader fromWrapper) {
        for (ClassLoader loader :
                new @Nullable ClassLoader[] {fromWrapper, Thread.currentThread().getContextClassLoader()}) {
            try {
                return Class.forName(name, false, loader);
            } catch (ClassNotFoundException | LinkageError e) {
                // Not a pool of this application.
            }
        }
        return null;
    }

    /** As people call it. */
    abstract String name();

    /** How full it is now; null when that cannot be read. */
    final @Nullable Figures figures() {
        Long active = active();
        Long max = max();
        Long waiting = waiting();
        return active == null || max == null ? null : new Figures(active, max, waiting == null ? -1 : waiting);
    }

    abstract @Nullable Long active();

    abstract @Nullable Long max();

    abstract @Nullable Long waiting();

    /** How to reach the server without the pool; null when the pool has no JDBC URL. */
    abstract @Nullable DirectConnection direct();

    /**
     * Has a borrowed connection thrown away instead of handed to the next: one that has failed under our hands would
     * otherwise fail in the application's, as not every pool looks at what comes back.
     */
    abstract void discard(Connection borrowed);

    /** HikariCP. */
    private static final class Hikari extends ConnectionPool {

        static final String CLASS = "com.zaxxer.hikari.HikariDataSource";

        Hikari(Object pool) {
            super(pool);
        }

        @Override
        String name() {
            return "HikariCP";
        }

        /** Before the first connection there is no MXBean: none is in use then. */
        @Override
        @Nullable Long active() {
            Object bean = ask(pool, "getHikariPoolMXBean");
            return bean == null ? Long.valueOf(0) : number(bean, "getActiveConnections");
        }

        @Override
        @Nullable Long max() {
            return number(pool, "getMaximumPoolSize");
        }

        @Override
        @Nullable Long waiting() {
            Object bean = ask(pool, "getHikariPoolMXBean");
            return bean == null ? Long.valueOf(0) : number(bean, "getThreadsAwaitingConnection");
        }

        @Override
        @Nullable DirectConnection direct() {
            return DirectConnection.of(
                    text(pool, "getJdbcUrl"),
                    text(pool, "getDriverClassName"),
                    pool.getClass().getClassLoader(),
                    (Properties) ask(pool, "getDataSourceProperties"),
                    text(pool, "getUsername"),
                    text(pool, "getPassword"));
        }

        @Override
        void discard(Connection borrowed) {
            ask(pool, "evictConnection", Connection.class, borrowed);
        }
    }

    /** The JDBC pool of Tomcat. */
    private static final class Tomcat extends ConnectionPool {

        static final String CLASS = "org.apache.tomcat.jdbc.pool.DataSourceProxy";
        private static final String CONNECTION_CLASS = "org.apache.tomcat.jdbc.pool.PooledConnection";

        Tomcat(Object pool) {
            super(pool);
        }

        @Override
        String name() {
            return "Tomcat JDBC";
        }

        /** {@code getActive} creates the pool, connections included, if there is none yet; {@code getPoolSize} does not. */
        @Override
        @Nullable Long active() {
            Long size = number(pool, "getPoolSize");
            return size != null && size == 0 ? size : number(pool, "getActive");
        }

        @Override
        @Nullable Long max() {
            return number(pool, "getMaxActive");
        }

        @Override
        @Nullable Long waiting() {
            Long size = number(pool, "getPoolSize");
            return size != null && size == 0 ? size : number(pool, "getWaitCount");
        }

        /** The DataSource itself gives a sentence in place of the password; its settings give the password. */
        @Override
        @Nullable DirectConnection direct() {
            Object settings = ask(pool, "getPoolProperties");
            return settings == null
                    ? null
                    : DirectConnection.of(
                            text(settings, "getUrl"),
                            text(settings, "getDriverClassName"),
                            pool.getClass().getClassLoader(),
                            (Properties) ask(settings, "getDbProperties"),
                            text(settings, "getUsername"),
                            text(settings, "getPassword"));
        }

        @Override
        void discard(Connection borrowed) {
            Class<?> type = visible(CONNECTION_CLASS, pool.getClass().getClassLoader());
            try {
                Object pooled = type == null ? null : borrowed.unwrap(type);
                if (pooled != null) {
                    ask(pooled, "setDiscarded", boolean.class, true);
                }
            } catch (SQLException e) {
                // It goes back as it is.
            }
        }
    }

    /** Commons DBCP 2, and Tomcat's copy of it. */
    private static final class Dbcp extends ConnectionPool {

        static final String CLASS = "org.apache.commons.dbcp2.BasicDataSource";
        static final String CLASS_IN_TOMCAT = "org.apache.tomcat.dbcp.dbcp2.BasicDataSource";

        Dbcp(Object pool) {
            super(pool);
        }

        @Override
        String name() {
            return "Commons DBCP";
        }

        @Override
        @Nullable Long active() {
            return number(pool, "getNumActive");
        }

        @Override
        @Nullable Long max() {
            return number(pool, "getMaxTotal");
        }

        @Override
        @Nullable Long waiting() {
            Object objects = ask(pool, "getConnectionPool");
            Long active = active();
            // Before the first connection there are no objects, and older versions do not show them.
            return objects != null ? number(objects, "getNumWaiters") : active != null && active == 0 ? active : null;
        }

        @Override
        @Nullable DirectConnection direct() {
            return DirectConnection.of(
                    text(pool, "getUrl"),
                    text(pool, "getDriverClassName"),
                    pool.getClass().getClassLoader(),
                    null,
                    text(pool, "getUsername"),
                    text(pool, "getPassword"));
        }

        @Override
        void discard(Connection borrowed) {
            ask(pool, "invalidateConnection", Connection.class, borrowed);
        }
    }

    private static @Nullable Long number(Object target, String method) {
        return ask(target, method) instanceof Number number ? number.longValue() : null;
    }

    private static @Nullable String text(Object target, String method) {
        return ask(target, method) instanceof String text ? text : null;
    }

    private static @Nullable Object ask(Object target, String name) {
        return ask(target, name, null, null);
    }

    /** What a public method returns; null when there is none, or when it fails. */
    private static @Nullable Object ask(
            Object target, String name, @Nullable Class<?> parameter, @Nullable Object argument) {
        try {
            Method method = parameter == null ? publicMethod(target, name) : publicMethod(target, name, parameter);
            if (method == null) {
                return null;
            }
            return parameter == null ? method.invoke(target) : method.invoke(target, argument);
        } catch (InvocationTargetException | IllegalAccessException | RuntimeException e) {
            return null;
        }
    }

    /** A public method can be called only through a class that is public too, which need not be the object's own. */
    private static @Nullable Method publicMethod(Object target, String name, Class<?>... parameters) {
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            try {
                if (Modifier.isPublic(type.getModifiers())) {
                    return type.getMethod(name, parameters);
                }
            } catch (NoSuchMethodException e) {
                // A superclass has no more.
                return null;
            }
        }
        return null;
    }
}
