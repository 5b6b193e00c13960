package io.millisight.store;

import io.millisight.rollup.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * Which health records: all that say something about the range, those among them that began before it.
 *
 * @param scope whose
 * @param range the instants of interest
 * @param check of this check alone, or null for all
 */
public record HealthQuery(
        Scope scope, TimeRange range, @Nullable String check) {

    /** Where to begin to look: a record that is older says nothing about the range. */
    public long earliestMicros() {
        return range.fromMicros() - HealthRecord.MAX_KNOWN_MICROS;
    }

    /** Whether the record is meant. */
    public boolean matches(HealthRecord record) {
        return scope.matches(record.service(), record.instance())
                && (check == null || record.check().equals(check))
                && record.checkedAtMicros() < range.toMicros()
                && record.knownUntilMicros() > range.fromMicros();
    }
}
