package io.millisight.journal;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.testkit.ManualClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A small ring as a process leaves it, random by its seed, and what a restart must find in it when its files are damaged.
 * That is worked out from the bytes: no seal is computed here.
 */
final class UsedRing {

    /** Names of the numbers 1 and up. */
    static final List<Endpoint> ENDPOINTS = IntStream.rangeClosed(1, 5)
            .mapToObj(n -> new Endpoint("GET", "/endpoints/" + n))
            .toList();

    static final int MAX_ENDPOINTS = ENDPOINTS.size() + 3;

    private static final int HEADER_COPY_BYTES = 48;

    private record Written(int lane, long position, int slots, boolean text, Observation observation) {}

    final int lanes;
    final int slots;
    final Map<String, byte[]> files = new HashMap<>();

    private final String journalId;
    private final Optional<JournalCursor> stored;

    private final long seed;
    private final Random random;
    private final List<Written> written = new ArrayList<>();

    /** By lane and slot, what was last written there, and at which position. */
    private final Written[][] owners;

    private final long[][] positions;
    private final long[] freed;
    private final byte[] ring;

    UsedRing(int lanes, int slots, long seed, byte[] dictionary) {
        this.lanes = lanes;
        this.slots = slots;
        this.seed = seed;
        this.random = new Random(seed);
        this.owners = new Written[lanes][slots];
        this.positions = new long[lanes][slots];
        RingFile file = RingFile.inMemory((long) lanes * slots * SlotLayout.SLOT_BYTES, lanes, "test");
        Journal journal = new Journal(file);
        JournalReader reader = JournalRecovery.recover(
                journal, file, EndpointDictionary.inMemory(MAX_ENDPOINTS), Optional.empty(), new ManualClock());
        JournalCursor committed = use(journal, reader);
        journalId = file.journalId();
        stored = switch (random.nextInt(4)) {
            case 0 -> Optional.empty(); // The database is lost too.
            case 1 -> Optional.of(reader.cursor()); // Killed between commit and free.
            default -> Optional.of(committed); // Behind what is freed where single requests were given up.
        };
        freed = IntStream.range(0, lanes).mapToLong(journal::freed).toArray();
        ring = new byte[file.buffer().capacity()];
        file.buffer().get(0, ring);
        files.put("journal.ring", ring.clone());
        files.put("endpoints.dict", dictionary.clone());
    }

    /** How far the store is with this journal: nothing is known of any other. */
    Optional<JournalCursor> stored(String ofJournal) {
        return stored.filter(known -> ofJournal.equals(journalId));
    }

    @Override
    public String toString() {
        return lanes + " lanes of " + slots + " slots, seed " + seed + ", freed " + Arrays.toString(freed) + ", stored "
                + stored;
    }

    /** Gives the store's cursor. */
    private JournalCursor use(Journal journal, JournalReader reader) {
        JournalCursor committed = JournalCursor.of(new long[lanes]);
        int steps = random.nextInt(4 * lanes * slots);
        for (int step = 0; step < steps; step++) {
            switch (random.nextInt(16)) {
                case 0, 1 -> reader.poll(random.nextInt(slots), observation -> {});
                case 2 -> {
                    committed = reader.cursor();
                    journal.free(committed);
                }
                case 3 -> journal.free(reader.cursor()); // Given up: freed, and not stored.
                default -> append(journal, reader);
            }
        }
        return committed;
    }

