package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Row 8: whatever fails in what we do for a request, its response has the bytes of the service without us. */
class RecorderFaultsTest {

    private static final long SEED = 8;

    /** Ours, and the hour. */
    private static final List<String> NOT_COMPARED = List.of("x-response-time", "date");

    private static final Map<String, Supplier<Throwable>> FAULTS = new LinkedHashMap<>();

    static {
        FAULTS.put("exception", () -> new IllegalStateException("injected"));
        FAULTS.put("out of memory", () -> new OutOfMemoryError("injected"));
        FAULTS.put("stack overflow", () -> new StackOverflowError("injected"));
        FAULTS.put("linkage", () -> new NoSuchMethodError("injected"));
        FAULTS.put("mapping gone", () -> new InternalError("injected"));
        FAULTS.put("assertion", () -> new AssertionError("injected"));
        FAULTS.put("checked", () -> new IOException("injected"));
        FAULTS.put("interrupted", () -> new InterruptedException("injected"));
        FAULTS.put("cause in a circle", RecorderFaultsTest::circular);
    }

    @TempDir
    private Path folder;

    private HostedTomcat bare;
    private HostedTomcat monitored;
    private FaultySide side;
    private final Map<String, String> expected = new LinkedHashMap<>();
    private int sent;

    /** One request to make and what to do to it. */
    private record Round(String path, int at, boolean fromThereOn, String fault) {}

    @BeforeEach
    void start() throws Exception {
        bare = HostedTomcat.start(context -> {
            EveryShape.registerInterrupts(context);
            EveryShape.register(context);
        });
        side = (FaultySide) new FaultyClasses(getClass().getClassLoader())
                .loadClass("io.millisight.servlet.MonitoredSide")
                .getConstructor(Path.class)
                .newInstance(folder);
        monitored = HostedTomcat.start(context -> {
            EveryShape.registerInterrupts(context);
            side.register(context);
            EveryShape.register(context);
        });
        for (String path : EveryShape.paths()) {
            expected.put(path, answer(bare, path, ""));
            assertThat(send(path, "")).as("%s without a fault", path).isEqualTo(expected.get(path));
            send(path, ""); // what is done once, at the first of its kind, is done by now
        }
    }

    @AfterEach
    void stop() throws Exception {
        FaultPoints.disarm();
        monitored.close();
        bare.close();
        side.close();
    }

    @Test
    void answersByteForByteAsWithoutUsWhateverFailsInTheRecorder() throws Exception {
        Battery row = Battery.row(8, "recorder faults", 600, 10_000);
        Set<Integer> reached = new TreeSet<>();
        List<Round> rounds = plan(row.rounds(), reached);
        Set<String> differing = new TreeSet<>();
        Set<String> uncounted = new TreeSet<>();
        int once = 0;
        int onceInCore = 0;
        int fromThereOn = 0;
        Set<Integer> attacked = new TreeSet<>();
        for (int i = 0; i < rounds.size(); i++) {
            Round round = rounds.get(i);
            long before = side.filterFaults();
            FaultPoints.Plan plan = FaultPoints.arm(round.at, round.fromThereOn, FAULTS.get(round.fault));
            String answered = send(round.path, "");
            FaultPoints.disarm();
            if (plan.fired() > 0) {
                attacked.add(plan.firedAt());
                long counted = side.filterFaults() - before;
                if (!answered.equals(expected.get(round.path))) {
                    differing.add(name(plan) + " (" + round + "): " + answered);
                }
                if (round.fromThereOn) {
                    fromThereOn++;
                } else {
                    once++;
                    onceInCore += isOfFilter(plan.firedAt()) ? 0 : 1;
                    if (isOfFilter(plan.firedAt()) && counted != 1) {
                        uncounted.add(name(plan) + " " + counted + " times (" + round + ")");
                    }
                }
            }
            row.progress(i + 1);
        }
        assertThat(differing).as("responses that differ").isEmpty();
        assertThat(uncounted).as("faults not counted once").isEmpty();
        FaultySide.Counts counts = settled();
        assertThat(counts.seen())
                .as("%s, of %d requests", counts, sent)
                .isBetween((long) sent, sent + counts.torn() + once + fromThereOn);
        assertThat(counts.recorderFaults()).as("%s", counts).isGreaterThanOrEqualTo(onceInCore);
        assertThat(counts.inStore()).as("%s", counts).isEqualTo(counts.stored());
        row.held(String.format(
                "%d faults at %d places in %d shapes of answer, %d of them with all that follows: 0 of %d responses differ;"
                        + " %d recorder faults and %d torn slots counted",
                once + fromThereOn,
                attacked.size(),
                expected.size(),
                fromThereOn,
                rounds.size(),
                counts.recorderFaults(),
                counts.torn()));
    }

