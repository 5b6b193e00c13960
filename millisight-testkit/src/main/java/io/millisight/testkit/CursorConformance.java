package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.journal.JournalCursor;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupChange;
import io.millisight.store.RequestQuery;
import io.millisight.store.RollupQuery.Resolution;
import io.millisight.store.StoreBatch;
import io.millisight.store.StoreException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cursors and transactions: what makes every request arrive exactly once. */
abstract class CursorConformance extends StoreFixture {

    private final BatchBuilder batches = new BatchBuilder("a", "journal-a");

    @Test
    void knowsNoCursorOfAJournalItHasNeverSeen() {
        assertThat(store.cursor("never seen")).isEmpty();
    }

    @Test
    void cursorComesBackAsItWasCommitted() {
        StoreBatch batch = batches.request("GET /a", START, MILLI_NANOS).build();
        assertThat(store.commit(batch)).isTrue();
        assertThat(store.cursor("journal-a")).contains(batch.to());
    }

    @Test
    void emptyBatchMovesTheCursorAlone() {
        StoreBatch batch = batches.build();
        assertThat(store.commit(batch)).isTrue();
        assertThat(store.cursor("journal-a")).contains(batch.to());
        assertThat(store.status().requests()).isZero();
    }

    @Test
    void repeatedCommitChangesNothingAndSaysSo() {
        StoreBatch batch = batches.request("GET /a", START, MILLI_NANOS).build();
        store.commit(batch);
        assertThat(store.commit(batch)).isFalse();
        assertThat(store.status().requests()).isEqualTo(1);
        assertThat(requests("GET /a", START, START + MINUTE, Resolution.MINUTE)).isEqualTo(1);
    }

    @Test
    void cursorNeverGoesBack() {
        StoreBatch first = batches.request("GET /a", START, MILLI_NANOS).build();
        StoreBatch second = batches.request("GET /a", START, MILLI_NANOS).build();
        store.commit(first);
        store.commit(second);
        assertThat(store.commit(first)).isFalse();
        assertThat(store.cursor("journal-a")).contains(second.to());
        assertThat(store.status().requests()).isEqualTo(2);
    }

    @Test
    void refusesABatchThatTheStoredCursorLiesInAndNamesBoth() {
        StoreBatch batch = batches.request("GET /a", START, MILLI_NANOS).build();
        store.commit(withCursors(batch, JournalCursor.of(0, 0), JournalCursor.of(10, 10)));
        for (JournalCursor from : List.of(JournalCursor.of(5, 5), JournalCursor.of(0, 0), JournalCursor.of(20, 5))) {
            StoreBatch overlapping = withCursors(batch, from, JournalCursor.of(30, 30));
            assertThatThrownBy(() -> store.commit(overlapping))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("[10, 10]")
                    .hasMessageContaining(from.toString());
        }
        assertThat(store.cursor("journal-a")).contains(JournalCursor.of(10, 10));
        assertThat(store.status().requests()).isEqualTo(1);
    }

    @Test
    void refusesABatchWithAnotherNumberOfLanes() {
        StoreBatch batch = batches.request("GET /a", START, MILLI_NANOS).build();
        store.commit(withCursors(batch, JournalCursor.of(0, 0), JournalCursor.of(10, 10)));
        assertThatThrownBy(() -> store.commit(
                        withCursors(batch, JournalCursor.of(10, 10, 0, 0), JournalCursor.of(20, 20, 5, 5))))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void takesABatchThatBeginsBehindTheStoredCursor() {
        StoreBatch batch = batches.request("GET /a", START, MILLI_NANOS).build();
        store.commit(withCursors(batch, JournalCursor.of(0, 0), JournalCursor.of(10, 10)));
        assertThat(store.commit(withCursors(batch, JournalCursor.of(12, 10), JournalCursor.of(20, 10))))
                .isTrue();
        assertThat(store.cursor("journal-a")).contains(JournalCursor.of(20, 10));
    }

    @Test
    void keepsTheJournalsOfSeveralInstancesApart() {
        BatchBuilder other = new BatchBuilder("b", "journal-b");
        StoreBatch ofA = batches.request("GET /a", START, MILLI_NANOS).build();
        StoreBatch ofB = other.request("GET /a", START, MILLI_NANOS)
                .request("GET /b", START, MILLI_NANOS)
                .build();
        assertThat(store.commit(ofA)).isTrue();
        assertThat(store.commit(ofB)).isTrue();
        assertThat(store.cursor("journal-a")).contains(ofA.to());
        assertThat(store.cursor("journal-b")).contains(ofB.to());
        assertThat(store.status().requests()).isEqualTo(3);
    }

    @Test
    void commitThatFailsLeavesNothingBehind() {
        StoreBatch sound = batches.request("GET /a", START, MILLI_NANOS).build();
        int unknownEndpoint = 99;
        StoreBatch broken = new StoreBatch(
                sound.service(),
                sound.instance(),
                sound.journalId(),
                sound.from(),
                sound.to(),
                sound.endpoints(),
                sound.requests(),
                List.of(sound.rollups().get(0), new RollupChange(unknownEndpoint, START, new Rollup())));
        assertThatThrownBy(() -> store.commit(broken)).isInstanceOf(RuntimeException.class);
        assertThat(store.cursor("journal-a")).isEmpty();
        assertThat(readAll(RequestQuery.all(ALWAYS, 10))).isEmpty();
        assertThat(sums(START, START + HOUR, Resolution.COARSEST)).isEmpty();

        assertThat(store.commit(sound)).isTrue();
        assertThat(readAll(RequestQuery.all(ALWAYS, 10))).hasSize(1);
        assertThat(sums(START, START + HOUR, Resolution.COARSEST)).containsOnlyKeys("GET /a");
    }

    @Test
    void closedStoreRefusesAndClosingTwiceIsFine() {
        StoreBatch batch = batches.request("GET /a", START, MILLI_NANOS).build();
        store.close();
        store.close();
        assertThatThrownBy(() -> store.commit(batch)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.maintain(START)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.cursor("journal-a")).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.requests(RequestQuery.all(ALWAYS, 1))).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> sums(START, START + 1, Resolution.MINUTE)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.status()).isInstanceOf(StoreException.class);
    }

    private static StoreBatch withCursors(StoreBatch batch, JournalCursor from, JournalCursor to) {
        return new StoreBatch(
                batch.service(),
                batch.instance(),
                batch.journalId(),
                from,
                to,
                batch.endpoints(),
                batch.requests(),
                batch.rollups());
    }
}
