package io.millisight.journal;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.millisight.observe.Endpoint;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers endpoints, densely from 0, and keeps the numbers in a small mapped file beside the ring: a name is written before
 * the first record that uses its number. Any number of threads.
 *
 * <p>Number 0 is {@link Endpoint#OTHER}, which takes every endpoint beyond the limit. Looking up a known endpoint takes no
 * lock and allocates nothing; a new one takes a lock, at most as often as the limit says.
 *
 * <p>File: cells of {@link #CELL_BYTES} bytes, cell {@code n} for number {@code n}: CRC-32C of the rest (4), length of the
 * method (1), zero (1), length of the route (2), method, route, zeros. A damaged cell costs its own name alone.
 */
public final class EndpointDictionary {

    static final int CELL_BYTES = 320;
    private static final VarHandle ENTRY = MethodHandles.arrayElementVarHandle(Entry[].class);
    private static final int TEXT_OFFSET = 8;

    /** More than any limit allows: what a file holds beyond it is not looked at. */
    static final int MAX_CELLS = 1 << 17;

    private static final Logger log = LoggerFactory.getLogger("millisight");

    private final ByteBuffer cells;
    private final int limit;
    private final ReentrantLock registering = new ReentrantLock();
    private final LongAdder folded = new LongAdder();

    /**
     * By method and route: open addressing, at most a quarter full, so that the first place looked at is nearly always the
     * right one and processors guess so. Entries are added under the lock, with release, and never leave; one read from the
     * file is replaced, once, by its equal with the caller's own texts: frameworks keep their templates, and comparing
     * identities takes a fifth of the time of comparing letters.
     */
    private volatile Entry[] table = new Entry[64];

    /** By number; changes by copying, so that a reader's array never changes under it. */
    private volatile Endpoint[] byId = {Endpoint.OTHER};

    /** Numbers that name an endpoint. Under the lock. */
    private final BitSet named = new BitSet();

    /** Numbers not to give: those named, and those that records in the ring may use though their name is lost. Under the lock. */
    private final BitSet taken = new BitSet();

    /** The next number to give; at the limit there is none. Changes under the lock. */
    private volatile int next = 1;

    /** @param learned whether the texts are those that callers hand over, and not copies read from the file */
    private record Entry(int id, String method, String route, boolean learned) {
        boolean is(String otherMethod, String otherRoute) {
            return route.equals(otherRoute) && method.equals(otherMethod);
        }
    }

    private EndpointDictionary(ByteBuffer cells, int limit) {
        this.cells = cells;
        this.limit = Math.min(limit + 1, cells.capacity() / CELL_BYTES);
    }

    /** A dictionary that ends with the process. */
    static EndpointDictionary inMemory(int maxEndpoints) {
        ByteBuffer cells = ByteBuffer.allocate((maxEndpoints + 1) * CELL_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return new EndpointDictionary(cells, maxEndpoints);
    }

    /** Maps the dictionary at {@code path} and reads what it knows; makes or enlarges it as needed. */
    static EndpointDictionary open(Path path, int maxEndpoints) throws IOException {
        try (FileChannel channel = FileChannel.open(path, CREATE, READ, WRITE)) {
            long known = Math.min(channel.size() / CELL_BYTES, MAX_CELLS);
            long size = Math.max(known, maxEndpoints + 1L) * CELL_BYTES;
            RingFile.fillWithZeros(channel, size);
            ByteBuffer cells = channel.map(MapMode.READ_WRITE, 0, size).order(ByteOrder.LITTLE_ENDIAN);
            EndpointDictionary dictionary = new EndpointDictionary(cells, maxEndpoints);
            dictionary.load(path);
            return dictionary;
        }
    }

    private void load(Path path) {
        int cellCount = cells.capacity() / CELL_BYTES;
        Endpoint[] known = new Endpoint[cellCount];
        known[0] = Endpoint.OTHER;
        int count = 1;
        for (int id = 1; id < cellCount; id++) {
            if (isBlank(id)) {
                continue;
            }
            Endpoint endpoint = read(id);
            if (endpoint == null) {
                log.warn(
                        "{} cell {}: damaged; requests in the journal that need it are reported as {}",
                        path,
                        id,
                        Endpoint.OTHER.name());
                endpoint = Endpoint.OTHER;
            } else {
                Entry[] entries = withRoomFor(id);
                put(entries, new Entry(id, endpoint.method(), endpoint.route(), false));
                table = entries;
                named.set(id);
            }
            known[id] = endpoint;
            count = id + 1;
        }
        for (int id = 0; id < count; id++) {
            if (known[id] == null) {
                known[id] = Endpoint.OTHER;
            }
        }
        byId = Arrays.copyOf(known, count);
        taken.set(1, count);
        next = count;
    }

    /**
     * Tells which numbers the ring's records use. One without a name stands for {@link Endpoint#OTHER} and is not given
     * again, or those records would become another endpoint's. All others without a name are given again, so that damage
     * does not use up what the limit allows. Before the first look-up.
     */
    void keep(BitSet usedNumbers) {
        registering.lock();
        try {
            taken.clear();
            taken.or(named);
            taken.or(usedNumbers);
            next = taken.nextClearBit(1);
        } finally {
            registering.unlock();
        }
    }

    /**
     * The number of an endpoint, given one if it is new; 0 beyond the limit.
     *
     * @param method as it came over the wire
     * @param route a template, not empty
     */
    public int idOf(String method, String route) {
        int id = find(method, route);
        return id >= 0 ? id : idOfNew(new Endpoint(method, route));
    }

    @SuppressWarnings("ReferenceEquality") // a short cut: equality is asked next
    private int find(String method, String route) {
        Entry[] entries = table;
        int mask = entries.length - 1;
        for (int at = hash(method, route) & mask; ; at = (at + 1) & mask) {
            Entry entry = (Entry) ENTRY.getAcquire(entries, at);
            if (entry == null) {
                return -1;
            }
            if (entry.method == method && entry.route == route) {
                return entry.id;
            }
            if (entry.is(method, route)) {
                if (!entry.learned) {
                    ENTRY.setRelease(entries, at, new Entry(entry.id, method, route, true));
                }
                return entry.id;
            }
        }
    }

    /** Spread by Fibonacci hashing: hashes of similar texts differ in their low bits alone. */
    private static int hash(String method, String route) {
        int product = (31 * method.hashCode() + route.hashCode()) * 0x9e3779b9;
        return product ^ (product >>> 15);
    }

    private int idOfNew(Endpoint wanted) {
        Endpoint endpoint = fitted(wanted);
        int id = find(endpoint.method(), endpoint.route());
        if (id >= 0) {
            return id;
        }
        if (next >= limit) {
            folded.increment();
            return 0;
        }
        registering.lock();
        try {
            id = find(endpoint.method(), endpoint.route());
            return id >= 0 ? id : register(endpoint);
        } finally {
            registering.unlock();
        }
    }

    private int register(Endpoint endpoint) {
        int id = next;
        if (id >= limit) {
            folded.increment();
            return 0;
        }
        // All memory first: an endpoint with a number but without an entry would be given another one by every request.
        Entry[] entries = withRoomFor(id);
        Entry added = new Entry(id, endpoint.method(), endpoint.route(), true);
        Endpoint[] known = byId;
        Endpoint[] grown = Arrays.copyOf(known, Math.max(known.length, id + 1));
        if (id > known.length) {
            Arrays.fill(grown, known.length, id, Endpoint.OTHER);
        }
        grown[id] = endpoint;
        named.set(id);
        taken.set(id);
        write(id, endpoint);
        byId = grown;
        next = taken.nextClearBit(id);
        put(entries, added);
        table = entries;
        return id;
    }

    /** The table, or a larger copy of it that is yet to be published. Under the lock, or before anybody looks up. */
    private Entry[] withRoomFor(int id) {
        Entry[] entries = table;
        if (4 * (id + 1) <= entries.length) {
            return entries;
        }
        Entry[] grown = new Entry[2 * Integer.highestOneBit(4 * id + 3)];
        for (Entry entry : entries) {
            if (entry != null) {
                put(grown, entry);
            }
        }
        return grown;
    }

    private static void put(Entry[] entries, Entry added) {
        int mask = entries.length - 1;
        int at = hash(added.method, added.route) & mask;
        while (entries[at] != null) {
            at = (at + 1) & mask;
        }
        ENTRY.setRelease(entries, at, added);
    }

    /** A number read from the ring, or 0 if it names no endpoint. */
    int known(int id) {
        return id > 0 && id < byId.length ? id : 0;
    }

    /** The endpoint of a number that this dictionary gave. */
    public Endpoint endpoint(int id) {
        return byId[id];
    }

    /** All endpoints, by number. */
    public List<Endpoint> endpoints() {
        return List.of(byId);
    }

    /** How many look-ups ended in {@link Endpoint#OTHER} because the limit was reached. */
    public long folded() {
        return folded.sum();
    }

    /** The endpoint with a route that fits a cell; the caller's own text if it does. */
    private static Endpoint fitted(Endpoint endpoint) {
        int room = CELL_BYTES - TEXT_OFFSET - endpoint.method().length();
        int bytes = SlotText.bytes(endpoint.route(), room);
        byte[] utf8 = endpoint.route().getBytes(StandardCharsets.UTF_8);
        String stored = new String(utf8, 0, Math.min(bytes, utf8.length), StandardCharsets.UTF_8);
        return stored.equals(endpoint.route()) ? endpoint : new Endpoint(endpoint.method(), stored);
    }

    private void write(int id, Endpoint endpoint) {
        byte[] method = endpoint.method().getBytes(StandardCharsets.UTF_8);
        byte[] route = endpoint.route().getBytes(StandardCharsets.UTF_8);
        int offset = id * CELL_BYTES;
        for (int at = 0; at < CELL_BYTES; at += Long.BYTES) {
            cells.putLong(offset + at, 0); // What a damaged cell held.
        }
        cells.put(offset + 4, (byte) method.length);
        cells.putShort(offset + 6, (short) route.length);
        cells.put(offset + TEXT_OFFSET, method);
        cells.put(offset + TEXT_OFFSET + method.length, route);
        cells.putInt(offset, check(id));
    }

    private @Nullable Endpoint read(int id) {
        int offset = id * CELL_BYTES;
        int method = cells.get(offset + 4) & 0xff;
        int route = cells.getShort(offset + 6);
        if (cells.getInt(offset) != check(id) || route < 1 || TEXT_OFFSET + method + route > CELL_BYTES) {
            return null;
        }
        byte[] text = new byte[method + route];
        cells.get(offset + TEXT_OFFSET, text);
        return new Endpoint(
                new String(text, 0, method, StandardCharsets.UTF_8),
                new String(text, method, route, StandardCharsets.UTF_8));
    }

    private boolean isBlank(int id) {
        for (int at = id * CELL_BYTES; at < (id + 1) * CELL_BYTES; at += Long.BYTES) {
            if (cells.getLong(at) != 0) {
                return false;
            }
        }
        return true;
    }

    private int check(int id) {
        CRC32C crc = new CRC32C();
        crc.update(cells.slice(id * CELL_BYTES + 4, CELL_BYTES - 4));
        return (int) crc.getValue() ^ id;
    }
}
