package io.millisight.journal;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of a ring: a header page and the lanes behind it, mapped from a preallocated file, or held in memory where no
 * file can be had.
 *
 * <p>Header, little-endian, twice (at 0 and at 512, so that one damaged sector loses nothing): magic, version and lanes,
 * slots per lane, journal id, checksum. From 1024 on, 64 bytes a lane: the freed position and its check, twice, so that a
 * process that dies while writing one leaves the other. See {@code docs/format/journal.md}.
 */
final class RingFile {

    static final int HEADER_BYTES = 4096;
    static final int MAX_LANES = 32;
    static final int HEADER_COPY = 512;
    static final int FREED_OFFSET = 1024;
    static final int FREED_STRIDE = 64;
    static final int FREED_COPY = 32;

    private static final long MAGIC = 0x314e_5255_4f4a_534dL; // "MSJOURN1"
    private static final int VERSION = 1;
    private static final Logger log = LoggerFactory.getLogger("millisight");

    private final ByteBuffer buffer;
    private final @Nullable Path path;
    private final String description;

    private RingFile(ByteBuffer buffer, @Nullable Path path, String description) {
        this.buffer = buffer;
        this.path = path;
        this.description = description;
    }

    /** A ring in memory: everything works but outliving the process. */
    static RingFile inMemory(long bytes, int lanes, String why) {
        return over(SlotLayout.allocate((int) (HEADER_BYTES + bytes)), lanes, why);
    }

    /** A new ring in this memory: direct, little-endian, aligned to slots. */
    static RingFile over(ByteBuffer buffer, int lanes, String why) {
        writeHeader(buffer, buffer.capacity() - HEADER_BYTES, lanes);
        return new RingFile(buffer, null, "in memory (" + why + ")");
    }

    /**
     * Maps the ring at {@code path}, which is made if it is missing. A file with another size or number of lanes is used as
     * it is; one that is no ring at all throws.
     *
     * @throws RingFormatException when the file's header is damaged in both copies
     */
    static RingFile open(Path path, long bytes, int lanes) throws IOException {
        if (!Files.exists(path)) {
            create(path, bytes, lanes);
        }
        try (FileChannel channel = FileChannel.open(path, READ, WRITE)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(header, 0);
            int copy = validHeader(header);
            if (copy < 0) {
                throw new RingFormatException(path + ": no journal header");
            }
            long size = HEADER_BYTES + ringBytes(header, copy);
            if (channel.size() < size) {
                log.warn("{}: {} of {} bytes are there; what the rest held is lost", path, channel.size(), size);
            }
            fillWithZeros(channel, size);
            ByteBuffer buffer = channel.map(MapMode.READ_WRITE, 0, size).order(ByteOrder.LITTLE_ENDIAN);
            RingFile file =
                    new RingFile(buffer, path, "mapped " + path + " (" + (size - HEADER_BYTES) / 1024 + " KiB)");
            file.mendHeader(copy);
            return file;
        }
    }

    /**
     * The same bytes, to look at all of them once. A page that was looked at counts as memory of this process for as long as
     * its mapping lasts, and this one ends with the look.
     */
    RingFile forOneLook() {
        if (path == null) {
            return this;
        }
        try (FileChannel channel = FileChannel.open(path, READ)) {
            ByteBuffer view = channel.map(MapMode.READ_ONLY, 0, buffer.capacity());
            return new RingFile(view.order(ByteOrder.LITTLE_ENDIAN), path, description);
        } catch (IOException e) {
            log.debug("looking at {} where it is mapped", path, e);
            return this;
        }
    }

