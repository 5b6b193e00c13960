package io.millisight.store;

import io.millisight.block.RequestBlock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The request blocks of {@link InMemoryStore}, by the number of their first request. Guarded by its lock. */
final class MemoryRequests {

    private static final int BLOCKS_A_STEP = 8;

    /** A block and what is known of it. */
    static final class Block {

        private final BlockEntry entry;
        private final byte[] data;

        private Block(BlockEntry entry, byte[] data) {
            this.entry = entry;
            this.data = data;
        }

        BlockEntry entry() {
            return entry;
        }

        byte[] data() {
            return data;
        }
    }

    private final long ageMicros;
    private final long mostBytes;
    private final TreeMap<Long, Block> blocks = new TreeMap<>();
    private long nextSequence = 1;
    private long bytes;

    MemoryRequests(Duration age, long mostBytes) {
        ageMicros = age.toSeconds() * 1_000_000L;
        this.mostBytes = mostBytes;
    }

    void append(int source, byte[] data) {
        int size = RequestBlock.size(data);
        put(entry(nextSequence, source, size, 0, data), data);
        nextSequence += size;
    }

    List<Block> blocks() {
        return new ArrayList<>(blocks.values());
    }

    boolean merge(long nowMicros) {
        for (int level = 0; level <= 1; level++) {
            long dueBefore = MergePlan.dueBefore(level, nowMicros);
            List<BlockEntry> due = new ArrayList<>();
            for (Block block : blocks.values()) {
                if (block.entry().level() == level && block.entry().lastAtMicros() < dueBefore) {
                    due.add(block.entry());
                }
            }
            List<BlockEntry> run = MergePlan.firstRun(due);
            if (!run.isEmpty()) {
                merge(run, level + 1);
                return true;
            }
        }
        return false;
    }

    private void merge(List<BlockEntry> run, int level) {
        List<byte[]> parts = new ArrayList<>();
        for (BlockEntry entry : run) {
            parts.add(remove(entry.firstSequence()).data());
        }
        byte[] data = parts.size() == 1 ? parts.get(0) : RequestBlock.merge(parts);
        BlockEntry first = run.get(0);
        put(entry(first.firstSequence(), first.sourceId(), RequestBlock.size(data), level, data), data);
    }

    /** Ends a few blocks that are too old, or the oldest while there are too many bytes. */
    boolean trim(long nowMicros) {
        int trimmed = 0;
        for (Block block : blocks()) {
            boolean tooOld = block.entry().lastAtMicros() < nowMicros - ageMicros;
            if ((tooOld || bytes > mostBytes) && trimmed < BLOCKS_A_STEP) {
                remove(block.entry().firstSequence());
                trimmed++;
            }
        }
        return trimmed > 0;
    }

    long count() {
        return blocks.values().stream()
                .mapToLong(block -> block.entry().requests())
                .sum();
    }

    long bytes() {
        return bytes;
    }

    long oldestMicros() {
        return blocks.values().stream()
                .mapToLong(block -> block.entry().firstAtMicros())
                .min()
                .orElse(0);
    }

    private static BlockEntry entry(long first, int source, int requests, int level, byte[] data) {
        return new BlockEntry(
                first,
                source,
                requests,
                RequestBlock.earliestMicros(data),
                RequestBlock.latestMicros(data),
                level,
                data.length);
    }

    private void put(BlockEntry entry, byte[] data) {
        blocks.put(entry.firstSequence(), new Block(entry, data));
        bytes += data.length;
    }

    private Block remove(long firstSequence) {
        Block removed = blocks.remove(firstSequence);
        if (removed == null) {
            throw new IllegalStateException("no block begins with " + firstSequence);
        }
        bytes -= removed.data().length;
        return removed;
    }
}
