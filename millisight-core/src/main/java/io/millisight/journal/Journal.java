package io.millisight.journal;

import static io.millisight.journal.SlotLayout.COMPLETED_OFFSET;
import static io.millisight.journal.SlotLayout.CONTINUATION_TEXT_BYTES;
import static io.millisight.journal.SlotLayout.DURATION_OFFSET;
import static io.millisight.journal.SlotLayout.HEAD_TEXT_BYTES;
import static io.millisight.journal.SlotLayout.HEAD_TEXT_OFFSET;
import static io.millisight.journal.SlotLayout.MAX_TEXT_BYTES;
import static io.millisight.journal.SlotLayout.SEAL_OFFSET;
import static io.millisight.journal.SlotLayout.SHAPE_OFFSET;
import static io.millisight.journal.SlotLayout.WORD;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The laned ring between request threads and the one consumer. Any number of producers, one consumer.
 *
 * <p>Appending takes no lock, allocates nothing, makes no I/O call and does not throw: a full ring is answered with
 * {@code false}. It is lock-free: a producer that loses the race for a lane takes the next one.
 *
 * <p>A thread begins at its <em>home</em>, the lane that its number picks among every second one. Those between take what a home
 * has no room for. So a service whose store keeps up goes round half of the ring, only whose pages are its memory, and all of
 * it is there when the store is away.
 *
 * <p>Invariants. Positions of a lane only grow; slot {@code p} lies at {@code p mod slots}. {@code freed <= read <= tail <=
 * freed + slots}. A record is valid if and only if its head's seal is that of its words at its position (see {@link Seal}).
 *
 * <p>Memory order. A producer claims by compare-and-set on {@code tail}, having read {@code freed} with acquire: it writes a
 * slot only after the consumer's release of it. It writes text and continuation slots, then the head's words, then the
 * head's seal with release. The consumer reads the seal with acquire, then the words: a matching seal shows all of them.
 * In the file, the same order holds for a process that dies, because the page cache outlives it.
 */
public final class Journal {

    private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(long[].class);

    /** Longs between two words of {@link #state}: two cache lines, for processors that fetch lines in pairs. */
    private static final int STRIDE = 16;

    /** Added to the outcome's code when the request was a stream. */
    public static final int STREAM = 0x80;

    private final RingFile file;
    private final ByteBuffer buffer;
    private final SlotSpan[] spans;
    private final int laneMask;
    private final long slots;
    private final long wakeMask;
    private final long seed;

    /** By lane: tail (next position to claim), then freed (positions below may be overwritten). */
    private final long[] state;

    private volatile @Nullable Thread consumer;

    Journal(RingFile file) {
        this.file = file;
        this.buffer = file.buffer();
        this.slots = file.slotsPerLane();
        this.laneMask = file.lanes() - 1;
        this.wakeMask = slots / 2 - 1;
        this.seed = file.journalSeed();
        this.spans = new SlotSpan[file.lanes()];
        for (int lane = 0; lane < spans.length; lane++) {
            spans[lane] = new SlotSpan(lane, file.laneOffset(lane), slots);
        }
        this.state = new long[(2 * spans.length + 2) * STRIDE];
    }

    /** The lane that the calling thread begins at. */
    int home() {
        return 2 * (int) Thread.currentThread().getId() & laneMask;
    }

    /**
     * Appends one finished request.
     *
     * @param outcomeCode the outcome's code, plus {@link #STREAM} for a stream
     * @param completedAtNanos wall time of completion, in nanoseconds since 1970
     * @param durationNanos at least 0; cut at 78 hours
     * @param userId null when unknown; cut at 1,023 bytes
     * @param path null when not kept; cut at 1,023 bytes
     * @return false if the ring is full: the observation was not taken, and must be counted as dropped
     */
    public boolean append(
            int endpointId,
            int status,
            int outcomeCode,
            long completedAtNanos,
            long durationNanos,
            @Nullable String userId,
            @Nullable String path) {
        int userBytes = SlotText.bytes(userId, MAX_TEXT_BYTES);
        int pathBytes = SlotText.bytes(path, MAX_TEXT_BYTES);
        int taken = SlotLayout.slots(userBytes + pathBytes);
        int lane = home();
        for (int full = 0; full <= laneMask; lane = (lane + 1) & laneMask) {
            long tail = (long) STATE.getAcquire(state, tailIndex(lane));
            if (tail + taken - (long) STATE.getAcquire(state, freedIndex(lane)) > slots) {
                full++;
                continue;
            }
            if (!STATE.compareAndSet(state, tailIndex(lane), tail, tail + taken)) {
                full = 0;
                continue;
            }
            write(
                    spans[lane],
                    tail,
                    completedAtNanos,
                    SlotLayout.durationWord(durationNanos, status),
                    SlotLayout.shapeWord(endpointId, outcomeCode, userBytes, pathBytes),
                    userId,
                    path);
            if ((tail & wakeMask) >= (wakeMask + 1 - taken)) {
                LockSupport.unpark(consumer);
            }
            return true;
        }
        return false;
    }

