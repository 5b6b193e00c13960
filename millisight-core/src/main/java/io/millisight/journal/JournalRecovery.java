package io.millisight.journal;

import io.millisight.observe.TimeSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a process left in the ring when it ended, however it ended.
 *
 * <p>A lane is searched from its begin, the later of the store's cursor and the ring's own freed position, until a whole
 * lap has no valid record: so none is left where appending goes on, and what an earlier process wrote is never taken for a
 * record of this one. The last valid record found ends the lane. What lies between and is not valid was torn or damaged:
 * the reader skips and counts it.
 */
final class JournalRecovery {

    private static final Logger log = LoggerFactory.getLogger("millisight");

    private JournalRecovery() {}

    static JournalReader recover(
            Journal journal,
            RingFile ring,
            EndpointDictionary endpoints,
            Optional<JournalCursor> stored,
            TimeSource time) {
        long[] begin = new long[journal.lanes()];
        long[] end = new long[journal.lanes()];
        for (int lane = 0; lane < begin.length; lane++) {
            begin[lane] = begin(ring, stored, lane);
            end[lane] = end(journal, lane, begin[lane]);
            begin[lane] = Math.max(begin[lane], end[lane] - journal.slotsPerLane());
            journal.begin(lane, begin[lane], end[lane]);
            ring.putFreed(lane, begin[lane]);
        }
        return new JournalReader(journal, endpoints, time, begin, end);
    }

    private static long begin(RingFile ring, Optional<JournalCursor> stored, int lane) {
        long freed = ring.freed(lane);
        long cursor = stored.filter(known -> known.lanes() > lane)
                .map(known -> known.position(lane))
                .orElse(0L);
        if (freed < 0) {
            log.warn("journal lane {}: freed position damaged; begins at the store's cursor {}", lane, cursor);
        }
        return Math.max(freed, cursor);
    }

    private static long end(Journal journal, int lane, long begin) {
        long end = begin;
        for (long position = begin; position < end + journal.slotsPerLane(); ) {
            int slots = journal.recordAt(lane, position);
            if (slots > 0) {
                position += slots;
                end = position;
            } else {
                position++;
            }
        }
        return end;
    }
}
