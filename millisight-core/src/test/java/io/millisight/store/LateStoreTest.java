package io.millisight.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.block.RequestColumns;
import io.millisight.journal.Journal;
import io.millisight.journal.JournalCursor;
import io.millisight.journal.JournalFolder;
import io.millisight.journal.JournalReader;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.RollupChange;
import io.millisight.rollup.TimeRange;
import io.millisight.testkit.ManualClock;
import io.millisight.testkit.SharedMemoryStoreFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LateStoreTest {

    private final StoreException locked = StoreException.passing("locked", new Exception("busy"));

    private final ManualClock clock = new ManualClock();
    private final Store behind = Stores.open("memory", Path.of("."), Retention.defaults());
    private boolean open;
    private int attempts;
    private JournalFolder folder;
    private LateStore store;
    private JournalReader reader;
    private StoreFeed feed;

    @BeforeEach
    void beginWithoutAStore(@TempDir Path directory) {
        folder = JournalFolder.open(directory, 1 << 20, 10);
        store = new LateStore(this::tryToOpen, folder, clock, locked);
        reader = folder.recover(store.cursor(folder.journal().id()), clock);
        feed = new StoreFeed(folder.journal(), reader.cursor());
    }

    @AfterEach
    void close() {
        store.close();
        folder.close();
    }

    @Test
    void isTriedAgainAtMostOnceASecond() {
        assertThatThrownBy(store::status).isInstanceOf(StoreException.class).hasMessageContaining("locked");
        assertThat(attempts).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThatThrownBy(store::status).isSameAs(locked);
        assertThatThrownBy(store::status).hasCause(locked);
        assertThat(attempts).isEqualTo(1);
        open = true;
        clock.advance(Duration.ofSeconds(1));
        assertThat(store.status().requests()).isZero();
        assertThat(store.maintain(clock.epochMicros(), clock.epochMicros())).isFalse();
        assertThat(attempts).isEqualTo(2);
    }

    @Test
    void isSharedOnceTheStoreBehindItIsKnownToBe() {
        LateStore late = new LateStore(() -> SharedMemoryStoreFactory.shared(behind), folder, clock, locked);
        assertThat(late.isShared()).isFalse();
        clock.advance(Duration.ofSeconds(1));
        late.status();
        assertThat(late.isShared()).isTrue();
    }

    @Test
    void isNotOpenedAnyMoreOnceItIsClosed() {
        store.close();
        open = true;
        clock.advance(Duration.ofSeconds(5));
        assertThatThrownBy(store::status).isInstanceOf(StoreException.class);
        assertThat(attempts).isZero();
    }

    @Test
    void handsABatchOnWhenTheStoreIsBehindIt() {
        commitRest(append(5), null, 5);
        commitRest(append(3), null, 8);
        assertThat(store.cursor(folder.journal().id())).contains(reader.cursor());
    }

    @Test
    void storesOfABatchOnlyWhatLiesBehindTheStoresCursor() {
        StoreFeed.Portion portion = append(10);
        commitRest(portion, ahead(portion, 4), 6);
        commitRest(append(2), null, 8);
    }

    @Test
    void storesNothingOfABatchThatTheStoreHas() {
        StoreFeed.Portion portion = append(10);
        commitRest(portion, portion.to, 0);
        commitRest(append(2), null, 2);
    }

    @Test
    void leavesOutWhatCanNoLongerBeToldFromWhatIsStored() {
        StoreFeed.Portion portion = append(10);
        folder.journal().free(ahead(portion, 6));
        commitRest(portion, ahead(portion, 4), 0);
        commitRest(append(2), null, 2);
    }

    private Store tryToOpen() {
        attempts++;
        if (!open) {
            throw locked;
        }
        return behind;
    }

    /** Requests of one thread: they are all in one lane. */
    private StoreFeed.Portion append(int requests) {
        for (int i = 0; i < requests; i++) {
            assertThat(folder.journal().append(1, 200, 0, clock.epochMicros() * 1_000 + i, 5, null, null))
                    .isTrue();
        }
        reader.poll(100, feed::accept);
        feed.readUpTo(reader.cursor());
        feed.cut();
        return feed.next();
    }

    private void commitRest(StoreFeed.Portion portion, JournalCursor storedBefore, long requests) {
        Journal journal = folder.journal();
        if (storedBefore != null) {
            behind.commit(batch(portion.from, storedBefore, new RequestColumns(0), List.of()));
        }
        open = true;
        clock.advance(Duration.ofSeconds(1));
        store.commit(batch(portion.from, portion.to, portion.requests, portion.changes()));
        assertThat(behind.status().requests()).isEqualTo(requests);
        TimeRange range = new TimeRange(clock.epochMicros() - TimeRange.HOUR, clock.epochMicros() + TimeRange.HOUR);
        assertThat(store.requests(RequestQuery.all(range, 100)).requests()).hasSize((int) requests);
        long[] counted = new long[1];
        store.rollups(
                new RollupQuery(range, RollupQuery.Resolution.COARSEST, Scope.ALL),
                (endpoint, window, rollup) -> counted[0] += rollup.requests());
        assertThat(counted[0]).isEqualTo(requests);
        assertThat(behind.cursor(journal.id())).isEqualTo(Optional.of(portion.to));
        feed.stored(portion);
    }

    private StoreBatch batch(
            JournalCursor from, JournalCursor to, RequestColumns requests, List<RollupChange> changes) {
        return new StoreBatch(
                "shop",
                "one",
                folder.journal().id(),
                from,
                to,
                List.of(Endpoint.OTHER, new Endpoint("GET", "/a")),
                requests,
                changes);
    }

    private static JournalCursor ahead(StoreFeed.Portion portion, long slots) {
        long[] positions = new long[portion.from.lanes()];
        for (int lane = 0; lane < positions.length; lane++) {
            positions[lane] = Math.min(portion.from.position(lane) + slots, portion.to.position(lane));
        }
        return JournalCursor.of(positions);
    }
}
