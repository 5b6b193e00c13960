package io.millisight.journal;

import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.observe.TimeSource;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Reads the journal in order, each record once. One consumer: callers see to it that one thread at a time is in here.
 *
 * <p>A slot that is claimed and not yet sealed belongs to a thread that is writing it: its lane waits. A slot still
 * unsealed after {@link #PATIENCE_NANOS} is given up as torn, and with it every other one claimed by then, so that no lane
 * stands still for ever.
 */
public final class JournalReader {

    /** Far longer than any thread is kept from the processor between claim and seal. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Journal journal;
    private final EndpointDictionary endpoints;
    private final TimeSource time;
    private final long[] read;

    /** By lane that waits, since when. */
    private final long[] stuckSince;

    /** By lane that waits, how far it was claimed when that began; 0 when it does not wait. */
    private final long[] stuckTail;

    /** By lane, before which position no writer is waited for: found by recovery, or given up. */
    private final long[] awaitedFrom;

    /** By lane, where to stop. */
    private final long[] until;

    private final byte[] text = new byte[2 * (SlotLayout.MAX_TEXT_BYTES + 1)];
    private long torn;

    /**
     * A reader of a recovered ring.
     *
     * @param begin by lane, the first position to read
     * @param end by lane, where recovery found the last record to end: before it, no writer is waited for
     * @param torn slots that were found torn behind it
     */
    JournalReader(Journal journal, EndpointDictionary endpoints, TimeSource time, long[] begin, long[] end, long torn) {
        this(journal, endpoints, time, begin, end, endless(begin.length), torn);
    }

    private JournalReader(
            Journal journal,
            EndpointDictionary endpoints,
            TimeSource time,
            long[] begin,
            long[] end,
            long[] until,
            long torn) {
        this.journal = journal;
        this.endpoints = endpoints;
        this.time = time;
        this.read = begin.clone();
        this.awaitedFrom = end.clone();
        this.until = until;
        this.stuckSince = new long[begin.length];
        this.stuckTail = new long[begin.length];
        this.torn = torn;
    }

    /** A reader that stops at {@code end}, and waits for no writer before it. */
    static JournalReader between(
            Journal journal, EndpointDictionary endpoints, TimeSource time, long[] begin, long[] end) {
        return new JournalReader(journal, endpoints, time, begin, end, end.clone(), 0);
    }

    private static long[] endless(int lanes) {
        long[] until = new long[lanes];
        Arrays.fill(until, Long.MAX_VALUE);
        return until;
    }

    /**
     * Hands on what is sealed, lane by lane, at most {@code limit} records a lane.
     *
     * @return how many were handed on
     */
    public int poll(int limit, Consumer<Observation> handler) {
        int handed = 0;
        for (int lane = 0; lane < read.length; lane++) {
            handed += poll(lane, limit, handler);
        }
        return handed;
    }

    private int poll(int lane, int limit, Consumer<Observation> handler) {
        long tail = Math.min(journal.tail(lane), until[lane]);
        long position = read[lane];
        int handed = 0;
        while (position < tail && handed < limit) {
            int slots = journal.recordAt(lane, position);
            if (slots > 0) {
                Observation observation = decode(lane, position);
                position += slots;
                read[lane] = position;
                stuckTail[lane] = 0;
                handed++;
                handler.accept(observation);
            } else if (position < awaitedFrom[lane] || isGivenUp(lane, tail)) {
                if (!journal.isContinuation(lane, position)) {
                    torn++;
                }
                read[lane] = ++position;
            } else {
                break;
            }
        }
        return handed;
    }

    private boolean isGivenUp(int lane, long tail) {
        long now = time.nanoTime();
        if (stuckTail[lane] == 0) {
            stuckSince[lane] = now;
            stuckTail[lane] = tail;
            return false;
        }
        if (now - stuckSince[lane] < PATIENCE_NANOS) {
            return false;
        }
        awaitedFrom[lane] = stuckTail[lane];
        stuckTail[lane] = 0;
        return true;
    }

    private Observation decode(int lane, long position) {
        long durationWord = journal.durationWord(lane, position);
        long shape = journal.shapeWord(lane, position);
        int userBytes = SlotLayout.userBytes(shape);
        int textBytes = SlotLayout.textBytes(shape);
        if (textBytes > 0) {
            journal.readText(lane, position, text, textBytes);
        }
        int outcome = SlotLayout.outcomeCode(shape);
        int endpointId = endpoints.known(SlotLayout.endpointId(shape));
        return new Observation(
                endpointId,
                endpoints.endpoint(endpointId),
                SlotLayout.status(durationWord),
                Outcome.ofCode(outcome & ~Journal.STREAM),
                (outcome & Journal.STREAM) != 0,
                Math.floorDiv(journal.completedAtNanos(lane, position), 1_000L),
                SlotLayout.durationNanos(durationWord),
                SlotText.read(text, 0, userBytes),
                SlotText.read(text, userBytes, textBytes - userBytes));
    }

    /** Whether everything claimed so far has been read. */
    public boolean hasReachedTail(JournalCursor tails) {
        for (int lane = 0; lane < read.length; lane++) {
            if (read[lane] < tails.position(lane)) {
                return false;
            }
        }
        return true;
    }

    /** How far producers have claimed. */
    public JournalCursor tails() {
        long[] tails = new long[read.length];
        for (int lane = 0; lane < tails.length; lane++) {
            tails[lane] = journal.tail(lane);
        }
        return JournalCursor.of(tails);
    }

    /** How far this reader has come. */
    public JournalCursor cursor() {
        return JournalCursor.of(read);
    }

    /** Torn slots skipped: lost to damage, or to a writer that never finished. At least one for each record lost. */
    public long torn() {
        return torn;
    }
}
