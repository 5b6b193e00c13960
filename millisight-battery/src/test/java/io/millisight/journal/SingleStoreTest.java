package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.battery.Battery;
import io.millisight.battery.MemoryFolder;
import io.millisight.battery.RingNotes;
import io.millisight.battery.RingNotes.Appended;
import io.millisight.battery.WatchedClasses;
import io.millisight.battery.WriteLog;
import io.millisight.battery.WriteLog.Step;
import io.millisight.battery.WriteLog.Write;
import io.millisight.observe.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Battery, row 2: a process is killed after every single store of {@link RingStory}, and the next start finds what was
 * sealed and not freed by then, no more and no less.
 *
 * <p>A killed process leaves in the page cache what its processor retired. In one thread that is a prefix of its stores as they
 * were compiled; the compiler may turn round plain stores between two release stores, and several threads are each at a
 * place of their own. So beside every prefix there are images with any of the plain stores missing, and with two threads
 * between claim and seal.
 */
class SingleStoreTest {

    private static final long SEED = 20_260_101;

    private final RingNotes notes = new RingNotes();
    private List<Step> steps;
    private List<Move> moves;
    private Path folder;

    /** What was put in before {@code at} steps. */
    private final Map<String, byte[]> files = new HashMap<>();

    private int at;

    @BeforeEach
    void tellTheStory(
            @TempDir(factory = MemoryFolder.class) Path told, @TempDir(factory = MemoryFolder.class) Path folder)
            throws Exception {
        this.folder = folder;
        WriteLog writes = WriteLog.begin();
        Class<?> story = new WatchedClasses(name -> name.startsWith("io.millisight.journal."))
                .loadClass(RingStory.class.getName());
        @SuppressWarnings("unchecked") // RingStory says so; it is another class of that name
        BiConsumer<Path, RingNotes> teller =
                (BiConsumer<Path, RingNotes>) story.getConstructor().newInstance();
        teller.accept(told, notes);
        steps = writes.steps();
        moves = movesOfFreedPositions();
        assertNothingWasWrittenBesideTheLog(told);
    }

    private void assertNothingWasWrittenBesideTheLog(Path told) throws IOException {
        Map<String, byte[]> replayed = new HashMap<>();
        for (Step step : steps) {
            step.replay(replayed);
        }
        assertThat(replayed.keySet()).containsExactlyInAnyOrder("lock", "journal.ring", "endpoints.dict");
        for (Map.Entry<String, byte[]> file : replayed.entrySet()) {
            assertThat(Arrays.mismatch(file.getValue(), Files.readAllBytes(told.resolve(file.getKey()))))
                    .as("where %s differs from its log", file.getKey())
                    .isNegative();
        }
    }

    @Test
    void aKillAfterASingleStoreLeavesExactlyWhatWasSealed() throws Exception {
        int instants = steps.size() + 1;
        Battery row = Battery.row(2, "killed after a single store", Math.min(1_500, instants), instants);
        int most = 0;
        int round = 0;
        for (int kill : instants(row.rounds())) {
            replayTo(kill);
            most = Math.max(most, assertRecovers(files, step -> step < kill, kill, kill));
            row.progress(++round);
        }
        row.held(row.rounds() + " of " + instants + " instants in "
                + notes.appended().size() + " appends and " + moves.size()
                + " moves of a freed position: found what was sealed, at most " + most + " records, 0 false");
    }

    @Test
    void plainStoresTurnedRoundByTheCompilerMakeNoFalseRecord() throws Exception {
        Battery row = Battery.row(2, "plain stores turned round", 500, 40_000);
        Random random = new Random(SEED);
        List<int[]> stretches = stretchesWithoutOrder();
        for (int round = 0; round < row.rounds(); round++) {
            int[] stretch = stretches.get(Math.floorDiv(round * stretches.size(), row.rounds()));
            replayTo(stretch[0]);
            Map<String, byte[]> image = copy(files);
            BitSet done = new BitSet();
            done.set(0, stretch[0]);
            int missing = 1 + random.nextInt(4);
            for (int step = stretch[0]; step < stretch[1]; step++) {
                if (random.nextInt(5) >= missing) {
                    steps.get(step).replay(image);
                    done.set(step);
                }
            }
            assertRecovers(image, done::get, stretch[0], stretch[1]);
            row.progress(round + 1);
        }
        row.held(row.rounds() + " images of " + stretches.size()
                + " stretches between two release stores, any store missing: found what was sealed, 0 false");
    }

