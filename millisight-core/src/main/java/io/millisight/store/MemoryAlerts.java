package io.millisight.store;

import io.millisight.rollup.TimeRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The alerts of {@link InMemoryStore}, newest first. Guarded by its lock. */
final class MemoryAlerts {

    /** More than anybody reads. */
    static final int MOST_RECORDS = 10_000;

    private static final Comparator<AlertRecord> NEWEST_FIRST =
            Comparator.comparingLong(AlertRecord::raisedAtMicros).reversed().thenComparing(AlertRecord::subject);

    private final long keptMicros;
    private final List<AlertRecord> records = new ArrayList<>();

    MemoryAlerts(Duration kept) {
        keptMicros = kept.toSeconds() * 1_000_000L;
    }

    boolean add(AlertRecord alert, long cooldownMicros) {
        for (AlertRecord earlier : records) {
            if (alert.isRepeatOf(earlier)) {
                return true;
            }
        }
        for (AlertRecord earlier : records) {
            if (alert.isSilencedBy(earlier, cooldownMicros)) {
                return false;
            }
        }
        records.add(alert);
        records.sort(NEWEST_FIRST);
        if (records.size() > MOST_RECORDS) {
            records.remove(records.size() - 1);
        }
        return true;
    }

    List<AlertRecord> find(TimeRange range, Scope scope, int limit) {
        return records.stream()
                .filter(alert -> range.contains(alert.raisedAtMicros()) && alert.isOf(scope))
                .limit(limit)
                .toList();
    }

    /** Removes those that are too old; whether there were any. */
    boolean trim(long nowMicros) {
        return records.removeIf(alert -> alert.raisedAtMicros() < nowMicros - keptMicros);
    }
}
