package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Ledger;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the sender of requests knows, and what must therefore be stored: the independent counter behind the promises E1, E2
 * and E3.
 *
 * <p>Each {@link Witness} writes a file of its own while requests run, so that senders share nothing and the service has no
 * part in it; the checks read the files back. The witnesses must have been closed by then.
 */
final class Oracle {

    private static final char SENT = 's';
    private static final char ANSWERED = 'a';
    private static final char ANSWERED_EARLY = 'e';

    private final Path folder;
    private final List<Path> files = new ArrayList<>();

    /** An oracle that keeps its files in this folder, which must exist. */
    Oracle(Path folder) {
        this.folder = folder;
    }

    /** The log of one sender. One thread. */
    static final class Witness implements AutoCloseable {

        private final BufferedWriter log;

        private Witness(Path file) throws IOException {
            log = Files.newBufferedWriter(file);
        }

        /** Before the first byte of the request leaves. */
        void sent(String id, String endpoint) {
            write(SENT, id, endpoint);
        }

        /** The last byte of the answer has arrived. */
        void answered(String id) {
            write(ANSWERED, id, "");
        }

        /**
         * The last byte of the answer has arrived, but its handler closed it and may still have been at work: whether it
         * succeeded or failed was not known yet. Such a request may be stored or not.
         */
        void answeredEarly(String id) {
            write(ANSWERED_EARLY, id, "");
        }

        private void write(char what, String id, String endpoint) {
            try {
                log.append(what).append('\t').append(id).append('\t').append(endpoint);
                log.newLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try {
                log.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A log for one more sender. */
    synchronized Witness witness() {
        Path file = folder.resolve("witness-" + files.size() + ".log");
        files.add(file);
        try {
            return new Witness(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What the witnesses saw.
     *
     * @param sent endpoint by id: X
     * @param answered fully answered, and no longer handled: A
     * @param answeredEarly fully answered, and maybe still handled
     */
    record Seen(Map<String, String> sent, Set<String> answered, Set<String> answeredEarly) {}

    /** Reads the witnesses' files. */
    synchronized Seen seen() {
        Seen seen = new Seen(new HashMap<>(), new HashSet<>(), new HashSet<>());
        for (Path file : files) {
            try {
                for (String line : Files.readAllLines(file)) {
                    String[] part = line.split("\t", -1);
                    switch (part[0].charAt(0)) {
                        case SENT ->
                            assertThat(seen.sent.put(part[1], part[2]))
                                    .as("%s was sent before", part[1])
                                    .isNull();
                        case ANSWERED -> seen.answered.add(part[1]);
                        case ANSWERED_EARLY -> seen.answeredEarly.add(part[1]);
                        default -> throw new IllegalStateException(file + ": " + line);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return seen;
    }

    /**
     * E1, after a kill: A is a subset of S, S of X, no id twice, S minus A at most the requests in flight. Each stored
     * request has the endpoint that it was sent to.
     *
     * @param inFlight how many requests may have been on their way, over all kills so far
     * @return how many of those that were answered early are not stored; each was in flight
     */
    static int assertExactlyOnce(Seen seen, Stored stored, int inFlight) {
        assertThat(stored.twice()).as("stored twice").isEmpty();
        assertThat(missing(seen.answered, stored.endpoints().keySet()))
                .as("answered, not stored")
                .isEmpty();
        Set<String> unanswered = missing(stored.endpoints().keySet(), seen.answered);
        unanswered.removeAll(seen.answeredEarly);
        assertThat(unanswered).as("stored, not answered").hasSizeLessThanOrEqualTo(inFlight);
        stored.endpoints()
                .forEach((id, endpoint) ->
                        assertThat(endpoint).as("endpoint of %s", id).isEqualTo(seen.sent.get(id)));
        Set<String> early = missing(seen.answeredEarly, stored.endpoints().keySet());
        assertThat(early).as("answered early, not stored").hasSizeLessThanOrEqualTo(inFlight);
        return early.size();
    }

    private static Set<String> missing(Set<String> from, Set<String> in) {
        Set<String> missing = new HashSet<>(from);
        missing.removeAll(in);
        return missing;
    }

    /** E2, while the service lives: seen = stored + pending + sum(dropped by reason). */
    static void assertBalanced(Ledger ledger) {
        long dropped =
                ledger.dropped().values().stream().mapToLong(Long::longValue).sum();
        assertThat(ledger.stored() + ledger.pending() + dropped)
                .as("%s", ledger)
                .isEqualTo(ledger.seen());
    }

    /** The same of a ledger in words, as {@link FaultedProcess#ledger} has it. */
    static void assertBalanced(Map<String, Long> ledger) {
        long dropped = ledger.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("dropped."))
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertThat(ledger.get("stored") + ledger.get("pending") + dropped)
                .as("%s", ledger)
                .isEqualTo(ledger.get("seen"));
    }

    /** E3: the sum over rollup buckets equals the stored requests, for each endpoint and minute. */
    static void assertRollupsAreTheRequests(Stored stored) {
        assertThat(stored.rollups()).isEqualTo(stored.requests());
    }
}
