package io.millisight.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseTimeTest {

    @ParameterizedTest
    @CsvSource({
        "-1, 0.00ms",
        "0, 0.00ms",
        "4999, 0.00ms",
        "5000, 0.01ms",
        "45230000, 45.23ms",
        "9994999, 9.99ms",
        "9995000, 10.00ms",
        "1000000000, 1000.00ms",
    })
    void showsMillisecondsWithTwoDecimals(long nanos, String text) {
        assertThat(ResponseTime.format(nanos)).isEqualTo(text);
        assertThat(ResponseTime.format(nanos)).as("the second time").isEqualTo(text);
    }

    @Property
    void roundsAsDecimalArithmeticDoes(@ForAll @LongRange(min = 0, max = 1L << 60) long nanos) {
        BigDecimal millis = BigDecimal.valueOf(nanos, 6).setScale(2, RoundingMode.HALF_UP);

        assertThat(ResponseTime.format(nanos)).isEqualTo(millis.toPlainString() + "ms");
    }
}