    private void append(Journal journal, JournalReader reader) {
        JournalCursor before = reader.tails();
        int endpoint = random.nextInt(ENDPOINTS.size() + 1);
        Observation observation = new Observation(
                endpoint,
                endpoint == 0 ? Endpoint.OTHER : ENDPOINTS.get(endpoint - 1),
                200 + random.nextInt(400),
                Outcome.ofCode(random.nextInt(Outcome.values().length)),
                random.nextBoolean(),
                1_767_225_600_000_000L + written.size(),
                random.nextInt(1_000_000_000),
                text("user-"),
                text("/päth/"));
        if (!append(journal, observation)) {
            return;
        }
        JournalCursor after = reader.tails();
        for (int lane = 0; lane < lanes; lane++) {
            long position = before.position(lane);
            int taken = (int) (after.position(lane) - position);
            if (taken > 0) {
                boolean text = observation.userId() != null || observation.path() != null;
                Written added = new Written(lane, position, taken, text, observation);
                written.add(added);
                for (int i = 0; i < taken; i++) {
                    owners[lane][slot(position + i)] = added;
                    positions[lane][slot(position + i)] = position + i;
                }
            }
        }
    }

    static boolean append(Journal journal, Observation observation) {
        int code = observation.outcome().code();
        return journal.append(
                observation.endpointId(),
                observation.status(),
                observation.stream() ? code | Journal.STREAM : code,
                observation.completedAtMicros() * 1_000,
                observation.durationNanos(),
                observation.userId(),
                observation.path());
    }

    private @Nullable String text(String begin) {
        return random.nextInt(3) == 0 ? begin + "0123456789".repeat(random.nextInt(14)) : null;
    }

    /**
     * What a restart must do.
     *
     * @param usable whether a copy of the header is whole; else the file is set aside and nothing is found
     * @param found the records, lane by lane
     * @param lost how many records behind the cursor and the freed position are damaged
     * @param torn how many slots are counted for them
     * @param uncounted how many of those lost leave no trace that could be counted
     */
    record Expected(boolean usable, List<Observation> found, int lost, long torn, int uncounted) {}

    /** What a restart must do with these files. */
    Expected expected(Map<String, byte[]> damaged) {
        byte[] image = Arrays.copyOf(damaged.get("journal.ring"), ring.length);
        byte[] dictionary =
                Arrays.copyOf(damaged.get("endpoints.dict"), (MAX_ENDPOINTS + 1) * EndpointDictionary.CELL_BYTES);
        if (!isWhole(image, 0, HEADER_COPY_BYTES) && !isWhole(image, RingFile.HEADER_COPY, HEADER_COPY_BYTES)) {
            return new Expected(false, List.of(), 0, 0, 0);
        }
        List<Observation> found = new ArrayList<>();
        int lost = 0;
        long torn = 0;
        int uncounted = 0;
        for (int lane = 0; lane < lanes; lane++) {
            boolean freedKnown = isFreedKnown(image, lane);
            int of = lane;
            long cursor = stored.map(known -> known.position(of)).orElse(0L);
            long from = freedKnown ? Math.max(freed[lane], cursor) : cursor;
            List<Written> wanted = written.stream()
                    .filter(record -> record.lane() == of && record.position() >= from && isInTheRing(record))
                    .toList();
            List<Written> whole =
                    wanted.stream().filter(record -> isWhole(image, record)).toList();
            whole.forEach(record -> found.add(named(record.observation(), dictionary)));
            long end = whole.isEmpty()
                    ? from
                    : whole.get(whole.size() - 1).position()
                            + whole.get(whole.size() - 1).slots();
            long begin = Math.max(from, end - slots);
            Set<Long> counted = tornSlots(image, lane, begin, end, whole);
            torn += counted.size();
            lost += wanted.size() - whole.size();
            uncounted += (int) wanted.stream()
                    .filter(record -> !whole.contains(record))
                    .filter(record -> IntStream.range(0, record.slots())
                            .noneMatch(i -> counted.contains((long) slot(record.position() + i))))
                    .count();
        }
        return new Expected(true, found, lost, torn, uncounted);
    }

