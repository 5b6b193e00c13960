package io.millisight.journal;

import java.nio.ByteBuffer;

/**
 * The checksum that makes a slot valid: 64 bits over the slot's words, seeded with journal, lane, absolute position and
 * kind. A slot of an earlier lap, of another place, torn or damaged has a different seal and is never taken for a record.
 *
 * <p>Pairs of words are folded by a 128-bit product (the construction of wyhash, Wang Yi 2019), so that the products
 * run side by side in the processor: about 4 ns a slot. The constants are irregular, so that zero words neither cancel nor
 * annul their partner.
 */
final class Seal {

    private static final long K0 = 0xa0761d6478bd642fL;
    private static final long K1 = 0xe7037ed1a0b428dbL;
    private static final long K2 = 0x8ebc6af09c88c6e3L;
    private static final long K3 = 0x589965cc75374cc3L;
    private static final long K4 = 0x1d8e4e27c47d124fL;
    private static final long CONTINUATION = 0x5bd1e9955bd1e995L;

    private Seal() {}

    /** Seed of a slot: the same for head and continuation, told apart by the functions below. */
    static long seed(long journalSeed, int lane, long position) {
        return fold(journalSeed ^ ((long) lane << 56) ^ position, K4);
    }

    /** Seal of a head slot without text: words 0 to 2 alone, for the rest of the slot is whatever was there before. */
    static long ofHead(ByteBuffer buffer, int offset, long seed) {
        return ofHead(buffer.getLong(offset), buffer.getLong(offset + 8), buffer.getLong(offset + 16), seed);
    }

    /** As above, of words still in registers. */
    static long ofHead(long word0, long word1, long word2, long seed) {
        return finish(fold(word0 ^ K0, word1 ^ K1) + fold(word2 ^ K2, seed ^ K3), seed);
    }

    /** Seal of a head slot with text: words 0 to 6. */
    static long ofHeadWithText(ByteBuffer buffer, int offset, long seed) {
        return ofAllWords(buffer, offset, seed);
    }

    /** Seal of a continuation slot: words 0 to 6, never equal to a head's. */
    static long ofContinuation(ByteBuffer buffer, int offset, long seed) {
        return ofAllWords(buffer, offset, seed ^ CONTINUATION);
    }

    private static long ofAllWords(ByteBuffer buffer, int offset, long seed) {
        return ofHeadWithText(
                buffer.getLong(offset),
                buffer.getLong(offset + 8),
                buffer.getLong(offset + 16),
                buffer.getLong(offset + 24),
                buffer.getLong(offset + 32),
                buffer.getLong(offset + 40),
                buffer.getLong(offset + 48),
                seed);
    }

    /** Seal of a head slot with text, of words still in registers. */
    static long ofHeadWithText(
            long word0, long word1, long word2, long word3, long word4, long word5, long word6, long seed) {
        long sum = fold(word0 ^ K0, word1 ^ K1)
                + fold(word2 ^ K2, seed ^ K3)
                + Long.rotateLeft(fold(word3 ^ K1, word4 ^ K4), 17)
                + Long.rotateLeft(fold(word5 ^ K3, word6 ^ K0), 31);
        return finish(sum, seed);
    }

    /** Seal of a continuation slot, of words still in registers. */
    static long ofContinuation(
            long word0, long word1, long word2, long word3, long word4, long word5, long word6, long seed) {
        return ofHeadWithText(word0, word1, word2, word3, word4, word5, word6, seed ^ CONTINUATION);
    }

    /** Never 0: a zero word is a slot that was never written. */
    private static long finish(long sum, long seed) {
        long seal = fold(sum ^ K2, seed ^ K1);
        return seal == 0 ? K0 : seal;
    }

    static long fold(long a, long b) {
        return Math.multiplyHigh(a, b) ^ (a * b);
    }
}
