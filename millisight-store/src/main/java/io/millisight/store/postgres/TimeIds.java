package io.millisight.store.postgres;

/**
 * UUIDs of version 7 (RFC 9562) whose order is that of an instant to the microsecond, then of a number of 62 bits.
 *
 * <pre>
 * milliseconds since 1970, 48 bits | version 7, 4 bits | microseconds in 4096ths of the millisecond, 12 bits
 * variant 2, 2 bits | number, 62 bits
 * </pre>
 */
final class TimeIds {

    /** The bits of a number. */
    static final long NUMBER = (1L << 62) - 1;

    private static final long VERSION = 7L << 12;
    private static final long VARIANT = 2L << 62;

    private TimeIds() {}

    /** The first half of an instant's ids. */
    static long high(long micros) {
        long millis = Math.floorDiv(micros, 1_000);
        long fraction = Math.floorMod(micros, 1_000) * 4_096L / 1_000;
        return (millis << 16) | VERSION | fraction;
    }

    /** The second half of the id with this number. */
    static long low(long number) {
        return VARIANT | (number & NUMBER);
    }
}
