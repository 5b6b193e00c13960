package io.millisight.sketch;

/**
 * The bucket boundaries: bucket {@code i} covers {@code (2^(i/64), 2^((i+1)/64)]} nanoseconds, as OpenTelemetry's exponential
 * histogram of scale 6 has it.
 *
 * <p>The index comes from the bits of the value as a double, without a logarithm, and is exact at every boundary. The
 * exponent is the octave. Within an octave the mantissa is compared with the boundaries' mantissas: {@code 2^(j/64)} is
 * irrational for {@code 0 < j < 64}, so a value lies above the boundary exactly if its mantissa exceeds the boundary's
 * rounded down. Boundaries lie more than 1/128 of an octave's start apart, so the first 7 bits of the mantissa leave
 * at most one of them to compare with.
 */
final class Scale {

    /** Resolution: {@code base = 2^(2^-6)}. */
    static final int SCALE = 6;

    /** Buckets in an octave. */
    static final int OCTAVE = 1 << SCALE;

    /** The bucket of 1 ns, which is the upper end of its range. */
    static final int MIN_INDEX = -1;

    /** Values above this share the last bucket. */
    static final long MAX_VALUE = 1L << 42;

    /** The bucket of {@link #MAX_VALUE}. */
    static final int MAX_INDEX = 42 * OCTAVE - 1;

    private static final int MANTISSA_BITS = 52;
    private static final long MANTISSA = (1L << MANTISSA_BITS) - 1;
    private static final int CELL_SHIFT = MANTISSA_BITS - 7;

    /** {@code floor(2^52 * 2^(j/64)) - 2^52} for j from 0 to 63, and an end that nothing exceeds. */
    static final long[] THRESHOLDS = {
        0x0000000000000L,
        0x02c9a3e778060L,
        0x059b0d3158574L,
        0x0874518759bc8L,
        0x0b5586cf9890fL,
        0x0e3ec32d3d1a2L,
        0x11301d0125b50L,
        0x1429aaea92ddfL,
        0x172b83c7d517aL,
        0x1a35beb6fcb75L,
        0x1d4873168b9aaL,
        0x2063b88628cd6L,
        0x2387a6e756238L,
        0x26b4565e27cddL,
        0x29e9df51fdee1L,
        0x2d285a6e4030bL,
        0x306fe0a31b715L,
        0x33c08b26416ffL,
        0x371a7373aa9caL,
        0x3a7db34e59ff6L,
        0x3dea64c123422L,
        0x4160a21f72e29L,
        0x44e086061892dL,
        0x486a2b5c13cd0L,
        0x4bfdad5362a27L,
        0x4f9b2769d2ca6L,
        0x5342b569d4f81L,
        0x56f4736b527daL,
        0x5ab07dd485429L,
        0x5e76f15ad2148L,
        0x6247eb03a5584L,
        0x6623882552224L,
        0x6a09e667f3bccL,
        0x6dfb23c651a2eL,
        0x71f75e8ec5f73L,
        0x75feb564267c8L,
        0x7a11473eb0186L,
        0x7e2f336cf4e62L,
        0x82589994cce12L,
        0x868d99b4492ecL,
        0x8ace5422aa0dbL,
        0x8f1ae99157736L,
        0x93737b0cdc5e4L,
        0x97d829fde4e4fL,
        0x9c49182a3f090L,
        0xa0c667b5de564L,
        0xa5503b23e255cL,
        0xa9e6b5579fdbfL,
        0xae89f995ad3adL,
        0xb33a2b84f15faL,
        0xb7f76f2fb5e46L,
        0xbcc1e904bc1d2L,
        0xc199bdd85529cL,
        0xc67f12e57d14bL,
        0xcb720dcef9069L,
        0xd072d4a07897bL,
        0xd5818dcfba487L,
        0xda9e603db3285L,
        0xdfc97337b9b5eL,
        0xe502ee78b3ff6L,
        0xea4afa2a490d9L,
        0xefa1bee615a27L,
        0xf50765b6e4540L,
        0xfa7c1819e90d8L,
        Long.MAX_VALUE
    };

    /** By the first 7 bits of a mantissa: the bucket, within the octave, of the least mantissa that begins so. */
    private static final int[] CELLS = cells();

    private Scale() {}

    /** The bucket of a value from 1 to {@link #MAX_VALUE}. */
    static int index(long value) {
        long bits = Double.doubleToRawLongBits((double) value);
        long mantissa = bits & MANTISSA;
        int bucket = CELLS[(int) (mantissa >>> CELL_SHIFT)];
        int above = (int) ((THRESHOLDS[bucket + 1] - mantissa) >>> 63);
        return (((int) (bits >>> MANTISSA_BITS) - Double.MAX_EXPONENT) << SCALE) + bucket + above;
    }

    /** The bucket that counts any value: what lies outside the range goes to the first or the last. */
    static int clampedIndex(long value) {
        return index(Math.max(1, Math.min(value, MAX_VALUE)));
    }

    private static int[] cells() {
        int[] cells = new int[128];
        for (int cell = 0; cell < cells.length; cell++) {
            long least = (long) cell << CELL_SHIFT;
            int bucket = -1;
            while (THRESHOLDS[bucket + 1] < least) {
                bucket++;
            }
            cells[cell] = bucket;
        }
        return cells;
    }
}
