package io.millisight.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SketchTest {

    @Test
    void anEmptySketchKnowsNoLatency() {
        SketchSnapshot empty = new Sketch().snapshot();

        assertThat(empty).isSameAs(SketchSnapshot.EMPTY);
        assertThat(empty.count()).isZero();
        assertThat(empty.sumNanos()).isZero();
        assertThat(empty.minNanos()).isZero();
        assertThat(empty.maxNanos()).isZero();
        assertThat(empty.meanNanos()).isNaN();
        assertThat(empty.quantileNanos(0.5)).isNaN();
        assertThat(new Sketch().minNanos()).isZero();
        assertThat(new Sketch().maxNanos()).isZero();
    }

    @Test
    void keepsCountSumLeastAndGreatestExactly() {
        Sketch sketch = sketch(3, 1_000_003, 77_777);

        assertThat(sketch.count()).isEqualTo(3);
        assertThat(sketch.sumNanos()).isEqualTo(1_077_783);
        assertThat(sketch.minNanos()).isEqualTo(3);
        assertThat(sketch.maxNanos()).isEqualTo(1_000_003);
        assertThat(sketch.snapshot().meanNanos()).isEqualTo(1_077_783 / 3.0);
        assertThat(sketch.snapshot().quantileNanos(0)).isEqualTo(3);
        assertThat(sketch.snapshot().quantileNanos(1)).isEqualTo(1_000_003);
        assertThat(sketch.snapshot().toString()).contains("count=3", "sumNanos=1077783");
    }

    @Test
    void countsWhatLiesOutsideTheRangeAndKeepsItsTrueValue() {
        Sketch sketch = sketch(0, -5, 1, 1L << 42, (1L << 42) + 1, Long.MAX_VALUE);

        assertThat(sketch.clamped()).isEqualTo(4);
        assertThat(sketch.minNanos()).isZero();
        assertThat(sketch.maxNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(buckets(sketch.snapshot(), 6)).containsExactly(Map.entry(-1, 3L), Map.entry(2687, 3L));
        assertThat(sketch.snapshot().clamped()).isEqualTo(4);
    }

    @Test
    void theSumStaysAtItsMostInsteadOfOverflowing() {
        Sketch sketch = sketch(Long.MAX_VALUE, 7);
        assertThat(sketch.sumNanos()).isEqualTo(Long.MAX_VALUE);

        sketch.add(sketch(Long.MAX_VALUE));
        assertThat(sketch.sumNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void countsBeyondAnIntExactly() {
        Sketch sketch = sketch(1_000, 5_000);
        for (int doubling = 0; doubling < 40; doubling++) {
            Sketch same = new Sketch();
            same.add(sketch);
            sketch.add(same);
        }
        sketch.record(1_000);

        assertThat(sketch.count()).isEqualTo((2L << 40) + 1);
        assertThat(buckets(sketch.snapshot(), 6).values()).containsExactly((1L << 40) + 1, 1L << 40);
        Sketch added = sketch(1_000);
        added.add(sketch.snapshot());
        sketch.record(1_000);
        assertThat(added.snapshot()).isEqualTo(sketch.snapshot());
        assertThat(SketchCodec.decode(SketchCodec.encode(sketch))).isEqualTo(sketch.snapshot());
    }

    @Test
    void aCounterThatAnAddingOfOneOverflowsCarries() {
        Sketch sketch = sketch(9);
        for (int doubling = 0; doubling < 32; doubling++) {
            Sketch same = new Sketch();
            same.add(sketch);
            sketch.add(same);
        }
        Sketch full = new Sketch();
        SketchSnapshot one = sketch(9).snapshot();
        full.add(sketch.snapshot());
        assertThat(full.count()).isEqualTo(1L << 32);
        full.clear();
        full.add(one);

        assertThat(full.snapshot()).isEqualTo(one);
        assertThat(buckets(sketch.snapshot(), 6).values()).containsExactly(1L << 32);
    }

    @Test
    void recordCarriesWhenItsCounterIsFull() {
        Sketch sketch = new Sketch();
        for (int bit = 0; bit < 32; bit++) {
            Sketch power = sketch(9);
            for (int doubling = 0; doubling < bit; doubling++) {
                power.add(power.snapshot());
            }
            sketch.add(power);
        }
        assertThat(sketch.count()).isEqualTo(0xffff_ffffL);

        sketch.record(9);

        assertThat(buckets(sketch.snapshot(), 6).values()).containsExactly(1L << 32);
    }

    @Test
    void refusesToCountMoreThanItCan() {
        Sketch sketch = sketch(9);
        for (int doubling = 0; doubling < 59; doubling++) {
            sketch.add(sketch.snapshot());
        }
        SketchSnapshot before = sketch.snapshot();

        assertThatThrownBy(() -> sketch.add(before)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> sketch.add(sketch(before))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> SketchCodec.addTo(SketchCodec.encode(sketch(before)), sketch))
                .isInstanceOf(ArithmeticException.class);
        assertThat(sketch.snapshot()).isEqualTo(before);
    }

    @Test
    void addingNothingChangesNothing() {
        Sketch sketch = sketch(5);
        SketchSnapshot before = sketch.snapshot();
        sketch.add(new Sketch());
        sketch.add(SketchSnapshot.EMPTY);

        assertThat(sketch.snapshot()).isEqualTo(before);
    }

    @Test
    void aClearedSketchIsAsGoodAsNew() {
        Sketch sketch = sketch(5, 6_000, 7_000_000);
        sketch.clear();
        assertThat(sketch.snapshot()).isSameAs(SketchSnapshot.EMPTY);
        assertThat(SketchCodec.encode(sketch)).isEqualTo(SketchCodec.encode(new Sketch()));

        sketch.clear();
        sketch.record(80);
        assertThat(sketch.snapshot()).isEqualTo(sketch(80).snapshot());
    }

    @Test
    void aSnapshotDoesNotChangeWithItsSketch() {
        Sketch sketch = sketch(5);
        SketchSnapshot snapshot = sketch.snapshot();
        sketch.record(6);

        assertThat(snapshot).isEqualTo(sketch(5).snapshot()).isNotEqualTo(sketch.snapshot());
        assertThat(snapshot).hasSameHashCodeAs(sketch(5).snapshot());
        assertThat((Object) snapshot).isNotEqualTo("sketch");
    }

    @Test
    void aCoarserScaleIsTheExactSumOfItsBuckets() {
        Sketch sketch = new Sketch();
        for (long value = 1; value < 1L << 40; value += 1 + value / 7) {
            sketch.record(value);
        }
        SketchSnapshot snapshot = sketch.snapshot();
        for (int scale = 0; scale <= 6; scale++) {
            Map<Integer, Long> expected = new TreeMap<>();
            int shift = 6 - scale;
            snapshot.forEachBucket(6, (index, count) -> expected.merge(index >> shift, count, Long::sum));
            assertThat(buckets(snapshot, scale)).isEqualTo(expected);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> snapshot.forEachBucket(7, (index, count) -> {}))
                .withMessageContaining("scale: 7");
        assertThatIllegalArgumentException().isThrownBy(() -> SketchSnapshot.lowerBound(0, -1));
    }

    @Test
    void boundsArePowersOfTheBase() {
        for (int scale = 0; scale <= 6; scale++) {
            for (int index = -1; index < 42 << scale; index++) {
                double expected = Math.pow(2, (double) index / (1 << scale));
                Offset<Double> offset = Offset.offset(expected * 1e-14);
                assertThat(SketchSnapshot.lowerBound(index, scale)).isCloseTo(expected, offset);
                assertThat(SketchSnapshot.upperBound(index, scale))
                        .isEqualTo(SketchSnapshot.lowerBound(index + 1, scale));
            }
        }
        assertThat(SketchSnapshot.RELATIVE_ERROR).isBetween(0.0054, 0.0055);
    }

    @Test
    void refusesAQuantileOutsideZeroToOne() {
        SketchSnapshot snapshot = sketch(5).snapshot();
        for (double q : List.of(-0.1, 1.1, Double.NaN)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> snapshot.quantileNanos(q))
                    .withMessageContaining("0 to 1");
        }
    }

    @Test
    void aQuantileIsTheNearestRankDespiteRoundedProducts() {
        Sketch sketch = new Sketch();
        for (int rank = 1; rank <= 100; rank++) {
            sketch.record((long) (1_000_000 * Math.pow(1.1, rank)));
        }
        SketchSnapshot snapshot = sketch.snapshot();
        for (int percent = 1; percent <= 100; percent++) {
            double exact = 1_000_000 * Math.pow(1.1, percent);
            assertThat(snapshot.quantileNanos(percent / 100.0)).isCloseTo(exact, Offset.offset(exact * 0.0055));
        }
    }

    static Sketch sketch(long... nanos) {
        Sketch sketch = new Sketch();
        for (long value : nanos) {
            sketch.record(value);
        }
        return sketch;
    }

    private static Sketch sketch(SketchSnapshot snapshot) {
        Sketch sketch = new Sketch();
        sketch.add(snapshot);
        return sketch;
    }

    private static Map<Integer, Long> buckets(SketchSnapshot snapshot, int scale) {
        Map<Integer, Long> buckets = new TreeMap<>();
        snapshot.forEachBucket(scale, buckets::put);
        return buckets;
    }
}
