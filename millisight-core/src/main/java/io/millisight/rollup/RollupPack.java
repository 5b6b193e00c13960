package io.millisight.rollup;

import io.millisight.sketch.SketchCodec;
import io.millisight.sketch.Varint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The rollups of many endpoints over one window in one array, byte by byte in {@code docs/format/rollups.md}.
 *
 * <pre>
 * magic 'R' | version 1 | entries, varint | entry ... | CRC32C of all before, 4 bytes, little-endian
 * entry:  endpoint id, requests      varints
 *         which counters follow      one byte, a bit each: server errors 1, client errors 2, exceptions 4,
 *                                    client aborts 8, timeouts 16, streams 32
 *         the counters that are not 0, varints
 *         length, varint | body of the latency sketch
 * </pre>
 */
public final class RollupPack {

    /** One endpoint's rollup; the id is the store's own. */
    public record Entry(int endpointId, Rollup rollup) {}

    /** Receives the entries of a pack. */
    @FunctionalInterface
    public interface Visitor {

        /** Takes one entry; the rollup is valid during this call only. */
        void rollup(int endpointId, EncodedRollup rollup);
    }

    private static final byte MAGIC = 'R';
    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 2;
    private static final int CHECKSUM_BYTES = 4;
    private static final int MAX_ENTRY_BYTES = (EncodedRollup.COUNTERS + 4) * Varint.MAX_BYTES;

    private RollupPack() {}

    /** The pack of these rollups, in this order. */
    public static byte[] encode(List<Entry> entries) {
        int most = HEADER_BYTES + Varint.MAX_BYTES + CHECKSUM_BYTES;
        int mostBody = 0;
        for (Entry entry : entries) {
            int body = SketchCodec.maxBodyBytes(entry.rollup().latency());
            most = Math.addExact(most, MAX_ENTRY_BYTES + body);
            mostBody = Math.max(mostBody, body);
        }
        ByteBuffer target = ByteBuffer.allocate(most).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer body = ByteBuffer.allocate(mostBody);
        target.put(MAGIC).put(VERSION);
        Varint.put(target, entries.size());
        for (Entry entry : entries) {
            put(entry, body.clear(), target);
        }
        CRC32C checksum = new CRC32C();
        checksum.update(target.array(), 0, target.position());
        target.putInt((int) checksum.getValue());
        byte[] pack = new byte[target.position()];
        target.flip().get(pack);
        return pack;
    }

    /**
     * Visits the entries of a pack in their order.
     *
     * @throws RollupFormatException when the bytes are no undamaged pack: nothing was visited then, unless a broken writer
     *     gave wrong bytes the right checksum
     */
    public static void forEach(byte[] pack, Visitor visitor) {
        int content = pack.length - CHECKSUM_BYTES;
        if (content <= HEADER_BYTES || pack[0] != MAGIC || pack[1] != VERSION) {
            throw new RollupFormatException("rollup pack of " + pack.length + " bytes: none of version " + VERSION);
        }
        CRC32C checksum = new CRC32C();
        checksum.update(pack, 0, content);
        int stored = ByteBuffer.wrap(pack).order(ByteOrder.LITTLE_ENDIAN).getInt(content);
        if (stored != (int) checksum.getValue()) {
            throw new RollupFormatException("rollup pack of " + pack.length + " bytes: wrong checksum");
        }
        Varint reader = new Varint();
        reader.reset(pack, HEADER_BYTES, content - HEADER_BYTES);
        EncodedRollup rollup = new EncodedRollup(pack);
        long entries = reader.next();
        for (long entry = 0; entry < entries; entry++) {
            long endpointId = reader.next();
            if (endpointId < 0 || endpointId > Integer.MAX_VALUE) {
                throw new RollupFormatException("rollup pack: no endpoint id before byte " + reader.position());
            }
            rollup.moveTo(reader);
            visitor.rollup((int) endpointId, rollup);
        }
        if (entries < 0 || reader.remaining() != 0) {
            throw new RollupFormatException("rollup pack: its entries do not fill it");
        }
    }

    /**
     * The exact sum of packs, endpoint by endpoint in the order of their ids.
     *
     * @throws RollupFormatException when a pack is damaged
     */
    public static byte[] merge(List<byte[]> packs) {
        Map<Integer, Rollup> sums = new TreeMap<>();
        for (byte[] pack : packs) {
            forEach(pack, (endpointId, rollup) -> sums.computeIfAbsent(endpointId, id -> new Rollup())
                    .add(rollup));
        }
        List<Entry> entries = new ArrayList<>(sums.size());
        sums.forEach((endpointId, rollup) -> entries.add(new Entry(endpointId, rollup)));
        return encode(entries);
    }

    private static void put(Entry entry, ByteBuffer body, ByteBuffer target) {
        Rollup rollup = entry.rollup();
        if (entry.endpointId() < 0) {
            throw new IllegalArgumentException("endpoint id: " + entry.endpointId() + "; allowed: at least 0");
        }
        Varint.put(target, entry.endpointId());
        Varint.put(target, rollup.requests());
        int presentAt = target.position();
        int present = 0;
        target.put((byte) 0);
        for (int counter = 0; counter < EncodedRollup.COUNTERS; counter++) {
            long value = counter(rollup, counter);
            if (value != 0) {
                present |= 1 << counter;
                Varint.put(target, value);
            }
        }
        target.put(presentAt, (byte) present);
        SketchCodec.putBody(rollup.latency(), body);
        Varint.put(target, body.position());
        target.put(body.flip());
    }

    /** A counter by its bit, as {@link EncodedRollup} has them. */
    private static long counter(Rollup rollup, int counter) {
        return switch (counter) {
            case 0 -> rollup.serverErrors();
            case 1 -> rollup.clientErrors();
            case 2 -> rollup.exceptions();
            case 3 -> rollup.clientAborts();
            case 4 -> rollup.timeouts();
            default -> rollup.streams();
        };
    }
}
