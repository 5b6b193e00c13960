package io.millisight.sketch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Quantiles against exact order statistics. */
class SketchQuantilePropertiesTest {

    /** Shapes of latency. */
    enum Shape {
        UNIFORM,
        LOG_NORMAL,
        BIMODAL,
        PARETO,
        CONSTANT,
        TINY;

        /** One duration in nanoseconds. */
        double draw(Random random) {
            return switch (this) {
                case UNIFORM -> 1e6 + random.nextDouble() * 99e6;
                case LOG_NORMAL -> 20e6 * Math.exp(0.5 * random.nextGaussian());
                case BIMODAL ->
                    random.nextInt(4) > 0
                            ? 2e6 * Math.exp(0.1 * random.nextGaussian())
                            : 800e6 * Math.exp(0.2 * random.nextGaussian());
                case PARETO -> 1e6 / Math.pow(1 - random.nextDouble(), 1 / 1.1);
                case CONSTANT -> 12_345_678;
                case TINY -> 1 + random.nextInt(20);
            };
        }
    }

    @Property(tries = 60)
    void everyRankIsWithinTheStatedError(
            @ForAll Shape shape, @ForAll @IntRange(min = 1, max = 2_000) int count, @ForAll long seed) {
        Random random = new Random(seed);
        long[] exact = new long[count];
        Sketch sketch = new Sketch();
        for (int at = 0; at < count; at++) {
            exact[at] = Math.min(1L << 42, (long) shape.draw(random));
            sketch.record(exact[at]);
        }
        Arrays.sort(exact);
        SketchSnapshot snapshot = sketch.snapshot();

        for (int rank = 1; rank <= count; rank++) {
            requireWithinError(snapshot.quantileNanos((double) rank / count), exact[rank - 1]);
        }
        for (int between = 0; between < 50; between++) {
            double q = random.nextDouble();
            int rank = (int) Math.max(1, Math.ceil(q * count));
            requireWithinError(snapshot.quantileNanos(q), exact[rank - 1]);
        }
        assertThat(snapshot.quantileNanos(0)).isEqualTo((double) exact[0]);
        assertThat(snapshot.quantileNanos(1)).isEqualTo((double) exact[count - 1]);
        if (shape == Shape.CONSTANT) {
            assertThat(snapshot.quantileNanos(0.5)).isEqualTo(12_345_678);
        }
    }

    @Property(tries = 100)
    void mergingIsAssociativeAndCommutativeBitForBit(
            @ForAll @Size(max = 40) @LongRange(min = -1) long[] first,
            @ForAll @Size(max = 40) @LongRange(min = -1, max = 1L << 43) long[] second,
            @ForAll @Size(max = 40) @LongRange(max = 1_000_000) long[] third) {
        byte[] one = SketchCodec.encode(merged(merged(sketch(first), sketch(second)), sketch(third)));
        byte[] other = SketchCodec.encode(merged(sketch(third), merged(sketch(second), sketch(first))));
        Sketch decoded = sketch(second);
        SketchCodec.addTo(SketchCodec.encode(sketch(third)), decoded);
        decoded.add(sketch(first).snapshot());
        Sketch together = sketch(first);
        for (long value : second) {
            together.record(value);
        }
        for (long value : third) {
            together.record(value);
        }

        assertThat(other).isEqualTo(one);
        assertThat(SketchCodec.encode(decoded)).isEqualTo(one);
        assertThat(SketchCodec.encode(together)).isEqualTo(one);
    }

    @Property(tries = 200)
    void theSerializedFormGivesBackTheSketch(@ForAll @Size(max = 200) long[] values) {
        Sketch sketch = sketch(values);
        byte[] bytes = SketchCodec.encode(sketch);

        assertThat(SketchCodec.decode(bytes)).isEqualTo(sketch.snapshot());
    }

    @Property(tries = 60)
    void damagedBytesAreRefused(
            @ForAll @Size(min = 1, max = 20) @LongRange(min = 1) long[] values,
            @ForAll @IntRange(min = 1, max = 255) int damage) {
        byte[] bytes = SketchCodec.encode(sketch(values));
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= (byte) damage;
            requireRefused(damaged);
            requireRefused(Arrays.copyOf(bytes, at));
        }
        requireRefused(Arrays.copyOf(bytes, bytes.length + 1));
    }

    @Property(tries = 2_000)
    void aBodyOfAnyBytesIsRefusedOrConsistent(@ForAll @Size(max = 24) byte[] body) {
        Sketch target = new Sketch();
        target.record(50);
        SketchSnapshot before = target.snapshot();
        try {
            new SketchDecoder().addBodyTo(body, 0, body.length, target);
        } catch (SketchFormatException e) {
            assertThat(target.snapshot()).isEqualTo(before);
            return;
        }
        Assume.that(target.count() > 1);
        assertThat(target.snapshot().count()).isEqualTo(target.count());
    }

    @Property(tries = 2_000)
    void aBodyDamagedBehindItsChecksumIsRefusedOrConsistent(
            @ForAll @Size(min = 1, max = 40) @LongRange(min = 1, max = 4_000) long[] values, @ForAll long seed) {
        Sketch sketch = sketch(values);
        ByteBuffer buffer = ByteBuffer.allocate(SketchCodec.maxBodyBytes(sketch));
        SketchCodec.putBody(sketch, buffer);
        Random random = new Random(seed);
        for (int damages = 1 + random.nextInt(3); damages > 0; damages--) {
            buffer.array()[random.nextInt(buffer.position())] ^= (byte) (1 << random.nextInt(8));
        }
        Sketch target = new Sketch();
        try {
            new SketchDecoder().addBodyTo(buffer.array(), 0, buffer.position(), target);
        } catch (SketchFormatException e) {
            assertThat(target.count()).isZero();
            return;
        }
        List<Integer> indexes = new ArrayList<>();
        target.forEachBucket((index, times) -> indexes.add(index));
        assertThat(target.snapshot().count()).isEqualTo(target.count());
        if (target.count() > 0) {
            assertThat(indexes)
                    .startsWith(Scale.clampedIndex(target.minNanos()))
                    .endsWith(Scale.clampedIndex(target.maxNanos()));
        }
    }

    private static void requireRefused(byte[] damaged) {
        Sketch target = new Sketch();
        try {
            SketchCodec.addTo(damaged, target);
        } catch (SketchFormatException e) {
            assertThat(target.count()).isZero();
            return;
        }
        throw new AssertionError("taken for a sketch: " + Arrays.toString(damaged));
    }

    private static void requireWithinError(double estimate, long exact) {
        if (Math.abs(estimate - exact) > exact * SketchSnapshot.RELATIVE_ERROR * (1 + 1e-9)) {
            throw new AssertionError("estimated " + estimate + " for " + exact);
        }
    }

    private static Sketch merged(Sketch target, Sketch source) {
        target.add(source);
        return target;
    }

    private static Sketch sketch(long... nanos) {
        return SketchTest.sketch(nanos);
    }
}
