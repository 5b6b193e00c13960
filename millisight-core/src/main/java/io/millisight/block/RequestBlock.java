package io.millisight.block;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Requests column by column in one array, byte by byte in {@code docs/format/requests.md}.
 *
 * <pre>
 *  0  magic 'Q' | 1  version 1 | 2  count, int | 6  earliest completion, long | 14  latest completion, long
 * 22  length of each column, 5 ints
 * 42  endpoints    dictionary of numbers, codes
 *     statuses     dictionary of status &lt;&lt; 8 | outcome, codes
 *     users        dictionary of texts, codes from 1 on, 0 for none; no byte when no request has a user
 *     durations    shortest, longest - shortest, each duration: varints, nanoseconds
 *     times        each completion less the one before, the first less the earliest: zigzag varints, microseconds
 *     CRC32C of all before, int
 * </pre>
 *
 * <p>Numbers of fixed width are little-endian. A dictionary is its size and its values, as varints; codes follow it, packed to
 * as many bits as its size needs. Rows keep their order.
 */
public final class RequestBlock {

    private static final int TYPICAL_ROW_BYTES = 9;

    private RequestBlock() {}

    /** The block of these requests. */
    public static byte[] encode(RequestColumns requests) {
        return encode(requests, IntUnaryOperator.identity());
    }

    /**
     * The block of these requests.
     *
     * @param endpointIds the stored number, at least 0, of each endpoint number; asked once per endpoint
     */
    public static byte[] encode(RequestColumns requests, IntUnaryOperator endpointIds) {
        int count = requests.size();
        BlockBytes target = new BlockBytes(BlockReader.HEADER_BYTES + 64 + TYPICAL_ROW_BYTES * count);
        long earliest = putHeader(requests, target);
        int[] codes = new int[count];
        for (int column = 0; column < BlockReader.COLUMNS; column++) {
            int start = target.size();
            switch (column) {
                case BlockReader.ENDPOINTS -> putEndpoints(requests, endpointIds, codes, target);
                case BlockReader.STATUSES -> putStatuses(requests, codes, target);
                case BlockReader.USERS -> putUsers(requests, codes, target);
                case BlockReader.DURATIONS -> putDurations(requests, target);
                default -> putTimes(requests, earliest, target);
            }
            target.setInt(BlockReader.LENGTHS_AT + column * Integer.BYTES, target.size() - start);
        }
        return target.finish();
    }

    /**
     * The requests of a block.
     *
     * @throws BlockFormatException when the bytes are no undamaged block
     */
    public static RequestColumns decode(byte[] block) {
        RequestColumns requests = new RequestColumns(size(block));
        new RequestScan(RequestFilter.ALL)
                .scan(
                        block,
                        (row, completedAtMicros, durationNanos, endpoint, status, outcome, userId) ->
                                requests.add(completedAtMicros, durationNanos, endpoint, status, outcome, userId));
        return requests;
    }

    /**
     * One block with the rows of all, in their order.
     *
     * @throws BlockFormatException when a block is damaged
     */
    public static byte[] merge(List<byte[]> blocks) {
        RequestColumns all =
                new RequestColumns(blocks.stream().mapToInt(RequestBlock::size).sum());
        for (byte[] block : blocks) {
            all.addAll(decode(block));
        }
        return encode(all);
    }

    /**
     * Visits the matching requests of a block in their order. To scan many blocks, reuse one {@link RequestScan}.
     *
     * @return how many were visited
     * @throws BlockFormatException when the bytes are no undamaged block; nothing was visited then
     */
    public static int scan(byte[] block, RequestFilter filter, RowVisitor visitor) {
        return new RequestScan(filter).scan(block, visitor);
    }

    /** How many requests a block says it holds; the checksum is left to those who read them. */
    public static int size(byte[] block) {
        BlockReader.requireHeader(block);
        return Math.max(0, Math.min(BlockReader.count(block), block.length));
    }

    /** The earliest completion that a block says it holds, in microseconds since 1970; 0 when it is empty. */
    public static long earliestMicros(byte[] block) {
        BlockReader.requireHeader(block);
        return BlockReader.earliest(block);
    }

