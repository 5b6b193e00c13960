package io.millisight.report;

import io.millisight.health.HealthStatus;
import io.millisight.rollup.TimeRange;
import io.millisight.store.HealthRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up the records of one check and instance, oldest first. A record holds until the next one, and no longer than it
 * says: where nobody looked, nothing is known. One use, one thread.
 */
final class HealthTimeline {

    private final TimeRange range;
    private final Map<HealthStatus, Long> micros = new EnumMap<>(HealthStatus.class);
    private final Deque<HealthHistory.Turn> turns = new ArrayDeque<>();
    private long turnCount;

    private HealthStatus status = HealthStatus.UNKNOWN;
    private long sinceMicros;
    private long untilMicros;

    HealthTimeline(TimeRange range) {
        this.range = range;
        this.sinceMicros = range.fromMicros();
        this.untilMicros = range.fromMicros();
    }

    void add(HealthRecord record) {
        endBefore(record.checkedAtMicros());
        if (record.status() != status) {
            turn(new HealthHistory.Turn(
                    record.checkedAtMicros(),
                    status,
                    record.status(),
                    record.message(),
                    record.responseTimeNanos(),
                    record.details()));
        }
        status = record.status();
        sinceMicros = record.checkedAtMicros();
        untilMicros = record.knownUntilMicros();
    }

    /** What was known holds until then, or ends on the way. */
    private void endBefore(long nextMicros) {
        long end = Math.min(untilMicros, nextMicros);
        long from = Math.max(sinceMicros, range.fromMicros());
        long to = Math.min(end, range.toMicros());
        if (status != HealthStatus.UNKNOWN && from < to) {
            micros.merge(status, to - from, Long::sum);
        }
        if (status != HealthStatus.UNKNOWN && untilMicros < nextMicros) {
            turn(new HealthHistory.Turn(untilMicros, status, HealthStatus.UNKNOWN, null, -1, "{}"));
            status = HealthStatus.UNKNOWN;
        }
    }

    private void turn(HealthHistory.Turn turn) {
        if (turn.atMicros() < range.fromMicros() || turn.atMicros() >= range.toMicros()) {
            return;
        }
        turnCount++;
        turns.addFirst(turn);
        if (turns.size() > HealthHistory.MAX_TURNS) {
            turns.removeLast();
        }
    }

    /** @param nowMicros what is not over yet, holds until then */
    HealthHistory.OfCheck end(String check, String service, String instance, long nowMicros) {
        long end = Math.min(range.toMicros(), nowMicros);
        endBefore(end);
        long known = micros.values().stream().mapToLong(Long::longValue).sum();
        micros.put(HealthStatus.UNKNOWN, Math.max(0, end - range.fromMicros() - known));
        return new HealthHistory.OfCheck(check, service, instance, Map.copyOf(micros), turnCount, List.copyOf(turns));
    }
}