    private void write(
            SlotSpan span,
            long position,
            long completedWord,
            long durationWord,
            long shapeWord,
            @Nullable String userId,
            @Nullable String path) {
        int offset = span.offset(position);
        buffer.putLong(offset + COMPLETED_OFFSET, completedWord);
        buffer.putLong(offset + DURATION_OFFSET, durationWord);
        buffer.putLong(offset + SHAPE_OFFSET, shapeWord);
        long seal = SlotLayout.textBytes(shapeWord) == 0
                ? Seal.ofHead(completedWord, durationWord, shapeWord, Seal.seed(seed, span.lane(), position))
                : writeText(
                        span,
                        position,
                        completedWord,
                        durationWord,
                        shapeWord,
                        userId == null ? "" : userId,
                        path == null ? "" : path);
        WORD.setRelease(buffer, offset + SEAL_OFFSET, seal);
    }

    /** Writes and seals all but the head's seal, which it gives. */
    private long writeText(
            SlotSpan span,
            long position,
            long completedWord,
            long durationWord,
            long shapeWord,
            String userId,
            String path) {
        int userBytes = SlotLayout.userBytes(shapeWord);
        int pathBytes = SlotLayout.pathBytes(shapeWord);
        if (SlotText.isAscii(userId, userBytes) && SlotText.isAscii(path, pathBytes)) {
            return writeAscii(
                    span, position, completedWord, durationWord, shapeWord, userId, userBytes, path, pathBytes);
        }
        SlotText.write(userId, userBytes, span, buffer, position, 0);
        SlotText.write(path, pathBytes, span, buffer, position, userBytes);
        sealContinuations(span, position, SlotLayout.slots(userBytes + pathBytes));
        return Seal.ofHeadWithText(buffer, span.offset(position), Seal.seed(seed, span.lane(), position));
    }

    /** Word by word, sealed from registers: what has just been written by bytes cannot be read back by words without waiting. */
    private long writeAscii(
            SlotSpan span,
            long position,
            long completedWord,
            long durationWord,
            long shapeWord,
            String userId,
            int userBytes,
            String path,
            int pathBytes) {
        int slot = 1;
        for (int from = HEAD_TEXT_BYTES; from < userBytes + pathBytes; from += CONTINUATION_TEXT_BYTES) {
            long at = position + slot++;
            int offset = span.offset(at);
            long word0 = putText(offset, userId, userBytes, path, pathBytes, from);
            long word1 = putText(offset + 8, userId, userBytes, path, pathBytes, from + 8);
            long word2 = putText(offset + 16, userId, userBytes, path, pathBytes, from + 16);
            long word3 = putText(offset + 24, userId, userBytes, path, pathBytes, from + 24);
            long word4 = putText(offset + 32, userId, userBytes, path, pathBytes, from + 32);
            long word5 = putText(offset + 40, userId, userBytes, path, pathBytes, from + 40);
            long word6 = putText(offset + 48, userId, userBytes, path, pathBytes, from + 48);
            long seal = Seal.ofContinuation(
                    word0, word1, word2, word3, word4, word5, word6, Seal.seed(seed, span.lane(), at));
            WORD.setRelease(buffer, offset + SEAL_OFFSET, seal);
        }
        int offset = span.offset(position) + HEAD_TEXT_OFFSET;
        long word3 = putText(offset, userId, userBytes, path, pathBytes, 0);
        long word4 = putText(offset + 8, userId, userBytes, path, pathBytes, 8);
        long word5 = putText(offset + 16, userId, userBytes, path, pathBytes, 16);
        long word6 = putText(offset + 24, userId, userBytes, path, pathBytes, 24);
        return Seal.ofHeadWithText(
                completedWord,
                durationWord,
                shapeWord,
                word3,
                word4,
                word5,
                word6,
                Seal.seed(seed, span.lane(), position));
    }

    private long putText(int offset, String userId, int userBytes, String path, int pathBytes, int index) {
        long word = SlotText.word(userId, userBytes, path, pathBytes, index);
        buffer.putLong(offset, word);
        return word;
    }

    private void sealContinuations(SlotSpan span, long position, int taken) {
        for (int i = 1; i < taken; i++) {
            int offset = span.offset(position + i);
            WORD.setRelease(
                    buffer,
                    offset + SEAL_OFFSET,
                    Seal.ofContinuation(buffer, offset, Seal.seed(seed, span.lane(), position + i)));
        }
    }

