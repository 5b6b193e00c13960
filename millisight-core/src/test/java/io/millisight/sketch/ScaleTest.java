package io.millisight.sketch;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScaleTest {

    @Test
    void thresholdsAreThePowersRoundedDown() {
        MathContext precise = new MathContext(60, RoundingMode.DOWN);
        BigDecimal base = BigDecimal.valueOf(2);
        for (int root = 0; root < Scale.SCALE; root++) {
            base = base.sqrt(precise);
        }
        BigDecimal power = BigDecimal.ONE;
        for (int at = 0; at < Scale.OCTAVE; at++) {
            BigDecimal scaled = power.multiply(BigDecimal.valueOf(1L << 52));
            assertThat(Scale.THRESHOLDS[at]).as("2^(%d/64)", at).isEqualTo(scaled.longValue() - (1L << 52));
            power = power.multiply(base, precise);
        }
        assertThat(Scale.THRESHOLDS).hasSize(Scale.OCTAVE + 1);
    }

    @Test
    void indexIsExactAroundEveryBoundary() {
        for (int index = Scale.MIN_INDEX; index <= Scale.MAX_INDEX; index++) {
            BigInteger boundary = BigInteger.ONE.shiftLeft(index + 1);
            for (int root = 0; root < Scale.SCALE; root++) {
                boundary = boundary.sqrt();
            }
            for (long value = boundary.longValue() - 1; value <= boundary.longValue() + 1; value++) {
                if (value >= 1 && value <= Scale.MAX_VALUE) {
                    assertThat(Scale.index(value)).as("%d ns", value).isEqualTo(exactIndex(value));
                }
            }
        }
    }

    @Test
    void indexIsExactForAnyValue() {
        Random random = new Random(64);
        for (int round = 0; round < 20_000; round++) {
            long value = 1 + (random.nextLong() >>> (22 + random.nextInt(42)));
            assertThat(Scale.index(value)).as("%d ns", value).isEqualTo(exactIndex(value));
        }
    }

    @Test
    void valuesOutsideTheRangeShareTheBucketsAtItsEnds() {
        assertThat(Scale.clampedIndex(0)).isEqualTo(Scale.MIN_INDEX);
        assertThat(Scale.clampedIndex(1)).isEqualTo(Scale.MIN_INDEX);
        assertThat(Scale.clampedIndex(2)).isEqualTo(63);
        assertThat(Scale.clampedIndex(Scale.MAX_VALUE)).isEqualTo(Scale.MAX_INDEX);
        assertThat(Scale.clampedIndex(Long.MAX_VALUE)).isEqualTo(Scale.MAX_INDEX);
    }

    /** The greatest i for which {@code value^64 > 2^i}, in whole numbers. */
    private static int exactIndex(long value) {
        return BigInteger.valueOf(value)
                        .pow(Scale.OCTAVE)
                        .subtract(BigInteger.ONE)
                        .bitLength()
                - 1;
    }
}
