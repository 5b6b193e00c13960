package io.millisight.battery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every change that watched code makes to its files, one by one and in program order: single stores into mapped memory,
 * writes, moves. {@link WatchedClasses} puts the static methods here in the place of the JDK's: each does the real thing and
 * notes it. One thread at a time.
 *
 * <p>To replay the leading steps onto what was there before gives the files as a process leaves them that is killed at that
 * instant: its page cache outlives it.
 */
public final class WriteLog {

    /** One change of the files in a folder. */
    public sealed interface Step {

        /** Does to these files, by name, what the watched code did to its own. */
        void replay(Map<String, byte[]> files);
    }

    /** Bytes put into a file, which grows as needed. */
    public static final class Write implements Step {

        private final String file;
        private final int offset;
        private final byte[] bytes;
        private final boolean ordered;

        Write(String file, int offset, byte[] bytes, boolean ordered) {
            this.file = file;
            this.offset = offset;
            this.bytes = bytes;
            this.ordered = ordered;
        }

        public String file() {
            return file;
        }

        public int offset() {
            return offset;
        }

        /** Whether every earlier write is visible to whoever sees this one. */
        public boolean ordered() {
            return ordered;
        }

        @Override
        public void replay(Map<String, byte[]> files) {
            byte[] before = files.getOrDefault(file, new byte[0]);
            byte[] after =
                    before.length >= offset + bytes.length ? before : Arrays.copyOf(before, offset + bytes.length);
            System.arraycopy(bytes, 0, after, offset, bytes.length);
            files.put(file, after);
        }
    }

    /** What comes behind is not seen before what comes ahead of it. */
    public record Fence() implements Step {

        @Override
        public void replay(Map<String, byte[]> files) {}
    }

    /** A file that took another's name and place. */
    public record Moved(String from, String to) implements Step {

        @Override
        public void replay(Map<String, byte[]> files) {
            files.put(to, files.remove(from));
        }
    }

    /** A file that went. */
    public record Deleted(String file) implements Step {

        @Override
        public void replay(Map<String, byte[]> files) {
            files.remove(file);
        }
    }

    /** A file write is no single store: a killed process may have done a part of it. */
    private static final int PARTS_OF_A_WRITE = 5;

    private static WriteLog current = new WriteLog();

    private final List<Step> steps = new ArrayList<>();
    private final IdentityHashMap<FileChannel, String> channels = new IdentityHashMap<>();
    private final IdentityHashMap<ByteBuffer, String> mapped = new IdentityHashMap<>();

    private WriteLog() {}

    /** A new log; what watched code does from now on goes into it. */
    public static WriteLog begin() {
        current = new WriteLog();
        return current;
    }

    /** How many steps were noted so far. */
    public static int now() {
        return current.steps.size();
    }

    public List<Step> steps() {
        return steps;
    }

    /** Damages a file as a disk does, which is a step like others. */
    public static void damage(Path file, int offset, byte[] bytes) {
        current.steps.add(new Write(file.getFileName().toString(), offset, bytes.clone(), true));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // From here on: what watched classes call.

    public static FileChannel open(Path path, OpenOption... options) throws IOException {
        boolean isNew = !Files.exists(path);
        FileChannel channel = FileChannel.open(path, options);
        String file = path.getFileName().toString();
        current.channels.put(channel, file);
        if (isNew) {
            current.steps.add(new Write(file, 0, new byte[0], true));
        }
        return channel;
    }

    public static int write(FileChannel channel, ByteBuffer from, long at) throws IOException {
        byte[] bytes = new byte[from.remaining()];
        from.get(from.position(), bytes);
        int written = channel.write(from, at);
        int part = Math.max(1, (written + PARTS_OF_A_WRITE - 1) / PARTS_OF_A_WRITE);
        for (int begin = 0; begin < written; begin += part) {
            byte[] some = Arrays.copyOfRange(bytes, begin, Math.min(written, begin + part));
            current.steps.add(new Write(current.channels.get(channel), (int) at + begin, some, true));
        }
        return written;
    }

    public static MappedByteBuffer map(FileChannel channel, MapMode mode, long from, long size) throws IOException {
        MappedByteBuffer buffer = channel.map(mode, from, size);
        current.mapped.put(buffer, current.channels.get(channel));
        return buffer;
    }

    public static Path move(Path from, Path to, CopyOption... options) throws IOException {
        Path moved = Files.move(from, to, options);
        current.steps.add(
                new Moved(from.getFileName().toString(), to.getFileName().toString()));
        return moved;
    }

    public static boolean deleteIfExists(Path path) throws IOException {
        boolean deleted = Files.deleteIfExists(path);
        if (deleted) {
            current.steps.add(new Deleted(path.getFileName().toString()));
        }
        return deleted;
    }

    public static ByteBuffer put(ByteBuffer buffer, int offset, byte value) {
        return noted(buffer, offset, false, 1, value).put(offset, value);
    }

    /** No single store either: byte by byte. */
    public static ByteBuffer put(ByteBuffer buffer, int offset, byte[] values) {
        for (int i = 0; i < values.length; i++) {
            put(buffer, offset + i, values[i]);
        }
        return buffer;
    }

    public static ByteBuffer putShort(ByteBuffer buffer, int offset, short value) {
        return noted(buffer, offset, false, Short.BYTES, value).putShort(offset, value);
    }

    public static ByteBuffer putInt(ByteBuffer buffer, int offset, int value) {
        return noted(buffer, offset, false, Integer.BYTES, value).putInt(offset, value);
    }

    public static ByteBuffer putLong(ByteBuffer buffer, int offset, long value) {
        return noted(buffer, offset, false, Long.BYTES, value).putLong(offset, value);
    }

    public static void setRelease(VarHandle handle, ByteBuffer buffer, int offset, long value) {
        noted(buffer, offset, true, Long.BYTES, value);
        handle.setRelease(buffer, offset, value);
    }

    public static void releaseFence() {
        VarHandle.releaseFence();
        current.steps.add(new Fence());
    }

    private static ByteBuffer noted(ByteBuffer buffer, int offset, boolean ordered, int bytes, long value) {
        String file = current.mapped.get(buffer);
        if (file != null) {
            byte[] little = new byte[bytes];
            for (int i = 0; i < bytes; i++) {
                little[i] = (byte) (value >>> (8 * i));
            }
            current.steps.add(new Write(file, offset, little, ordered));
        }
        return buffer;
    }
}