    /**
     * The slots that are counted: those between begin and end that belong to no whole record and are no whole continuation
     * (its head's damage is counted); and those right behind the end up to the first that holds what an earlier lap left, or, in
     * the lane's first lap, zeros: nobody can tell it from one that was never written. So a lost record counts once for
     * each damaged slot, and once for its head where that is whole.
     */
    private Set<Long> tornSlots(byte[] image, int lane, long begin, long end, List<Written> whole) {
        Set<Long> counted = new HashSet<>();
        Set<Long> found = new HashSet<>();
        for (Written record : whole) {
            for (int i = 0; i < record.slots(); i++) {
                found.add(record.position() + i);
            }
        }
        for (long position = begin; position < begin + slots; position++) {
            int slot = slot(position);
            Written owner = owners[lane][slot];
            boolean isWhole = owner != null && isWholeSlot(image, owner, lane, slot);
            boolean isItsOwn = isWhole && positions[lane][slot] == position;
            boolean neverWritten = position < slots && isBlank(image, lane, slot);
            boolean isOfAnEarlierLap = isWhole && positions[lane][slot] < position;
            if (position >= end && (neverWritten || isOfAnEarlierLap)) {
                break;
            }
            boolean isContinuation = isItsOwn && owner.position() != position;
            if (!found.contains(position) && !isContinuation) {
                counted.add((long) slot);
            }
        }
        return counted;
    }

    private boolean isFreedKnown(byte[] image, int lane) {
        int offset = RingFile.FREED_OFFSET + lane * RingFile.FREED_STRIDE;
        return isWhole(image, offset, 16) || isWhole(image, offset + RingFile.FREED_COPY, 16);
    }

    private boolean isInTheRing(Written record) {
        return IntStream.range(0, record.slots())
                .allMatch(i -> record.equals(owners[record.lane()][slot(record.position() + i)]));
    }

    private boolean isWhole(byte[] image, Written record) {
        return IntStream.range(0, record.slots())
                .allMatch(i -> isWholeSlot(image, record, record.lane(), slot(record.position() + i)));
    }

    /** Whether what its seal covers is as it was written: of a head without text, three words and the seal. */
    private boolean isWholeSlot(byte[] image, Written owner, int lane, int slot) {
        int offset = offset(lane, slot);
        return owner.text()
                ? isWhole(image, offset, SlotLayout.SLOT_BYTES)
                : isWhole(image, offset, SlotLayout.HEAD_TEXT_OFFSET)
                        && isWhole(image, offset + SlotLayout.SEAL_OFFSET, Long.BYTES);
    }

    private boolean isWhole(byte[] image, int offset, int length) {
        return Arrays.equals(image, offset, offset + length, ring, offset, offset + length);
    }

    private boolean isBlank(byte[] image, int lane, int slot) {
        int offset = offset(lane, slot);
        return IntStream.range(offset, offset + SlotLayout.SLOT_BYTES).allMatch(i -> image[i] == 0);
    }

    /** With {other} for a name whose cell is damaged; never with another's name. */
    private Observation named(Observation observation, byte[] dictionary) {
        int id = observation.endpointId();
        int offset = id * EndpointDictionary.CELL_BYTES;
        boolean known = id > 0
                && Arrays.equals(
                        dictionary,
                        offset,
                        offset + EndpointDictionary.CELL_BYTES,
                        files.get("endpoints.dict"),
                        offset,
                        offset + EndpointDictionary.CELL_BYTES);
        return withEndpoint(observation, known ? observation.endpoint() : Endpoint.OTHER);
    }

    /** Without its number, which only means something beside the dictionary it came from. */
    static Observation withEndpoint(Observation observation, Endpoint endpoint) {
        return new Observation(
                0,
                endpoint,
                observation.status(),
                observation.outcome(),
                observation.stream(),
                observation.completedAtMicros(),
                observation.durationNanos(),
                observation.userId(),
                observation.path());
    }

    private int slot(long position) {
        return (int) (position % slots);
    }

    private int offset(int lane, int slot) {
        return RingFile.HEADER_BYTES + (lane * slots + slot) * SlotLayout.SLOT_BYTES;
    }
}