    /**
     * How many slots the record at this position takes, 0 if there is no valid record.
     */
    int recordAt(int lane, long position) {
        SlotSpan span = spans[lane];
        int offset = span.offset(position);
        long seal = (long) WORD.getAcquire(buffer, offset + SEAL_OFFSET);
        long slotSeed = Seal.seed(seed, lane, position);
        int text = SlotLayout.textBytes(buffer.getLong(offset + SHAPE_OFFSET));
        if (text == 0) {
            return seal == Seal.ofHead(buffer, offset, slotSeed) ? 1 : 0;
        }
        int taken = SlotLayout.slots(text);
        if (taken > slots || seal != Seal.ofHeadWithText(buffer, offset, slotSeed)) {
            return 0;
        }
        for (int i = 1; i < taken; i++) {
            if (!isContinuation(lane, position + i)) {
                return 0;
            }
        }
        return taken;
    }

    /** Whether the slot at this position is a sealed continuation of that very position. */
    boolean isContinuation(int lane, long position) {
        int offset = spans[lane].offset(position);
        long seal = (long) WORD.getAcquire(buffer, offset + SEAL_OFFSET);
        return seal == Seal.ofContinuation(buffer, offset, Seal.seed(seed, lane, position));
    }

    /** Whether the slot at this position is sealed, as a head or as a continuation; says nothing of its record's other slots. */
    boolean isSealed(int lane, long position) {
        int offset = spans[lane].offset(position);
        long seal = (long) WORD.getAcquire(buffer, offset + SEAL_OFFSET);
        long slotSeed = Seal.seed(seed, lane, position);
        long ofHead = SlotLayout.textBytes(buffer.getLong(offset + SHAPE_OFFSET)) == 0
                ? Seal.ofHead(buffer, offset, slotSeed)
                : Seal.ofHeadWithText(buffer, offset, slotSeed);
        return seal == ofHead || isContinuation(lane, position);
    }

    /** Whether the slot at this position holds zeros alone, as one that was never written. */
    boolean isBlank(int lane, long position) {
        int offset = spans[lane].offset(position);
        long bits = 0;
        for (int at = 0; at < SlotLayout.SLOT_BYTES; at += Long.BYTES) {
            bits |= buffer.getLong(offset + at);
        }
        return bits == 0;
    }

    long completedAtNanos(int lane, long position) {
        return buffer.getLong(spans[lane].offset(position) + COMPLETED_OFFSET);
    }

    long durationWord(int lane, long position) {
        return buffer.getLong(spans[lane].offset(position) + DURATION_OFFSET);
    }

    long shapeWord(int lane, long position) {
        return buffer.getLong(spans[lane].offset(position) + SHAPE_OFFSET);
    }

    /** Copies the record's text. */
    void readText(int lane, long position, byte[] into, int length) {
        SlotSpan span = spans[lane];
        for (int index = 0; index < length; index++) {
            into[index] = span.text(buffer, position, index);
        }
    }

    long tail(int lane) {
        return (long) STATE.getAcquire(state, tailIndex(lane));
    }

    long freed(int lane) {
        return (long) STATE.getAcquire(state, freedIndex(lane));
    }

    /** Puts a lane to where recovery found it. Before the first append only. */
    void begin(int lane, long freed, long tail) {
        STATE.setRelease(state, freedIndex(lane), freed);
        STATE.setRelease(state, tailIndex(lane), tail);
    }

    /**
     * Lets producers overwrite everything before {@code upTo}, in the file first: recovery never looks below it again. Any
     * thread but a producer; one at a time, so that a position never moves back.
     */
    public synchronized void free(JournalCursor upTo) {
        for (int lane = 0; lane <= laneMask; lane++) {
            long position = upTo.position(lane);
            if (position > freed(lane)) {
                file.putFreed(lane, position);
                STATE.setRelease(state, freedIndex(lane), position);
            }
        }
    }

    /** The share of the ring that is claimed and not freed, 0 to 1: over all lanes, as a full one overflows into the next. */
    public double fill() {
        long held = 0;
        for (int lane = 0; lane <= laneMask; lane++) {
            held += tail(lane) - freed(lane);
        }
        return (double) held / (slots * spans.length);
    }

    /** The thread to wake when a home, with the lane behind it, has filled by another quarter. */
    public void wakes(@Nullable Thread consumer) {
        this.consumer = consumer;
    }

    public int lanes() {
        return spans.length;
    }

    long slotsPerLane() {
        return slots;
    }

    /** Names this ring in the store, so that a cursor is never taken for another ring's. */
    public String id() {
        return file.journalId();
    }

    /** Where the ring is, for people. */
    public String description() {
        return file.description();
    }

    private static int tailIndex(int lane) {
        return (2 * lane + 1) * STRIDE;
    }

    private static int freedIndex(int lane) {
        return (2 * lane + 2) * STRIDE;
    }
}
