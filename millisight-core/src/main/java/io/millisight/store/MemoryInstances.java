package io.millisight.store;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The signs of life of {@link InMemoryStore}: of each instance the last. Guarded by its lock. */
final class MemoryInstances {

    private record Key(String service, String instance) implements Comparable<Key> {

        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::service).thenComparing(Key::instance);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private final long keptMicros;
    private final NavigableMap<Key, InstanceRecord> records = new TreeMap<>();

    MemoryInstances(Duration kept) {
        keptMicros = kept.toSeconds() * 1_000_000L;
    }

    void put(InstanceRecord record) {
        records.put(new Key(record.service(), record.instance()), record);
    }

    List<InstanceRecord> all() {
        return List.copyOf(records.values());
    }

    /** Removes those that are gone for too long; whether there were any. */
    boolean trim(long nowMicros) {
        return records.values().removeIf(record -> record.seenAtMicros() < nowMicros - keptMicros);
    }
}
