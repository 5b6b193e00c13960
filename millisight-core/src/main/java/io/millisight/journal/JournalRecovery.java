package io.millisight.journal;

import io.millisight.observe.TimeSource;
import java.util.BitSet;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a process left in the ring when it ended, however it ended.
 *
 * <p>A lane is searched from its begin, the later of the store's cursor and the ring's own freed position, until a whole
 * lap has no valid record: so none is left where appending goes on, and what an earlier process wrote is never taken for a
 * record of this one. The last valid record found ends the lane. What lies between and is not valid was torn or damaged:
 * the reader skips and counts it. What lies right behind the end, and X: it is counted, and written over.
 */
final class JournalRecovery {

    private static final Logger log = LoggerFactory.getLogger("millisight");

    private JournalRecovery() {}

    /**
     * How many seals to try at most, and this again for each fourfold number of slots, when the freed position is lost:
     * less than a tenth of a second a lane.
     */
    private static final long SEARCH = 1 << 18;

    /** More laps than an earlier process can have left slots of. */
    private static final int EARLIER_LAPS = 8;

    static JournalReader recover(
            Journal journal,
            RingFile ring,
            EndpointDictionary endpoints,
            Optional<JournalCursor> stored,
            TimeSource time) {
        Journal seen = new Journal(ring.forOneLook());
        long[] begin = new long[journal.lanes()];
        long[] end = new long[journal.lanes()];
        BitSet usedNumbers = new BitSet();
        long torn = 0;
        for (int lane = 0; lane < begin.length; lane++) {
            begin[lane] = begin(seen, ring, stored, lane);
            end[lane] = end(seen, lane, begin[lane], usedNumbers);
            begin[lane] = Math.max(begin[lane], end[lane] - journal.slotsPerLane());
            torn += tornBehind(seen, lane, end[lane], begin[lane] + journal.slotsPerLane());
            journal.begin(lane, begin[lane], end[lane]);
            ring.putFreed(lane, begin[lane]);
        }
        endpoints.keep(usedNumbers);
        return new JournalReader(journal, endpoints, time, begin, end, torn);
    }

    private static long begin(Journal journal, RingFile ring, Optional<JournalCursor> stored, int lane) {
        long freed = ring.freed(lane);
        long cursor = stored.filter(known -> known.lanes() > lane)
                .map(known -> known.position(lane))
                .orElse(0L);
        if (freed >= 0) {
            return Math.max(freed, cursor);
        }
        long begin = Math.max(cursor, anyRecord(journal, lane, cursor) - journal.slotsPerLane() + 1);
        log.warn(
                "journal lane {}: freed position damaged; begins at {}, where the store's cursor {} and the records say",
                lane,
                begin,
                cursor);
        return begin;
    }

    /**
     * The position of a record at or behind this one, or this one if none is found. Slots do not say which lap they are of; their
     * seals do, one guess at a time. Few slots are tried for very many laps first, and then more for fewer.
     */
    private static long anyRecord(Journal journal, int lane, long from) {
        long slots = journal.slotsPerLane();
        for (long tried = 1; ; tried = Math.min(4 * tried, slots)) {
            for (long i = 0; i < tried; i++) {
                long position = from + i * (slots / tried);
                long beyond = journal.isBlank(lane, position) ? position : position + SEARCH / tried * slots;
                for (; position < beyond; position += slots) {
                    if (journal.recordAt(lane, position) > 0) {
                        return position;
                    }
                }
            }
            if (tried == slots) {
                return from;
            }
        }
    }

    private static long end(Journal journal, int lane, long begin, BitSet usedNumbers) {
        long end = begin;
        for (long position = begin; position < end + journal.slotsPerLane(); ) {
            int slots = journal.recordAt(lane, position);
            if (slots > 0) {
                int number = SlotLayout.endpointId(journal.shapeWord(lane, position));
                if (number > 0 && number < EndpointDictionary.MAX_CELLS) {
                    usedNumbers.set(number);
                }
                position += slots;
                end = position;
            } else {
                position++;
            }
        }
        return end;
    }

    /** Slots right behind the end that somebody has written since the last lap, without a record to show for it. */
    private static long tornBehind(Journal journal, int lane, long end, long limit) {
        long torn = 0;
        for (long position = end; position < limit; position++) {
            if (journal.isContinuation(lane, position)) {
                continue; // Its head is counted.
            }
            boolean neverWritten = position < journal.slotsPerLane() && journal.isBlank(lane, position);
            if (neverWritten || isOfAnEarlierLap(journal, lane, position)) {
                break;
            }
            torn++;
        }
        return torn;
    }

    private static boolean isOfAnEarlierLap(Journal journal, int lane, long position) {
        long earlier = position;
        for (int lap = 0; lap < EARLIER_LAPS; lap++) {
            earlier -= journal.slotsPerLane();
            if (earlier >= 0 && journal.isSealed(lane, earlier)) {
                return true;
            }
        }
        return false;
    }
}
