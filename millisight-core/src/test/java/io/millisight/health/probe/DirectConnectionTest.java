package io.millisight.health.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.time.Duration;
import java.util.Properties;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is handed to drivers, those that are not at hand among them; a real one is in DatabaseProbeTest. */
class DirectConnectionTest {

    /** Notes what it is given, and connects to nothing. */
    public static final class NotingDriver implements Driver {

        private static final Properties SEEN = new Properties();

        @Override
        public Connection connect(String url, Properties properties) {
            SEEN.clear();
            SEEN.putAll(properties);
            return null;
        }

        @Override
        public boolean acceptsURL(String url) {
            return true;
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
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

    private static DirectConnection to(String url, String driverClass) {
        Properties settings = new Properties();
        settings.setProperty("ssl", "true");
        return DirectConnection.of(
                url, driverClass, DirectConnectionTest.class.getClassLoader(), settings, "shop", "s3cr3t");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:mysql://h/d, connectTimeout, socketTimeout",
        "jdbc:mariadb://h/d, connectTimeout, socketTimeout",
        "jdbc:sqlserver://h, loginTimeout, socketTimeout",
        "jdbc:oracle:thin:@h, oracle.net.CONNECT_TIMEOUT, oracle.jdbc.ReadTimeout",
    })
    void boundsADriverByThePropertiesItKnows(String url, String connecting, String reading) throws Exception {
        boolean answers = to(url, NotingDriver.class.getName()).answers(Deadline.in(Duration.ofMinutes(5)));

        assertThat(answers).isFalse();
        assertThat(NotingDriver.SEEN).containsOnlyKeys("ssl", "user", "password", connecting, reading);
    }

    @Test
    void givesADriverItDoesNotKnowNothingToStumbleOver() throws Exception {
        to("jdbc:unheard-of:x", NotingDriver.class.getName()).answers(Deadline.in(Duration.ofMinutes(5)));

        assertThat(NotingDriver.SEEN).containsOnlyKeys("ssl", "user", "password");
    }

    @Test
    void isNotPossibleWithoutAUrlOrADriver() {
        assertThat(to(null, NotingDriver.class.getName())).isNull();
        assertThat(to("jdbc:unheard-of:x", null)).isNull();
        assertThat(to("jdbc:unheard-of:x", "com.example.NoDriver")).isNull();
        assertThat(to("jdbc:unheard-of:x", "java.lang.Object")).isNull();
    }
}