    @Test
    void twoThreadsKilledWhileTheyAppendLeaveExactlyWhatEachHasSealed() throws Exception {
        Battery row = Battery.row(2, "two threads killed while they append", 500, 40_000);
        Random random = new Random(SEED);
        List<Integer> firsts = firstsOfPairs();
        for (int round = 0; round < row.rounds(); round++) {
            int pair = firsts.get(Math.floorDiv(round * firsts.size(), row.rounds()));
            Appended one = notes.appended().get(pair);
            Appended other = notes.appended().get(pair + 1);
            replayTo(one.first());
            Map<String, byte[]> image = copy(files);
            BitSet done = new BitSet();
            done.set(0, one.first());
            done.set(one.first(), one.first() + someStores(one, random));
            done.set(other.first(), other.first() + someStores(other, random));
            done.stream().skip(one.first()).forEach(step -> steps.get(step).replay(image));
            assertRecovers(image, done::get, one.first(), other.end());
            row.progress(round + 1);
        }
        row.held(row.rounds() + " images of " + firsts.size() + " pairs of appends: found what was sealed, 0 false");
    }

    /** So many instants, in order: first of all those around a seal and within a move of a freed position. */
    private List<Integer> instants(int wanted) {
        Set<Integer> telling = new TreeSet<>();
        for (Appended appended : notes.appended()) {
            telling.addAll(List.of(appended.end() - 1, appended.end()));
        }
        for (Move move : moves) {
            move.words().forEach(word -> telling.addAll(List.of(word, word + 1)));
        }
        List<Integer> others = IntStream.rangeClosed(0, steps.size())
                .filter(instant -> !telling.contains(instant))
                .boxed()
                .toList();
        int ofTelling = Math.min(wanted, telling.size());
        List<Integer> instants = new ArrayList<>(spread(List.copyOf(telling), ofTelling));
        instants.addAll(spread(others, wanted - ofTelling));
        instants.sort(Comparator.naturalOrder());
        return instants;
    }

    private static List<Integer> spread(List<Integer> all, int wanted) {
        return IntStream.range(0, wanted)
                .mapToObj(i -> all.get(Math.floorDiv(i * all.size(), wanted)))
                .toList();
    }

    /** Stretches in which nothing says which store is seen first; and, more than any compiler may do, whole appends. */
    private List<int[]> stretchesWithoutOrder() {
        List<int[]> stretches = new ArrayList<>();
        int begin = 0;
        for (int step = 0; step <= steps.size(); step++) {
            if (step == steps.size() || !(steps.get(step) instanceof Write write) || write.ordered()) {
                if (step - begin > 1) {
                    stretches.add(new int[] {begin, step});
                }
                begin = step + 1;
            }
        }
        for (Appended appended : notes.appended()) {
            stretches.add(new int[] {appended.first(), appended.end() - 1});
        }
        stretches.sort(Comparator.comparingInt(stretch -> stretch[0]));
        return stretches;
    }

    /** Appends that are followed by another at once: two threads may be in both. */
    private List<Integer> firstsOfPairs() {
        List<Integer> firsts = new ArrayList<>();
        for (int i = 1; i < notes.appended().size(); i++) {
            if (notes.appended().get(i - 1).end() == notes.appended().get(i).first()) {
                firsts.add(i - 1);
            }
        }
        return firsts;
    }

    /** How far a thread came: often to the very begin or end. */
    private static int someStores(Appended appended, Random random) {
        int all = appended.end() - appended.first();
        return switch (random.nextInt(6)) {
            case 0 -> all;
            case 1 -> all - 1;
            case 2 -> Math.min(all, random.nextInt(4));
            default -> random.nextInt(all + 1);
        };
    }

