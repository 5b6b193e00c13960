package io.millisight.store;

import io.millisight.journal.Journal;
import io.millisight.journal.JournalFolder;
import io.millisight.journal.JournalReader;
import io.millisight.observe.Outcome;
import io.millisight.testkit.ManualClock;
import java.util.Optional;

/** A small ring in memory with a feed behind it; the test is the consumer. */
final class Feeding {

    static final long BYTES = 1 << 18;

    final ManualClock clock = new ManualClock();
    final JournalFolder folder = JournalFolder.inMemory(BYTES, 10, "test");
    final Journal journal = folder.journal();
    final JournalReader reader = folder.recover(Optional.empty(), clock);
    final StoreFeed feed = new StoreFeed(journal, reader.cursor());
    final int slots = (int) (BYTES / 64);

    /** Appends requests of one endpoint, a microsecond apart; all fit into this thread's lane. */
    void append(int requests) {
        append(requests, 1_000_000);
    }

    void append(int requests, long completedAtMicros) {
        for (int n = 0; n < requests; n++) {
            if (!journal.append(
                    0, 200, Outcome.COMPLETED.code(), (completedAtMicros + n) * 1_000, 5_000, "u" + n, null)) {
                throw new IllegalStateException("ring full");
            }
        }
    }

    /** What the consumer does in one drain. */
    void drain() {
        reader.poll(Integer.MAX_VALUE, feed::accept);
        feed.drained(reader.cursor(), clock.epochMicros());
    }

    void drainAndCut() {
        drain();
        feed.cut();
    }
}
