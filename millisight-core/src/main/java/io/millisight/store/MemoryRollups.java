package io.millisight.store;

import io.millisight.rollup.RollupPack;
import io.millisight.rollup.TimeRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** The rollup packs of {@link InMemoryStore}, in the levels of {@link LevelRange}. Guarded by its lock. */
final class MemoryRollups {

    private static final int PACKS_A_STEP = 64;

    /** What a pack is for; ordered so that one level's windows stand together. The part tells level 0 packs apart. */
    private record Key(int level, long windowStartMicros, int source, long part) implements Comparable<Key> {

        private static final Comparator<Key> ORDER = Comparator.comparingInt(Key::level)
                .thenComparingLong(Key::windowStartMicros)
                .thenComparingInt(Key::source)
                .thenComparingLong(Key::part);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** A pack that was found. */
    static final class Pack {

        private final long windowStartMicros;
        private final byte[] data;

        private Pack(long windowStartMicros, byte[] data) {
            this.windowStartMicros = windowStartMicros;
            this.data = data;
        }

        long windowStartMicros() {
            return windowStartMicros;
        }

        byte[] data() {
            return data;
        }
    }

    private final long minutesMicros;
    private final long hoursMicros;
    private final long mostBytes;
    private final NavigableMap<Key, byte[]> packs = new TreeMap<>();
    private long parts;
    private long bytes;

    MemoryRollups(Duration minutes, Duration hours, long mostBytes) {
        minutesMicros = minutes.toSeconds() * 1_000_000L;
        hoursMicros = hours.toSeconds() * 1_000_000L;
        this.mostBytes = mostBytes;
    }

    void append(long windowStartMicros, int source, byte[] data) {
        put(new Key(LevelRange.UNMERGED, windowStartMicros, source, parts++), data);
    }

    List<Pack> find(List<LevelRange> ranges, IntPredicate ofSource) {
        List<Pack> found = new ArrayList<>();
        for (LevelRange range : ranges) {
            packs.subMap(begin(range.level(), range.fromMicros()), begin(range.level(), range.toMicros()))
                    .forEach((key, data) -> {
                        if (ofSource.test(key.source())) {
                            found.add(new Pack(key.windowStartMicros(), data));
                        }
                    });
        }
        return found;
    }

    /** Adds what was flushed for the oldest finished minute to that minute and to its hour. */
    boolean merge(long nowMicros) {
        if (packs.isEmpty() || packs.firstKey().level() != LevelRange.UNMERGED) {
            return false;
        }
        Key oldest = packs.firstKey();
        long minute = oldest.windowStartMicros();
        if (minute > nowMicros - TimeRange.MINUTE) {
            return false;
        }
        NavigableMap<Key, byte[]> flushed = new TreeMap<>(packs.subMap(
                new Key(LevelRange.UNMERGED, minute, oldest.source(), 0),
                true,
                new Key(LevelRange.UNMERGED, minute, oldest.source(), Long.MAX_VALUE),
                true));
        List<byte[]> added = List.copyOf(flushed.values());
        long hour = Math.floorDiv(minute, TimeRange.HOUR) * TimeRange.HOUR;
        addTo(new Key(LevelRange.MINUTE, minute, oldest.source(), 0), added);
        addTo(new Key(LevelRange.HOUR, hour, oldest.source(), 0), added);
        flushed.keySet().forEach(this::remove);
        return true;
    }

    private void addTo(Key key, List<byte[]> added) {
        List<byte[]> all = new ArrayList<>(added);
        byte[] before = packs.get(key);
        if (before != null) {
            all.add(before);
        }
        put(key, all.size() == 1 ? all.get(0) : RollupPack.merge(all));
    }

    /** Ends a few packs that are too old, or the oldest hours while there are too many bytes. */
    boolean trim(long nowMicros) {
        List<Key> ended = new ArrayList<>(packs.subMap(
                        begin(LevelRange.MINUTE, Long.MIN_VALUE),
                        begin(LevelRange.MINUTE, nowMicros - minutesMicros - TimeRange.MINUTE + 1))
                .keySet());
        ended.addAll(packs.subMap(
                        begin(LevelRange.HOUR, Long.MIN_VALUE),
                        begin(LevelRange.HOUR, nowMicros - hoursMicros - TimeRange.HOUR + 1))
                .keySet());
        if (ended.isEmpty() && bytes > mostBytes) {
            Key oldest = oldest();
            ended.add(oldest);
        }
        ended.stream().limit(PACKS_A_STEP).forEach(this::remove);
        return !ended.isEmpty();
    }

    /** The oldest window of any level; minutes go before the hour that they are in. */
    private Key oldest() {
        Key oldest = packs.firstKey();
        for (int level = LevelRange.MINUTE; level <= LevelRange.HOUR; level++) {
            Key first = packs.ceilingKey(begin(level, Long.MIN_VALUE));
            if (first != null && end(first) <= end(oldest)) {
                oldest = first;
            }
        }
        return oldest;
    }

    private static long end(Key key) {
        return key.windowStartMicros() + (key.level() == LevelRange.HOUR ? TimeRange.HOUR : TimeRange.MINUTE);
    }

    long bytes() {
        return bytes;
    }

    private static Key begin(int level, long windowStartMicros) {
        return new Key(level, windowStartMicros, Integer.MIN_VALUE, Long.MIN_VALUE);
    }

    private void put(Key key, byte[] data) {
        byte[] before = packs.put(key, data);
        bytes += data.length - (before == null ? 0 : before.length);
    }

    private void remove(Key key) {
        byte[] removed = packs.remove(key);
        bytes -= removed == null ? 0 : removed.length;
    }
}
