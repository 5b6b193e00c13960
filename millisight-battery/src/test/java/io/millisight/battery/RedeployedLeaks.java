package io.millisight.battery;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;

/** A web application that leaves behind all that {@link RedeployHost} looks for: so that it is seen to find it. */
public final class RedeployedLeaks implements ServletContextListener {

    private static final ThreadLocal<RedeployedLeaks> OF_THE_CONTAINERS_THREAD = new ThreadLocal<>();

    /** Held for as long as the class is. */
    @SuppressWarnings("UnusedVariable")
    private static MappedByteBuffer mapped;

    /** Never connects. */
    public static final class LeftDriver implements Driver {

        @Override
        public Connection connect(String url, Properties info) {
            return null;
        }

        @Override
        public boolean acceptsURL(String url) {
            return false;
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }
    }

    @Override
    @SuppressWarnings("ThreadLocalUsage")
    public void contextInitialized(ServletContextEvent event) {
        OF_THE_CONTAINERS_THREAD.set(this);
        Thread thread = new Thread(RedeployedLeaks::stay, "left-behind");
        thread.setDaemon(true);
        thread.setContextClassLoader(null); // as a careful application would: the container does not see it then
        thread.start();
        try {
            DriverManager.registerDriver(new LeftDriver());
            Path data = Path.of(event.getServletContext().getInitParameter("millisight.data-dir"));
            Files.createDirectories(data);
            FileChannel left = FileChannel.open(
                    data.resolve("left"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            mapped = left.map(MapMode.READ_WRITE, 0, 4_096);
            Files.createTempFile("left", ".so");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void stay() {
        while (true) {
            LockSupport.park();
        }
    }
}
