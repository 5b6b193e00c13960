package io.millisight.health.probe;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The way to a database server beside its pool: one connection, opened to ask whether anybody is there, and closed. */
final class DirectConnection {

    private final String url;
    private final Driver driver;
    private final Properties properties;

    private DirectConnection(String url, Driver driver, Properties properties) {
        this.url = url;
        this.driver = driver;
        this.properties = properties;
    }

    /** Null without a URL or a driver for it. */
    static @Nullable DirectConnection of(
            @Nullable String url,
            @Nullable String driverClass,
            @Nullable ClassLoader loader,
            @Nullable Properties settings,
            @Nullable String user,
            @Nullable String password) {
        Driver driver = url == null ? null : driverFor(url, driverClass, loader);
        if (url == null || driver == null) {
            return null;
        }
        Properties properties = new Properties();
        if (settings != null) {
            settings.stringPropertyNames().forEach(name -> properties.setProperty(name, settings.getProperty(name)));
        }
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        return new DirectConnection(url, driver, properties);
    }

    /** DriverManager shows a driver only to classes that can see it; the pool sees its own, and names it if it was told to. */
    private static @Nullable Driver driverFor(String url, @Nullable String driverClass, @Nullable ClassLoader loader) {
        try {
            return DriverManager.getDriver(url);
        } catch (SQLException notVisibleHere) {
            if (driverClass == null) {
                return null;
            }
        }
        try {
            Class<?> named = Class.forName(driverClass, true, loader);
            return named.getDeclaredConstructor().newInstance() instanceof Driver driver ? driver : null;
        } catch (ReflectiveOperationException | LinkageError noSuchDriver) {
            return null;
        }
    }

    /** What must not be shown. */
    @Nullable String password() {
        return properties.getProperty("password");
    }

    /**
     * Whether the server answers on a new connection. May hang as long as the driver does: to be called where that is
     * bounded.
     *
     * @throws SQLException when it cannot be reached, or refuses
     */
    boolean answers(Deadline deadline) throws SQLException {
        try (Connection connection = driver.connect(url, bounded(deadline))) {
            return connection != null && connection.isValid(deadline.remainingSeconds());
        }
    }

    /**
     * The properties with the time limits this driver knows, so that it gives up by itself soon after it was given up. A
     * driver not listed gets none: some refuse what they do not know. The login timeout of DriverManager is the whole
     * JVM's, and left alone.
     */
    private Properties bounded(Deadline deadline) {
        Properties bounded = new Properties();
        bounded.putAll(properties);
        String seconds = Integer.toString(deadline.remainingSeconds());
        String millis = Integer.toString(deadline.remainingMillis());
        if (url.startsWith("jdbc:postgresql:")) {
            bounded.setProperty("connectTimeout", seconds);
            bounded.setProperty("socketTimeout", seconds);
            // With a login timeout the driver would start a thread of its own and abandon it.
            bounded.setProperty("loginTimeout", "0");
        } else if (url.startsWith("jdbc:mysql:") || url.startsWith("jdbc:mariadb:")) {
            bounded.setProperty("connectTimeout", millis);
            bounded.setProperty("socketTimeout", millis);
        } else if (url.startsWith("jdbc:sqlserver:")) {
            bounded.setProperty("loginTimeout", seconds);
            bounded.setProperty("socketTimeout", millis);
        } else if (url.startsWith("jdbc:oracle:")) {
            bounded.setProperty("oracle.net.CONNECT_TIMEOUT", millis);
            bounded.setProperty("oracle.jdbc.ReadTimeout", millis);
        }
        return bounded;
    }
}