    private void replayTo(int kill) {
        for (; at < kill; at++) {
            steps.get(at).replay(files);
        }
    }

    private static Map<String, byte[]> copy(Map<String, byte[]> files) {
        Map<String, byte[]> copy = new HashMap<>();
        files.forEach((name, bytes) -> copy.put(name, bytes.clone()));
        return copy;
    }

    /**
     * With the store's cursor and without one, and at the second start as at the first.
     *
     * @param done whether a step was done
     * @param begun all steps before this one were
     * @param claimed appends that began before this step may have claimed their slots
     */
    private int assertRecovers(Map<String, byte[]> image, IntPredicate done, int begun, int claimed)
            throws IOException {
        long unsealed = notes.appended().stream()
                .filter(record -> record.first() < claimed && !done.test(record.end() - 1))
                .mapToLong(Appended::slots)
                .sum();
        long[] cursor = storedAt(begun);
        if (cursor[0] + cursor[1] > 0) {
            assertRecovers(image, Optional.of(JournalCursor.of(cursor)), expected(done, cursor), unsealed, begun);
        }
        List<Observation> expected = expected(done, new long[RingStory.LANES]);
        assertRecovers(image, Optional.empty(), expected, unsealed, begun);
        return expected.size();
    }

    private void assertRecovers(
            Map<String, byte[]> image,
            Optional<JournalCursor> stored,
            List<Observation> expected,
            long unsealed,
            int begun)
            throws IOException {
        Restart.put(folder, image);
        int starts = Battery.isFull() || begun % 8 == 0 ? 2 : 1;
        for (int start = 1; start <= starts; start++) {
            Restart restart = Restart.on(folder, stored, RingStory.MAX_ENDPOINTS);
            assertThat(restart.found())
                    .as("start %d after step %d of %d, seed %d, store at %s", start, begun, steps.size(), SEED, stored)
                    .isEqualTo(expected);
            assertThat(restart.torn()).as("torn after step %d", begun).isLessThanOrEqualTo(unsealed);
        }
    }

    private long[] storedAt(int kill) {
        long[] stored = new long[RingStory.LANES];
        for (RingNotes.Committed committed : notes.committed()) {
            for (int lane = 0; lane < stored.length && committed.at() <= kill; lane++) {
                stored[lane] = committed.positions().get(lane);
            }
        }
        return stored;
    }

    /** What is sealed, that is: whose last store was done, and neither stored nor freed. */
    private List<Observation> expected(IntPredicate done, long[] stored) {
        long[] begin = stored.clone();
        for (Move move : moves) {
            if (move.isDone(done)) {
                begin[move.lane] = Math.max(begin[move.lane], move.position);
            }
        }
        return notes.appended().stream()
                .filter(record -> done.test(record.end() - 1) && record.position() >= begin[record.lane()])
                .sorted(Comparator.comparingInt(Appended::lane).thenComparingLong(Appended::position))
                .map(Appended::observation)
                .toList();
    }

    /** A freed position on its way into the file: the steps of its four words. It counts when both words of a copy are there. */
    private record Move(int lane, long position, List<Integer> words) {

        boolean isDone(IntPredicate done) {
            return (done.test(words.get(0)) && done.test(words.get(1)))
                    || (done.test(words.get(2)) && done.test(words.get(3)));
        }
    }

    private List<Move> movesOfFreedPositions() {
        List<Move> found = new ArrayList<>();
        for (RingNotes.Freed freed : notes.freed()) {
            int offset = RingFile.FREED_OFFSET + freed.lane() * RingFile.FREED_STRIDE;
            List<Integer> words = IntStream.range(freed.first(), freed.end())
                    .filter(step -> steps.get(step) instanceof Write write
                            && write.file().equals("journal.ring")
                            && write.offset() >= offset
                            && write.offset() < offset + RingFile.FREED_STRIDE)
                    .boxed()
                    .toList();
            if (!words.isEmpty()) {
                assertThat(words).hasSize(4);
                found.add(new Move(freed.lane(), freed.position(), words));
            }
        }
        return found;
    }
}