    private static void create(Path path, long bytes, int lanes) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (FileChannel channel = FileChannel.open(fresh, CREATE_NEW, READ, WRITE)) {
            fillWithZeros(channel, HEADER_BYTES + bytes);
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            writeHeader(header, bytes, lanes);
            channel.write(header.position(0), 0);
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Written out, not merely extended: a full disk shows here as an exception, and never under the mapping. */
    static void fillWithZeros(FileChannel channel, long size) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
        for (long at = channel.size(); at < size; ) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
            at += channel.write(zeros, at);
        }
    }

    private static void writeHeader(ByteBuffer header, long bytes, int lanes) {
        SecureRandom random = new SecureRandom();
        long idHigh = random.nextLong();
        long idLow = random.nextLong();
        for (int copy = 0; copy <= HEADER_COPY; copy += HEADER_COPY) {
            header.putLong(copy, MAGIC);
            header.putInt(copy + 8, VERSION);
            header.putInt(copy + 12, lanes);
            header.putLong(copy + 16, bytes / lanes / SlotLayout.SLOT_BYTES);
            header.putLong(copy + 24, idHigh);
            header.putLong(copy + 32, idLow);
            header.putLong(copy + 40, headerCheck(header, copy));
        }
        for (int lane = 0; lane < lanes; lane++) {
            putFreed(header, lane, 0);
        }
    }

    private static int validHeader(ByteBuffer header) {
        for (int copy = 0; copy <= HEADER_COPY; copy += HEADER_COPY) {
            int lanes = header.getInt(copy + 12);
            long slots = header.getLong(copy + 16);
            if (header.getLong(copy) == MAGIC
                    && header.getInt(copy + 8) == VERSION
                    && header.getLong(copy + 40) == headerCheck(header, copy)
                    && lanes >= 1
                    && lanes <= MAX_LANES
                    && Integer.bitCount(lanes) == 1
                    && slots >= 1
                    && Long.bitCount(slots) == 1
                    && slots * lanes * SlotLayout.SLOT_BYTES <= Integer.MAX_VALUE - HEADER_BYTES) {
                return copy;
            }
        }
        return -1;
    }

    private static long headerCheck(ByteBuffer header, int copy) {
        long id = Seal.fold(header.getLong(copy + 24) ^ MAGIC, header.getLong(copy + 32) ^ ~MAGIC);
        return Seal.ofHead(header, copy, id);
    }

    private static long ringBytes(ByteBuffer header, int copy) {
        return header.getLong(copy + 16) * header.getInt(copy + 12) * SlotLayout.SLOT_BYTES;
    }

    private void mendHeader(int good) {
        int other = good == 0 ? HEADER_COPY : 0;
        for (int at = 0; at < 48; at += Long.BYTES) {
            buffer.putLong(other + at, buffer.getLong(good + at));
        }
    }

    ByteBuffer buffer() {
        return buffer;
    }

    int lanes() {
        return buffer.getInt(12);
    }

    long slotsPerLane() {
        return buffer.getLong(16);
    }

    int laneOffset(int lane) {
        return HEADER_BYTES + lane * (int) slotsPerLane() * SlotLayout.SLOT_BYTES;
    }

    /** 32 hex digits. */
    String journalId() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(buffer.getLong(24)) + hex.toHexDigits(buffer.getLong(32));
    }

    long journalSeed() {
        return buffer.getLong(24) ^ buffer.getLong(32);
    }

    String description() {
        return description;
    }

    void putFreed(int lane, long position) {
        putFreed(buffer, lane, position);
    }

    private static void putFreed(ByteBuffer buffer, int lane, long position) {
        long check = freedCheck(lane, position);
        int offset = FREED_OFFSET + lane * FREED_STRIDE;
        buffer.putLong(offset, position);
        buffer.putLong(offset + Long.BYTES, check);
        VarHandle.releaseFence();
        buffer.putLong(offset + FREED_COPY, position);
        buffer.putLong(offset + FREED_COPY + Long.BYTES, check);
    }

    /** The freed position of a lane, or -1 if both copies are damaged. */
    long freed(int lane) {
        int offset = FREED_OFFSET + lane * FREED_STRIDE;
        return Math.max(freedAt(lane, offset), freedAt(lane, offset + FREED_COPY));
    }

    private long freedAt(int lane, int offset) {
        long position = buffer.getLong(offset);
        return buffer.getLong(offset + Long.BYTES) == freedCheck(lane, position) ? position : -1;
    }

    private static long freedCheck(int lane, long position) {
        return Seal.seed(MAGIC, lane, position);
    }
}
