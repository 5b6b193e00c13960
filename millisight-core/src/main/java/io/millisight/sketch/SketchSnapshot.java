package io.millisight.sketch;

import java.util.Arrays;

/**
 * An immutable sketch.
 *
 * <p>Quantiles use the nearest rank: of n durations the one at quantile q is the r-th smallest, {@code r = max(1,
 * ceil(q * n))}, so that q = 0 is the least and q = 1 the greatest. Both of these are exact. Any other is estimated, from
 * the bucket {@code (lo, hi]} that holds it, as {@code 2 * lo * hi / (lo + hi)}, which errs equally at either end, by
 * {@link #RELATIVE_ERROR}, and is then held within the exact least and greatest.
 */
public final class SketchSnapshot {

    /** Receives the buckets that are not empty. */
    @FunctionalInterface
    public interface BucketVisitor {
        void bucket(int index, long count);
    }

    /** The finest scale, the one in which durations are counted. */
    public static final int SCALE = Scale.SCALE;

    /**
     * The most by which a quantile errs, as a share of the exact value: {@code (base - 1) / (base + 1)}, under 0.55 %. Holds
     * for durations from 1 ns to 2^42 ns.
     */
    public static final double RELATIVE_ERROR = (upperBound(0, SCALE) - 1) / (upperBound(0, SCALE) + 1);

    /** Nothing counted. */
    public static final SketchSnapshot EMPTY = new SketchSnapshot(new short[0], new long[0], 0, 0, 0, 0);

    private final short[] indexes;
    private final long[] upTo;
    private final long sumNanos;
    private final long minNanos;
    private final long maxNanos;
    private final long clamped;

    /** Takes the arrays: rising bucket indexes, and the durations counted up to and with each. */
    SketchSnapshot(short[] indexes, long[] upTo, long sumNanos, long minNanos, long maxNanos, long clamped) {
        this.indexes = indexes;
        this.upTo = upTo;
        this.sumNanos = sumNanos;
        this.minNanos = minNanos;
        this.maxNanos = maxNanos;
        this.clamped = clamped;
    }

    public long count() {
        return upTo.length == 0 ? 0 : upTo[upTo.length - 1];
    }

    /** Exact sum in nanoseconds; stays at {@link Long#MAX_VALUE} when it would exceed it. */
    public long sumNanos() {
        return sumNanos;
    }

    /** Exact; 0 when empty. */
    public long minNanos() {
        return minNanos;
    }

    /** Exact; 0 when empty. */
    public long maxNanos() {
        return maxNanos;
    }

    /** How many durations lay outside 1 ns to 2^42 ns (73 minutes) and were counted in the first or the last bucket. */
    public long clamped() {
        return clamped;
    }

    /** Mean in nanoseconds; NaN when empty. */
    public double meanNanos() {
        return count() == 0 ? Double.NaN : (double) sumNanos / count();
    }

    /**
     * The duration at quantile {@code q} in nanoseconds, NaN when empty.
     *
     * @throws IllegalArgumentException when {@code q} is not within 0 to 1
     */
    public double quantileNanos(double q) {
        if (!(q >= 0 && q <= 1)) {
            throw new IllegalArgumentException("q: " + q + "; allowed: 0 to 1");
        }
        long count = count();
        if (count == 0) {
            return Double.NaN;
        }
        long rank = rank(q, count);
        if (rank == 1) {
            return minNanos;
        }
        if (rank == count) {
            return maxNanos;
        }
        int found = Arrays.binarySearch(upTo, rank);
        int index = indexes[found >= 0 ? found : -found - 1];
        double low = lowerBound(index, SCALE);
        double high = upperBound(index, SCALE);
        return Math.max((double) minNanos, Math.min((double) maxNanos, 2 * low * high / (low + high)));
    }

    /**
     * Visits the non-empty buckets in rising order, at this scale or a coarser one. A coarser bucket is the exact sum of those
     * it covers.
     *
     * @throws IllegalArgumentException when {@code scale} is not within 0 to {@link #SCALE}
     */
    public void forEachBucket(int scale, BucketVisitor visitor) {
        int shift = SCALE - checkedScale(scale);
        long before = 0;
        for (int at = 0; at < indexes.length; at++) {
            int index = indexes[at] >> shift;
            if (at + 1 == indexes.length || indexes[at + 1] >> shift != index) {
                visitor.bucket(index, upTo[at] - before);
                before = upTo[at];
            }
        }
    }

    /** Where bucket {@code index} of a scale begins, itself outside: {@code 2^(index / 2^scale)} nanoseconds. */
    public static double lowerBound(int index, int scale) {
        int buckets = 1 << checkedScale(scale);
        int octave = Math.floorDiv(index, buckets);
        long mantissa = Scale.THRESHOLDS[Math.floorMod(index, buckets) << (SCALE - scale)];
        return Math.scalb(1 + mantissa * 0x1p-52, octave);
    }

    /** Where bucket {@code index} of a scale ends, itself inside: {@code 2^((index + 1) / 2^scale)} nanoseconds. */
    public static double upperBound(int index, int scale) {
        return lowerBound(index + 1, scale);
    }

    /** {@code q * n} rounded up, but for the error of the product itself: the rank of 0.07 in 100 is 7 and not 8. */
    private static long rank(double q, long count) {
        double product = q * count;
        double whole = Math.rint(product);
        double rank = Math.abs(product - whole) <= 2 * Math.ulp(product) ? whole : Math.ceil(product);
        return Math.max(1, Math.min(count, (long) rank));
    }

    private static int checkedScale(int scale) {
        if (scale < 0 || scale > SCALE) {
            throw new IllegalArgumentException("scale: " + scale + "; allowed: 0 to " + SCALE);
        }
        return scale;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SketchSnapshot that
                && sumNanos == that.sumNanos
                && minNanos == that.minNanos
                && maxNanos == that.maxNanos
                && clamped == that.clamped
                && Arrays.equals(indexes, that.indexes)
                && Arrays.equals(upTo, that.upTo);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(indexes) + Arrays.hashCode(upTo)) + Long.hashCode(sumNanos);
    }

    @Override
    public String toString() {
        return "SketchSnapshot[count=" + count() + ", sumNanos=" + sumNanos + ", minNanos=" + minNanos + ", maxNanos="
                + maxNanos + ", clamped=" + clamped + "]";
    }
}
