package io.millisight.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.battery.Battery;
import io.millisight.battery.MemoryFolder;
import io.millisight.battery.MutedLog;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Battery, row 3: damaged rings. A restart finds every record that is whole, counts what damage has cost, hands on nothing
 * that was never appended, and goes on.
 *
 * <p>Exactly the damaged slots are lost means: a record is found if and only if every byte that its seals cover is as it was
 * written, and it lies behind the store's cursor and the freed position. {@link UsedRing} says how many slots that makes. Not
 * lost are records behind a damaged freed position, whatever the cursor. Lost with the header are all, when both copies of it are
 * damaged: the file is then set aside as it is.
 */
class DamagedRingTest {

    private final Battery row = Battery.row(3, "damaged rings", 2_000, 100_000);
    private final Path folder;
    private final Path copy;
    private final byte[] dictionary;
    private int images;
    private int setAside;
    private long found;
    private long lost;
    private long torn;
    private long uncounted;
    private long nameless;

    DamagedRingTest() throws IOException {
        folder = MemoryFolder.create();
        copy = MemoryFolder.create();
        EndpointDictionary endpoints =
                EndpointDictionary.open(folder.resolve("endpoints.dict"), UsedRing.MAX_ENDPOINTS);
        for (Endpoint endpoint : UsedRing.ENDPOINTS) {
            endpoints.idOf(endpoint.method(), endpoint.route());
        }
        dictionary = Files.readAllBytes(folder.resolve("endpoints.dict"));
    }

    @Provide
    Arbitrary<UsedRing> rings() {
        return Combinators.combine(Arbitraries.of(1, 2, 4), Arbitraries.of(8, 16, 32, 64), Arbitraries.longs())
                .as((lanes, slots, seed) -> new UsedRing(lanes, slots, seed, dictionary));
    }

    @Provide
    Arbitrary<List<Damage>> damages() {
        return Damage.any().list().ofMinSize(0).ofMaxSize(5);
    }

    @Property(seed = "20260101", shrinking = ShrinkingMode.BOUNDED)
    @AddLifecycleHook(DamagedRingTest.AsRow.class)
    void exactlyTheDamagedSlotsAreLostAndCountedAndEveryStartSucceeds(
            @ForAll("rings") UsedRing ring, @ForAll("damages") List<Damage> damages) throws IOException {
        Map<String, byte[]> files = new HashMap<>(ring.files);
        damages.forEach(damage -> damage.doTo(files));
        UsedRing.Expected expected = ring.expected(files);
        Restart.put(folder, files);
        List<Observation> known = new ArrayList<>();
        try (JournalFolder opened = JournalFolder.open(folder, 1 << 12, UsedRing.MAX_ENDPOINTS)) {
            assertThat(opened.folder()).contains(folder);
            assertThat(isSetAside(folder)).isEqualTo(!expected.usable());
            Restart restart =
                    Restart.of(opened.recover(ring.stored(opened.journal().id()), new ManualClock()));
            known.addAll(withoutNumbers(restart.found()));
            assertThat(known).isEqualTo(expected.found());
            assertThat(restart.torn()).as("torn").isEqualTo(expected.torn());
            known.addAll(goesOn(opened));
            copyTo(copy);
        }
        try (JournalFolder opened = JournalFolder.open(copy, 1 << 12, UsedRing.MAX_ENDPOINTS)) {
            Restart second =
                    Restart.of(opened.recover(ring.stored(opened.journal().id()), new ManualClock()));
            assertThat(withoutNumbers(second.found())).containsExactlyInAnyOrderElementsOf(known);
        }
        count(expected);
    }

    /** New endpoints and records, as long as there is room: none of them may change what is there. */
    private static List<Observation> goesOn(JournalFolder opened) {
        List<Observation> added = new ArrayList<>();
        for (int n = 1; n <= 3; n++) {
            Endpoint fresh = new Endpoint("PUT", "/new/" + n);
            int id = opened.endpoints().idOf(fresh.method(), fresh.route());
            assertThat(opened.endpoints().endpoint(id)).isEqualTo(fresh);
            Observation observation = new Observation(
                    id,
                    fresh,
                    201,
                    Outcome.COMPLETED,
                    false,
                    1_767_300_000_000_000L + n,
                    n,
                    null,
                    n == 2 ? "/n".repeat(40) : null);
            if (UsedRing.append(opened.journal(), observation)) {
                added.add(UsedRing.withEndpoint(observation, fresh));
            }
        }
        return added;
    }

    private static List<Observation> withoutNumbers(List<Observation> observations) {
        return observations.stream()
                .map(observation -> UsedRing.withEndpoint(observation, observation.endpoint()))
                .toList();
    }

    private static boolean isSetAside(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("journal.ring.damaged-"));
        }
    }

    /** The folder as a process leaves it that is killed now. */
    private void copyTo(Path to) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        for (String file : List.of("journal.ring", "endpoints.dict")) {
            files.put(file, Files.readAllBytes(folder.resolve(file)));
        }
        Restart.put(to, files);
    }

    private void count(UsedRing.Expected expected) {
        images++;
        setAside += expected.usable() ? 0 : 1;
        found += expected.found().size();
        lost += expected.lost();
        torn += expected.torn();
        uncounted += expected.uncounted();
        nameless += expected.found().stream()
                .filter(observation -> observation.endpoint().equals(Endpoint.OTHER))
                .count();
        row.progress(images);
    }

    private void held() {
        row.held(images + " images: " + found + " records found, " + lost + " lost to damage, for them " + torn
                + " slots counted as torn; " + uncounted + " of the lost left no trace to count; " + nameless
                + " kept their figures and lost their endpoint's name; " + setAside
                + " rings set aside with both headers damaged; 0 false");
    }

    /** As many tries as the row has rounds, without the warnings that each is worth. */
    static final class AsRow implements AroundPropertyHook {

        @Override
        public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property)
                throws IOException {
            DamagedRingTest test = (DamagedRingTest) context.testInstance();
            context.attributes().setTries(test.row.rounds());
            try {
                PropertyExecutionResult result = MutedLog.during(property::execute);
                if (result.status() == PropertyExecutionResult.Status.SUCCESSFUL) {
                    test.held();
                }
                return result;
            } finally {
                MemoryFolder.delete(test.folder);
                MemoryFolder.delete(test.copy);
            }
        }
    }
}