    /** The latest completion that a block says it holds, in microseconds since 1970; 0 when it is empty. */
    public static long latestMicros(byte[] block) {
        BlockReader.requireHeader(block);
        return BlockReader.latest(block);
    }

    /** Leaves the columns' lengths open; gives the earliest completion. */
    private static long putHeader(RequestColumns requests, BlockBytes target) {
        int count = requests.size();
        long earliest = count == 0 ? 0 : Long.MAX_VALUE;
        long latest = count == 0 ? 0 : Long.MIN_VALUE;
        for (int row = 0; row < count; row++) {
            earliest = Math.min(earliest, requests.completedAtMicros(row));
            latest = Math.max(latest, requests.completedAtMicros(row));
        }
        target.putByte(BlockReader.MAGIC);
        target.putByte(BlockReader.VERSION);
        target.putInt(count);
        target.putLong(earliest);
        target.putLong(latest);
        for (int column = 0; column < BlockReader.COLUMNS; column++) {
            target.putInt(0);
        }
        return earliest;
    }

    private static void putEndpoints(
            RequestColumns requests, IntUnaryOperator endpointIds, int[] codes, BlockBytes target) {
        IntDictionary dictionary = new IntDictionary();
        for (int row = 0; row < codes.length; row++) {
            codes[row] = dictionary.code(requests.endpoint(row));
        }
        target.putVarint(dictionary.size());
        for (int code = 0; code < dictionary.size(); code++) {
            int id = endpointIds.applyAsInt(dictionary.value(code));
            if (id < 0) {
                throw new IllegalArgumentException("endpoint id: " + id + "; allowed: at least 0");
            }
            target.putVarint(id);
        }
        target.putPacked(codes, codes.length, PackedCodes.width(dictionary.size()));
    }

    private static void putStatuses(RequestColumns requests, int[] codes, BlockBytes target) {
        IntDictionary dictionary = new IntDictionary();
        for (int row = 0; row < codes.length; row++) {
            codes[row] = dictionary.code((requests.status(row) << 8) | requests.outcome(row));
        }
        target.putVarint(dictionary.size());
        for (int code = 0; code < dictionary.size(); code++) {
            target.putVarint(dictionary.value(code));
        }
        target.putPacked(codes, codes.length, PackedCodes.width(dictionary.size()));
    }

    private static void putUsers(RequestColumns requests, int[] codes, BlockBytes target) {
        Map<@Nullable String, Integer> dictionary = new HashMap<>();
        dictionary.put(null, 0);
        BlockBytes texts = new BlockBytes(64);
        for (int row = 0; row < codes.length; row++) {
            String user = requests.userId(row);
            Integer code = dictionary.get(user);
            if (code == null && user != null) {
                code = dictionary.size();
                dictionary.put(user, code);
                texts.putText(user);
            }
            codes[row] = code == null ? 0 : code;
        }
        if (dictionary.size() > 1) {
            target.putVarint(dictionary.size() - 1);
            target.putAll(texts);
            target.putPacked(codes, codes.length, PackedCodes.width(dictionary.size()));
        }
    }

    private static void putDurations(RequestColumns requests, BlockBytes target) {
        int count = requests.size();
        long shortest = count == 0 ? 0 : Long.MAX_VALUE;
        long longest = 0;
        for (int row = 0; row < count; row++) {
            shortest = Math.min(shortest, requests.durationNanos(row));
            longest = Math.max(longest, requests.durationNanos(row));
        }
        if (shortest < 0) {
            throw new IllegalArgumentException("duration: " + shortest + "; allowed: at least 0");
        }
        target.putVarint(shortest);
        target.putVarint(longest - shortest);
        for (int row = 0; row < count; row++) {
            target.putVarint(requests.durationNanos(row));
        }
    }

    private static void putTimes(RequestColumns requests, long earliest, BlockBytes target) {
        long before = earliest;
        for (int row = 0; row < requests.size(); row++) {
            long time = requests.completedAtMicros(row);
            long delta = time - before;
            target.putVarint((delta << 1) ^ (delta >> 63));
            before = time;
        }
    }
}
