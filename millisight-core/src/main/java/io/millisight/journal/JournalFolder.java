package io.millisight.journal;

import io.millisight.observe.TimeSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one running instance: its lock, its ring and its endpoint dictionary. A second process that is given the
 * same folder gets a sub-folder of its own; where nothing can be written, the ring lives in memory.
 */
public final class JournalFolder implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger("millisight");
    private static final DateTimeFormatter SUFFIX =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int MAX_INSTANCES = 64;

    private final @Nullable Path folder;
    private final @Nullable FileChannel lock;
    private final Journal journal;
    private final RingFile ring;
    private final EndpointDictionary endpoints;
    private final boolean resize;

    private JournalFolder(
            @Nullable Path folder,
            @Nullable FileChannel lock,
            RingFile ring,
            EndpointDictionary endpoints,
            boolean resize) {
        this.folder = folder;
        this.lock = lock;
        this.ring = ring;
        this.journal = new Journal(ring);
        this.endpoints = endpoints;
        this.resize = resize;
    }

    /**
     * Opens the folder, making what is missing and setting aside what is damaged. Never throws for a folder that cannot be
     * used: the ring is then in memory, which {@link #folder()} shows.
     *
     * @param directory the folder that the user named
     * @param bytes size of the ring
     * @param maxEndpoints how many endpoints to tell apart
     */
    public static JournalFolder open(Path directory, long bytes, int maxEndpoints) {
        int lanes = lanes();
        FileChannel lock = null;
        try {
            Path folder = directory;
            Files.createDirectories(folder);
            lock = tryLock(folder);
            for (int n = 2; lock == null; n++) {
                if (n > MAX_INSTANCES) {
                    throw new IOException(MAX_INSTANCES + " processes already use it");
                }
                folder = directory.resolve("instance-" + n);
                Files.createDirectories(folder);
                lock = tryLock(folder);
            }
            if (!folder.equals(directory)) {
                log.warn("data-dir {} is in use by another process; this one keeps its data in {}", directory, folder);
            }
            RingFile ring = openRing(folder.resolve("journal.ring"), bytes, lanes);
            EndpointDictionary endpoints = EndpointDictionary.open(folder.resolve("endpoints.dict"), maxEndpoints);
            boolean resize = ring.lanes() != lanes || ring.slotsPerLane() * lanes * SlotLayout.SLOT_BYTES != bytes;
            return new JournalFolder(folder, lock, ring, endpoints, resize);
        } catch (IOException | RuntimeException | InternalError e) {
            release(lock);
            log.warn(
                    "data-dir {} cannot be used ({}); requests are kept in memory and lost when the process ends."
                            + " Make the folder writable, with at least {} MiB free, or name another with data-dir",
                    directory,
                    e.toString(),
                    bytes / (1 << 20) + 1);
            return inMemory(bytes, maxEndpoints, "data-dir " + directory + " cannot be used");
        }
    }

    /** A folder that is none: all in memory. */
    public static JournalFolder inMemory(long bytes, int maxEndpoints, String why) {
        return new JournalFolder(
                null, null, RingFile.inMemory(bytes, lanes(), why), EndpointDictionary.inMemory(maxEndpoints), false);
    }

    /** Two homes a core, so that busy threads seldom share one, and as many lanes between them: see {@link Journal}. A power of two. */
    private static int lanes() {
        int wanted = 4 * Runtime.getRuntime().availableProcessors();
        return Math.min(RingFile.MAX_LANES, Integer.highestOneBit(2 * wanted - 1));
    }

    private static @Nullable FileChannel tryLock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException heldByThisProcess) {
            // Another Millisight of this very process: as good as another process.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    private static RingFile openRing(Path path, long bytes, int lanes) throws IOException {
        try {
            return RingFile.open(path, bytes, lanes);
        } catch (RingFormatException e) {
            Path aside = path.resolveSibling(path.getFileName() + ".damaged-" + SUFFIX.format(Instant.now()));
            Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
            log.warn("{}; set aside as {}, a new journal is begun", e.getMessage(), aside.getFileName());
            return RingFile.open(path, bytes, lanes);
        }
    }

    /** Where this instance keeps its files; empty when it keeps none. */
    public Optional<Path> folder() {
        return Optional.ofNullable(folder);
    }

    public Journal journal() {
        return journal;
    }

    public EndpointDictionary endpoints() {
        return endpoints;
    }

    /**
     * Finds what an earlier process left, and the place where appending goes on.
     *
     * @param stored how far the store came with this journal; empty when it does not know it
     */
    public JournalReader recover(Optional<JournalCursor> stored, TimeSource time) {
        return JournalRecovery.recover(journal, ring, endpoints, stored, time);
    }

    /**
     * Whether the ring itself knows in every lane where it is still needed. Only then can it be {@link #recover recovered}
     * without the store's cursor.
     */
    public boolean knowsWhatIsFreed() {
        for (int lane = 0; lane < ring.lanes(); lane++) {
            if (ring.freed(lane) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads again what lies between two cursors. What was freed meanwhile may be missing: ask {@link #holds} afterwards.
     */
    public JournalReader reread(JournalCursor from, JournalCursor to, TimeSource time) {
        return JournalReader.between(journal, endpoints, time, from.positions(), to.positions());
    }

    /** Whether nothing from this cursor on has been freed. */
    public boolean holds(JournalCursor from) {
        for (int lane = 0; lane < journal.lanes(); lane++) {
            if (journal.freed(lane) > from.position(lane)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Ends the use of the folder.
     *
     * @param allStored whether nothing in the ring is needed any more: a ring of another size than configured is then
     *     removed, so that the next start makes it anew
     */
    public void close(boolean allStored) {
        if (folder != null && resize && allStored) {
            try {
                Files.deleteIfExists(folder.resolve("journal.ring"));
            } catch (IOException e) {
                log.warn("journal.ring could not be removed for its new size: {}", e.toString());
            }
        }
        release(lock);
    }

    @Override
    public void close() {
        close(false);
    }

    private static void release(@Nullable FileChannel lock) {
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                log.debug("closing the folder's lock", e);
            }
        }
    }
}
