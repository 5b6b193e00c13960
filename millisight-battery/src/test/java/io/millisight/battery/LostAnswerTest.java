package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.journal.JournalCursor;
import io.millisight.journal.JournalFolder;
import io.millisight.journal.JournalReader;
import io.millisight.observe.Outcome;
import io.millisight.report.Reports;
import io.millisight.rollup.TimeRange;
import io.millisight.store.AlertRecord;
import io.millisight.store.HealthFeed;
import io.millisight.store.HealthQuery;
import io.millisight.store.HealthRecord;
import io.millisight.store.InstanceRecord;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupVisitor;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoreBatch;
import io.millisight.store.StoreException;
import io.millisight.store.StoreFeed;
import io.millisight.store.StoreStatus;
import io.millisight.store.StoreWriter;
import io.millisight.store.Stores;
import io.millisight.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Battery, beside row 5: the answer to a commit is lost after the commit was done, so that what is stored already is offered
 * again. Real SQLite, and the real way from the ring to it.
 */
class LostAnswerTest {

    private static final long SEED = 20_260_101;
    private static final int MOST_AT_ONCE = 40;

    @Test
    void aCommitWhoseAnswerIsLostIsStoredOnce(@TempDir Path directory) {
        Battery row = Battery.row(5, "answer to a commit lost", 60, 1_000);
        Random random = new Random(SEED);
        ManualClock clock = new ManualClock();
        try (JournalFolder folder = JournalFolder.open(directory, 1 << 20, 10);
                LosingAnswers store = new LosingAnswers(Stores.open("sqlite", directory, Retention.defaults()))) {
            JournalReader reader = folder.recover(store.cursor(folder.journal().id()), clock);
            StoreFeed feed = new StoreFeed(folder.journal(), reader.cursor());
            StoreWriter writer = new StoreWriter(
                    store,
                    feed,
                    new HealthFeed("shop", "1"),
                    new StoreWriter.Identity("shop", "1", folder.journal().id()),
                    folder.endpoints()::endpoints,
                    () -> cut(reader, feed),
                    clock,
                    Duration.ofSeconds(1));
            long recorded = 0;
            for (int round = 1; round <= row.rounds(); round++) {
                for (int more = 1 + random.nextInt(MOST_AT_ONCE); more > 0; more--) {
                    assertThat(append(folder, clock)).isTrue();
                    recorded++;
                }
                for (int lost = random.nextInt(3); lost > 0; lost--) {
                    store.loseTheNextAnswer();
                    assertThatThrownBy(writer::flush).hasMessage("the answer was lost");
                }
                writer.flush();
                assertThat(store.status().requests())
                        .as("round %d, seed %d", round, SEED)
                        .isEqualTo(recorded);
                assertThat(rolledUp(store, clock)).isEqualTo(recorded);
                row.progress(round);
            }
            row.held(recorded + " requests, " + store.lost + " answers lost: each stored once, rollups equal");
        }
    }

    private static boolean append(JournalFolder folder, ManualClock clock) {
        int endpoint = folder.endpoints().idOf("GET", "/a");
        return folder.journal()
                .append(endpoint, 200, Outcome.COMPLETED.code(), clock.epochMicros() * 1_000, 1_000, "ann", null);
    }

    private static void cut(JournalReader reader, StoreFeed feed) {
        reader.poll(Integer.MAX_VALUE, feed::accept);
        feed.readUpTo(reader.cursor());
        feed.cut();
    }

    private static long rolledUp(Store store, ManualClock clock) {
        TimeRange around = new TimeRange(clock.epochMicros() - TimeRange.HOUR, clock.epochMicros() + TimeRange.HOUR);
        return new Reports(store).performance(around, Scope.ALL).total().requests();
    }

    /** A store that does what it is told, and at times does not get round to saying so. */
    private static final class LosingAnswers implements Store {

        private final Store store;
        private boolean loses;
        private int lost;

        LosingAnswers(Store store) {
            this.store = store;
        }

        void loseTheNextAnswer() {
            loses = true;
        }

        @Override
        public boolean commit(StoreBatch batch) {
            boolean written = store.commit(batch);
            if (loses) {
                loses = false;
                lost++;
                throw new StoreException("the answer was lost");
            }
            return written;
        }

        @Override
        public void addInstance(InstanceRecord record) {
            store.addInstance(record);
        }

        @Override
        public List<InstanceRecord> instances() {
            return store.instances();
        }

        @Override
        public boolean addAlert(AlertRecord alert, long cooldownMicros) {
            return store.addAlert(alert, cooldownMicros);
        }

        @Override
        public List<AlertRecord> alerts(TimeRange range, Scope scope, int limit) {
            return store.alerts(range, scope, limit);
        }

        @Override
        public Optional<JournalCursor> cursor(String journalId) {
            return store.cursor(journalId);
        }

        @Override
        public void rollups(RollupQuery query, RollupVisitor visitor) {
            store.rollups(query, visitor);
        }

        @Override
        public RequestPage requests(RequestQuery query) {
            return store.requests(query);
        }

        @Override
        public void addHealth(List<HealthRecord> records) {
            store.addHealth(records);
        }

        @Override
        public void health(HealthQuery query, Consumer<HealthRecord> visitor) {
            store.health(query, visitor);
        }

        @Override
        public boolean maintain(long nowMicros, long trustedMicros) {
            return store.maintain(nowMicros, trustedMicros);
        }

        @Override
        public StoreStatus status() {
            return store.status();
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
