package io.millisight.health.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.NoRouteToHostException;
import java.security.cert.CertificateExpiredException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReasonTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "No suitable driver for jdbc:x://h/db?user=shop&password=s3cr3t at all | No suitable driver for (JDBC URL) at all",
                "cannot open http://shop:s3cr3t@host/ready | cannot open http://host/ready",
                "refused; Password = s3cr3t; retry | refused; Password=***; retry",
                "the key is s3cr3t | the key is ***",
                "bell\u0007and\u001b[31mred | bell?and?[31mred",
            })
    void makesALineFitToBeShown(String text, String shown) {
        assertThat(Reason.line(text, "s3cr3t", null, "")).isEqualTo(shown);
    }

    @Test
    void takesTheFirstLineAndCutsIt() {
        assertThat(Reason.line("\n first \n second")).isEqualTo("first");
        assertThat(Reason.line("")).isEmpty();
        assertThat(Reason.line("x".repeat(1000))).hasSize(253).endsWith("x...");
    }

    @Test
    void takesTheSqlExceptionNearestToTheCause() {
        SQLException cause = new SQLException("connection refused", "08001", new IOException("reset"));
        SQLException outer = new SQLException("timed out after 30000 ms", "08003", new RuntimeException(cause));

        assertThat(Reason.of(outer)).isEqualTo("connection refused (SQLState 08001)");
        assertThat(Reason.of(new SQLException())).isEqualTo("SQLException");
    }

    @Test
    void survivesCausesInACircle() {
        SQLException first = new SQLException("first");
        SQLException second = new SQLException("second", first);
        first.initCause(second);

        assertThat(Reason.of(first)).isNotEmpty();
        assertThat(Reason.of((Exception) first)).isNotEmpty();
    }

    @Test
    void saysInPlainWordsWhatTheJdkSaysInItsOwn() {
        assertThat(Reason.of(new IOException(new CertificateExpiredException("NotAfter"))))
                .isEqualTo("its certificate has expired");
        assertThat(Reason.of(new NoRouteToHostException("No route to host"))).startsWith("No route to host: nothing");
    }
}
