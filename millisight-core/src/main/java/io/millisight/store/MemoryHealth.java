package io.millisight.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The health records of {@link InMemoryStore}, oldest first. Guarded by its lock. */
final class MemoryHealth {

    /** Some ten days of six checks. */
    static final int MOST_RECORDS = 100_000;

    private static final int RECORDS_A_STEP = 1_000;

    private record Key(long checkedAtMicros, String service, String instance, String check) implements Comparable<Key> {

        private static final Comparator<Key> ORDER = Comparator.comparingLong(Key::checkedAtMicros)
                .thenComparing(Key::service)
                .thenComparing(Key::instance)
                .thenComparing(Key::check);

        static Key first(long micros) {
            return new Key(micros, "", "", "");
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private final long keptMicros;
    private final NavigableMap<Key, HealthRecord> records = new TreeMap<>();

    MemoryHealth(Duration kept) {
        keptMicros = kept.toSeconds() * 1_000_000L;
    }

    void add(List<HealthRecord> added) {
        for (HealthRecord record : added) {
            records.putIfAbsent(
                    new Key(record.checkedAtMicros(), record.service(), record.instance(), record.check()), record);
            if (records.size() > MOST_RECORDS) {
                records.pollFirstEntry();
            }
        }
    }

    List<HealthRecord> find(HealthQuery query) {
        List<HealthRecord> found = new ArrayList<>();
        records.subMap(
                        Key.first(query.earliestMicros()),
                        Key.first(query.range().toMicros()))
                .values()
                .forEach(record -> {
                    if (query.matches(record)) {
                        found.add(record);
                    }
                });
        return found;
    }

    /** Removes some that have ended; whether there were any. */
    boolean trim(long nowMicros) {
        boolean trimmed = false;
        for (int step = 0; step < RECORDS_A_STEP && !records.isEmpty(); step++) {
            if (records.firstKey().checkedAtMicros() >= nowMicros - keptMicros) {
                return trimmed;
            }
            records.pollFirstEntry();
            trimmed = true;
        }
        return trimmed;
    }
}
