package io.millisight.sketch;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A mergeable base-2 exponential histogram of durations, of scale 6. Single writer: one thread at a time, readers included.
 *
 * <p>A quantile errs by at most {@link SketchSnapshot#RELATIVE_ERROR}; count, sum, minimum and maximum are exact. Durations
 * below 1 ns share the first bucket, those above 2^42 ns (73 minutes) the last; {@link #clamped()} counts both.
 *
 * <p>Counters live in pages of one octave, made on first use: an empty sketch is a few words, one of typical latencies 2 KiB.
 * A counter is an unsigned int; what it cannot hold goes to a page of carries, which hardly any sketch ever has.
 * Merging is an exact sum: in any order and grouping it gives the same sketch, bit for bit.
 */
public final class Sketch {

    /** The most that one sketch counts; {@link #add} refuses to exceed it. */
    public static final long MAX_COUNT = (1L << 60) - 1;

    private static final long LOW = 0xffff_ffffL;
    private static final int IN_PAGE = Scale.OCTAVE - 1;

    /** Octaves, each with a page; the first is that of bucket -1. */
    static final int OCTAVES = octave(Scale.MAX_INDEX) + 1;

    private static final int[] NOTHING = new int[Scale.OCTAVE];

    private int @Nullable [] @Nullable [] pages;
    private int @Nullable [] @Nullable [] carries;
    private long count;
    private long sumNanos;
    private long minNanos = Long.MAX_VALUE;
    private long maxNanos;
    private long clamped;

    /** Counts one duration; a negative one counts as 0. */
    public void record(long nanos) {
        long value = nanos;
        if (nanos < 1 || nanos > Scale.MAX_VALUE) {
            clamped++;
            nanos = Math.max(nanos, 0);
            value = nanos == 0 ? 1 : Scale.MAX_VALUE;
        }
        int slot = Scale.index(value) + Scale.OCTAVE;
        int[] page = page(slot >> Scale.SCALE);
        if (++page[slot & IN_PAGE] == 0) {
            carry(slot, 1);
        }
        count++;
        sumNanos = saturatedSum(sumNanos, nanos);
        minNanos = Math.min(minNanos, nanos);
        maxNanos = Math.max(maxNanos, nanos);
    }

    /**
     * Adds all that {@code other} has counted.
     *
     * @throws ArithmeticException when more than {@link #MAX_COUNT} would be counted; nothing is changed then
     */
    public void add(Sketch other) {
        long total = total(other.count);
        if (other.pages != null) {
            int last = other.lastOctave();
            for (int octave = other.firstOctave(); octave <= last; octave++) {
                int[] from = other.pages[octave];
                if (from != null) {
                    addPage(octave, from, other, total);
                }
            }
        }
        addTotals(total, other.sumNanos, other.minNanos, other.maxNanos, other.clamped);
    }

    /**
     * Adds all that {@code other} has counted.
     *
     * @throws ArithmeticException when more than {@link #MAX_COUNT} would be counted; nothing is changed then
     */
    public void add(SketchSnapshot other) {
        if (other.count() == 0) {
            return;
        }
        long total = total(other.count());
        other.forEachBucket(Scale.SCALE, this::addBucket);
        addTotals(total, other.sumNanos(), other.minNanos(), other.maxNanos(), other.clamped());
    }

    /** How many durations have been counted. */
    public long count() {
        return count;
    }

    /** Exact sum in nanoseconds; stays at {@link Long#MAX_VALUE} when it would exceed it. */
    public long sumNanos() {
        return sumNanos;
    }

    /** Exact; 0 when empty. */
    public long minNanos() {
        return count == 0 ? 0 : minNanos;
    }

    /** Exact; 0 when empty. */
    public long maxNanos() {
        return maxNanos;
    }

    /** How many durations lay outside 1 ns to 2^42 ns. */
    public long clamped() {
        return clamped;
    }

    /** Forgets everything but keeps the pages, for values like those before. */
    public void clear() {
        if (count == 0) {
            return;
        }
        if (pages != null) {
            for (int[] page : pages) {
                if (page != null) {
                    Arrays.fill(page, 0);
                }
            }
        }
        carries = null;
        count = 0;
        sumNanos = 0;
        minNanos = Long.MAX_VALUE;
        maxNanos = 0;
        clamped = 0;
    }

    /** An immutable copy. */
    public SketchSnapshot snapshot() {
        if (count == 0) {
            return SketchSnapshot.EMPTY;
        }
        int buckets = bucketCount();
        short[] indexes = new short[buckets];
        long[] upTo = new long[buckets];
        SnapshotFill fill = new SnapshotFill(indexes, upTo);
        forEachBucket(fill);
        return new SketchSnapshot(indexes, upTo, sumNanos, minNanos, maxNanos, clamped);
    }

    /** Visits the non-empty buckets in rising order. */
    void forEachBucket(SketchSnapshot.BucketVisitor visitor) {
        if (pages == null) {
            return;
        }
        for (int number = 0; number < OCTAVES; number++) {
            int[] page = pages[number];
            if (page == null) {
                continue;
            }
            int[] carry = carries == null ? null : carries[number];
            for (int at = 0; at < Scale.OCTAVE; at++) {
                if (page[at] != 0 || (carry != null && carry[at] != 0)) {
                    long high = carry == null ? 0 : (long) carry[at] << 32;
                    visitor.bucket((number - 1) * Scale.OCTAVE + at, high | (page[at] & LOW));
                }
            }
        }
    }

    /** The octave of the least duration; above {@link #lastOctave} when empty. */
    int firstOctave() {
        return octave(Scale.clampedIndex(minNanos));
    }

    /** The octave of the greatest duration. */
    int lastOctave() {
        return octave(Scale.clampedIndex(maxNanos));
    }

    /** Copies an octave's counters. */
    void copyOctave(int octave, long[] counters) {
        int[] page = pages == null ? null : pages[octave];
        int[] carry = carries == null ? null : carries[octave];
        for (int at = 0; at < Scale.OCTAVE; at++) {
            long high = carry == null ? 0 : (long) carry[at] << 32;
            counters[at] = high | (page == null ? 0 : page[at] & LOW);
        }
    }

    /** How many buckets are not empty. */
    int bucketCount() {
        BucketCounter counter = new BucketCounter();
        forEachBucket(counter);
        return counter.buckets;
    }

    /** Adds to one bucket; {@link #addTotals} completes the change. */
    private void addBucket(int index, long times) {
        int slot = index + Scale.OCTAVE;
        int[] page = page(slot >> Scale.SCALE);
        int at = slot & IN_PAGE;
        long sum = (page[at] & LOW) + times;
        page[at] = (int) sum;
        if (sum >>> 32 != 0) {
            carry(slot, (int) (sum >>> 32));
        }
    }

    /** What this will count after {@code more} were added. */
    private long total(long more) {
        long total = count + more;
        if (total > MAX_COUNT) {
            throw new ArithmeticException("a sketch counts at most " + MAX_COUNT + " durations; asked: " + total);
        }
        return total;
    }

    private void addTotals(long total, long sum, long min, long max, long outside) {
        count = total;
        sumNanos = saturatedSum(sumNanos, sum);
        minNanos = Math.min(minNanos, min);
        maxNanos = Math.max(maxNanos, max);
        clamped += outside;
    }

    /** Forgets the carries. A decoder does it before it writes into {@link #page}s, whatever they held. */
    void dropCarries() {
        carries = null;
    }

    /** Forgets an octave's counters. */
    void dropPage(int octave) {
        if (pages != null) {
            pages[octave] = null;
        }
    }

    /** Whether the buckets from one to another, both of them in one octave, are empty. */
    boolean isEmpty(int first, int last) {
        return isEmpty(pages, first, last) && isEmpty(carries, first, last);
    }

    private static boolean isEmpty(int @Nullable [] @Nullable [] octaves, int first, int last) {
        int[] page = octaves == null ? null : octaves[octave(first)];
        int from = first & IN_PAGE;
        int to = (last & IN_PAGE) + 1;
        return page == null || Arrays.equals(page, from, to, NOTHING, from, to);
    }

    /** Completes what a decoder wrote into the pages of the octaves from that of {@code min} to that of {@code max}. */
    void setTotals(long count, long sum, long min, long max, long clamped) {
        this.count = count;
        sumNanos = sum;
        minNanos = min;
        maxNanos = max;
        this.clamped = clamped;
    }

    private void addPage(int number, int[] from, Sketch other, long total) {
        int[] page = page(number);
        if (total <= LOW) { // then no counter can overflow, and the loop is one that the compiler vectorizes
            for (int at = 0; at < Scale.OCTAVE; at++) {
                page[at] += from[at];
            }
            return;
        }
        int[] carry = other.carries == null ? null : other.carries[number];
        for (int at = 0; at < Scale.OCTAVE; at++) {
            long high = carry == null ? 0 : (long) carry[at] << 32;
            addBucket((number - 1) * Scale.OCTAVE + at, high | (from[at] & LOW));
        }
    }

    static int octave(int index) {
        return (index + Scale.OCTAVE) >> Scale.SCALE;
    }

    /** An octave's counters, the low 32 bits of each. */
    int[] page(int number) {
        if (pages == null) {
            pages = new int[OCTAVES][];
        }
        int[] page = pages[number];
        if (page == null) {
            page = new int[Scale.OCTAVE];
            pages[number] = page;
        }
        return page;
    }

    /** Adds to the high 32 bits of a counter; a slot is a bucket's index and 64. */
    void carry(int slot, int times) {
        if (carries == null) {
            carries = new int[OCTAVES][];
        }
        int number = slot >> Scale.SCALE;
        int[] carry = carries[number];
        if (carry == null) {
            carry = new int[Scale.OCTAVE];
            carries[number] = carry;
        }
        carry[slot & IN_PAGE] += times;
    }

    private static long saturatedSum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static final class BucketCounter implements SketchSnapshot.BucketVisitor {
        private int buckets;

        @Override
        public void bucket(int index, long count) {
            buckets++;
        }
    }

    /** Fills a snapshot's arrays: the second holds the running total. */
    private static final class SnapshotFill implements SketchSnapshot.BucketVisitor {
        private final short[] indexes;
        private final long[] upTo;
        private int next;
        private long total;

        SnapshotFill(short[] indexes, long[] upTo) {
            this.indexes = indexes;
            this.upTo = upTo;
        }

        @Override
        public void bucket(int index, long count) {
            total += count;
            indexes[next] = (short) index;
            upTo[next++] = total;
        }
    }
}