    @Test
    void keepsAnInterruptOfTheRequestAndOutlivesThoseOfItsOwnThreads() throws Exception {
        Battery row = Battery.row(8, "interrupts", 300, 5_000);
        List<String> paths = EveryShape.bufferedPaths();
        Map<String, String> interrupted = new LinkedHashMap<>();
        for (String path : paths) {
            interrupted.put(path, answer(bare, path, EveryShape.INTERRUPT + ": 1\r\n"));
            assertThat(interrupted.get(path)).contains("X-Interrupted: true");
        }
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong interrupts = new AtomicLong();
        Thread vandal = new Thread(() -> {
            List<Thread> ours = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("millisight-"))
                    .toList();
            while (!over.get()) {
                ours.forEach(Thread::interrupt);
                interrupts.addAndGet(ours.size());
                LockSupport.parkNanos(200_000);
            }
        });
        vandal.start();
        try {
            for (int i = 0; i < row.rounds(); i++) {
                String path = paths.get(i % paths.size());
                assertThat(send(path, EveryShape.INTERRUPT + ": 1\r\n"))
                        .as(path)
                        .isEqualTo(interrupted.get(path));
                row.progress(i + 1);
            }
        } finally {
            over.set(true);
            vandal.join();
        }
        FaultySide.Counts counts = settled();
        assertThat(counts).isEqualTo(new FaultySide.Counts(sent, sent, 0, 0, 0, 0, 0, sent));
        assertThat(interrupts.get()).isPositive();
        row.held(String.format(
                "%d requests interrupted, %d interrupts of our threads: every response as without us, every request stored",
                row.rounds(), interrupts.get()));
    }

    /** When nothing is on its way any more: slots that a fault left unsealed are given up after 10 s, lane by lane. */
    private FaultySide.Counts settled() {
        FaultySide.Counts before = side.counts();
        while (true) {
            side.advance(TimeUnit.SECONDS.toNanos(11));
            side.counts(); // begins to wait for what is not sealed
            side.advance(TimeUnit.SECONDS.toNanos(11));
            FaultySide.Counts counts = side.counts();
            if (counts.equals(before) && counts.pending() == 0) {
                return counts;
            }
            before = counts;
        }
    }

    /** Every place once alone and once with all behind it; then places, kinds and shapes as the seed has it. */
    private List<Round> plan(int most, Set<Integer> reached) throws IOException {
        List<String> kinds = new ArrayList<>(FAULTS.keySet());
        List<Round> first = new ArrayList<>();
        List<Round> others = new ArrayList<>();
        for (String path : EveryShape.paths()) {
            boolean slow = path.equals(EveryShape.TIMEOUT);
            FaultPoints.Plan trace = FaultPoints.trace();
            send(path, "");
            FaultPoints.disarm();
            List<Integer> passed = trace.passed();
            for (int at = 1; at <= passed.size(); at++) {
                int point = passed.get(at - 1);
                boolean isNew = reached.add(point);
                boolean isEnd = passed.indexOf(point) == at - 1 || passed.lastIndexOf(point) == at - 1;
                for (boolean fromThereOn : new boolean[] {false, true}) {
                    if (isNew && (!slow || Battery.isFull())) {
                        first.add(new Round(path, at, fromThereOn, kinds.get(first.size() % kinds.size())));
                    }
                    for (String kind : slow || !isEnd ? List.<String>of() : kinds) {
                        others.add(new Round(path, at, fromThereOn, kind));
                    }
                }
            }
        }
        Collections.shuffle(others, new Random(SEED));
        List<Round> rounds = new ArrayList<>(new LinkedHashSet<>(first));
        for (int i = 0; rounds.size() < most; i++) {
            rounds.add(others.get(i % others.size()));
        }
        return rounds;
    }

    private String send(String path, String header) throws IOException {
        sent++;
        return answer(monitored, path, header);
    }

    private String answer(HostedTomcat server, String path, String header) throws IOException {
        String full = path.equals(EveryShape.FRESH) ? path + "word" + letters(sent) : path;
        byte[] request = Wire.bytes("GET " + full + " HTTP/1.1\r\nHost: localhost\r\nX-User: ada-l\u00f6velace-"
                + "x".repeat(sent % 300) + "\r\n" + header + "Connection: close\r\n\r\n");
        return Wire.without(Wire.answer(server.port(), request), NOT_COMPARED);
    }

    /** A number as a word, which no normalizer takes for an id. */
    private static String letters(int number) {
        StringBuilder word = new StringBuilder();
        for (int rest = number; rest > 0; rest /= 20) {
            word.append((char) ('g' + rest % 20));
        }
        return word.toString();
    }

    private static String name(FaultPoints.Plan plan) {
        return FaultPoints.name(plan.firedAt());
    }

    private static boolean isOfFilter(int point) {
        return FaultPoints.name(point).startsWith("servlet/");
    }

    private static Throwable circular() {
        Exception first = new IllegalStateException("injected");
        first.initCause(new IllegalStateException("around", first));
        return first;
    }
}
