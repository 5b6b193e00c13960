package io.millisight.journal;

import io.millisight.battery.RingNotes;
import io.millisight.battery.WriteLog;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.testkit.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can happen to a small ring, once, from an empty folder over four lives of a process: the files are made,
 * endpoints get numbers, records of every shape are appended, lanes wrap and fill up, slots are freed, one copy of the header
 * and one of a freed position is damaged and mended.
 *
 * <p>Loaded by {@link io.millisight.battery.WatchedClasses}, with the journal's classes: what these write is in {@link
 * WriteLog}, and what it means in {@link RingNotes}.
 */
public final class RingStory implements BiConsumer<Path, RingNotes> {

    static final int LANES = 2;
    static final int SLOTS = 16;
    static final int BYTES = LANES * SLOTS * SlotLayout.SLOT_BYTES;
    static final int MAX_ENDPOINTS = 3;

    private static final String FITS_THE_HEAD = "ann";
    private static final String FILLS_THE_HEAD = "0123456789abcdef0123456789abcdef";
    private static final String TWO_SLOTS = "/päth/€/\uD83D\uDE80/" + "x".repeat(40);
    private static final String FOUR_SLOTS = "/orders/" + "0123456789".repeat(17);

    private final ManualClock clock = new ManualClock();
    private Path folder;
    private RingNotes notes;
    private JournalFolder opened;
    private Journal journal;
    private JournalReader reader;
    private JournalCursor committed = JournalCursor.of(0, 0);
    private long number = clock.epochMicros();

    @Override
    public void accept(Path folder, RingNotes notes) {
        this.folder = folder;
        this.notes = notes;
        try {
            RingFile.open(folder.resolve("journal.ring"), BYTES, LANES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(Optional.empty());
        appendEveryShape("/a");
        commitAndFree();
        fill("/a", null);
        commitAndFree();
        appendEveryShape("/b");
        crash();

        commitAndFree();
        fill("/c", FOUR_SLOTS);
        free(3);
        appendEveryShape("/one too many");
        WriteLog.damage(folder.resolve("journal.ring"), 9, new byte[] {1, 2, 3});
        crash();

        for (int lap = 0; lap < 3; lap++) {
            commitAndFree();
            fill("/b", lap == 1 ? TWO_SLOTS : null);
        }
        WriteLog.damage(folder.resolve("journal.ring"), RingFile.HEADER_COPY + 40, new byte[] {7});
        WriteLog.damage(folder.resolve("journal.ring"), RingFile.FREED_OFFSET, new byte[] {9});
        crash();

        commitAndFree();
        appendEveryShape("/c");
        opened.close();
    }

    private void start(Optional<JournalCursor> stored) {
        opened = JournalFolder.open(folder, BYTES, MAX_ENDPOINTS);
        int first = WriteLog.now();
        journal = opened.journal();
        reader = opened.recover(stored, clock);
        for (int lane = 0; lane < LANES; lane++) {
            notes.freed(first, WriteLog.now(), lane, reader.cursor().position(lane));
        }
    }

    /** The process dies; the next one finds what it left. */
    private void crash() {
        opened.close();
        start(Optional.of(committed));
    }

    private void appendEveryShape(String route) {
        append(route, 200, Outcome.COMPLETED, false, null, null);
        append(route, 500, Outcome.EXCEPTION, false, FITS_THE_HEAD, null);
        append(route, 304, Outcome.COMPLETED, false, null, FILLS_THE_HEAD);
        append(route, 200, Outcome.TIMEOUT, true, FITS_THE_HEAD, TWO_SLOTS);
        append(route, 499, Outcome.CLIENT_ABORT, false, TWO_SLOTS, FOUR_SLOTS);
        append(route, 204, Outcome.COMPLETED, false, null, null);
    }

    private void fill(String route, @Nullable String path) {
        while (append(route, 200, Outcome.COMPLETED, false, null, path)) {}
    }

    private boolean append(
            String route, int status, Outcome outcome, boolean stream, @Nullable String user, @Nullable String path) {
        int endpoint = opened.endpoints().idOf("GET", route);
        Endpoint named = opened.endpoints().endpoint(endpoint);
        long[] before = tails();
        int first = WriteLog.now();
        number++;
        long duration = 1_000_000 + number % 1_000;
        boolean taken = journal.append(
                endpoint,
                status,
                stream ? outcome.code() | Journal.STREAM : outcome.code(),
                number * 1_000,
                duration,
                user,
                path);
        for (int lane = 0; taken && lane < LANES; lane++) {
            int slots = (int) (journal.tail(lane) - before[lane]);
            if (slots > 0) {
                notes.appended(
                        first,
                        WriteLog.now(),
                        lane,
                        before[lane],
                        slots,
                        new Observation(endpoint, named, status, outcome, stream, number, duration, user, path));
            }
        }
        return taken;
    }

    private long[] tails() {
        long[] tails = new long[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            tails[lane] = journal.tail(lane);
        }
        return tails;
    }

    private void commitAndFree() {
        reader.poll(Integer.MAX_VALUE, observation -> {});
        committed = reader.cursor();
        notes.committed(WriteLog.now(), committed.position(0), committed.position(1));
        free(Integer.MAX_VALUE);
    }

    /** Frees what is committed, or so many more slots of each lane: as when the single requests of a portion are given up. */
    private void free(int slots) {
        long[] upTo = new long[LANES];
        if (slots < Integer.MAX_VALUE) {
            reader.poll(slots, observation -> {});
        }
        for (int lane = 0; lane < LANES; lane++) {
            upTo[lane] = reader.cursor().position(lane);
        }
        int first = WriteLog.now();
        journal.free(JournalCursor.of(upTo));
        for (int lane = 0; lane < LANES; lane++) {
            notes.freed(first, WriteLog.now(), lane, upTo[lane]);
        }
    }
}
