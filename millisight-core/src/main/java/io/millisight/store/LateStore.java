package io.millisight.store;

import io.millisight.block.RequestColumns;
import io.millisight.journal.JournalCursor;
import io.millisight.journal.JournalFolder;
import io.millisight.journal.JournalReader;
import io.millisight.observe.TimeSource;
import io.millisight.rollup.TimeRange;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that could not be opened at the start, for a reason that may pass: every call tries again, at most once a
 * second. Thread-safe.
 *
 * <p>Until it is open, nobody knows how far the journal was stored. The reader therefore begins where the ring was freed,
 * which never lies behind the store's cursor, and may read again what an earlier process had stored when it was killed. So
 * each batch is compared with the store's cursor until they are in step: what lies before it is in the store already, and a
 * batch around it is read from the ring once more, from the cursor on.
 */
public final class LateStore implements Store {

    private static final Logger log = LoggerFactory.getLogger("millisight");

    /** An attempt may take seconds: many readers must not queue for one each. */
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private final Supplier<Store> opener;
    private final JournalFolder folder;
    private final TimeSource time;
    private final Object opening = new Object();

    private volatile @Nullable Store store;
    private StoreException refusal;
    private long refusedAt;
    private boolean closed;

    /** Touched by {@link #commit} alone. */
    private boolean inStep;

    /**
     * A store to be opened later.
     *
     * @param opener opens it, or throws {@link StoreException}
     * @param folder of the journal, recovered without a cursor
     * @param refusal why it could not be opened just now
     */
    public LateStore(Supplier<Store> opener, JournalFolder folder, TimeSource time, StoreException refusal) {
        this.opener = opener;
        this.folder = folder;
        this.time = time;
        this.refusal = refusal;
        this.refusedAt = time.nanoTime();
    }

    private Store opened() {
        Store known = store;
        if (known != null) {
            return known;
        }
        synchronized (opening) {
            known = store;
            if (known != null) {
                return known;
            }
            if (closed || time.nanoTime() - refusedAt < PAUSE_NANOS) {
                throw new StoreException("not open yet: " + refusal.getMessage(), refusal);
            }
            try {
                known = opener.get();
            } catch (StoreException e) {
                refusal = e;
                refusedAt = time.nanoTime();
                throw e;
            }
            store = known;
            return known;
        }
    }

    /** Empty also while the store is not open. */
    @Override
    public Optional<JournalCursor> cursor(String journalId) {
        Store known = store;
        return known == null ? Optional.empty() : known.cursor(journalId);
    }

    @Override
    public boolean commit(StoreBatch batch) {
        Store opened = opened();
        return opened.commit(inStep ? batch : unstored(batch, opened.cursor(batch.journalId())));
    }

    private StoreBatch unstored(StoreBatch batch, Optional<JournalCursor> cursor) {
        if (cursor.isEmpty() || batch.from().isAtOrAfter(cursor.get())) {
            inStep = true;
            return batch;
        }
        return cursor.get().isAtOrAfter(batch.to()) ? batch : rest(batch, cursor.get());
    }

    /** What of the batch lies behind the cursor. */
    private StoreBatch rest(StoreBatch batch, JournalCursor stored) {
        JournalCursor from = batch.from().max(stored);
        JournalCursor to = batch.to().max(stored);
        StoreFeed feed = new StoreFeed(folder.journal(), from);
        JournalReader reader = folder.reread(from, to, time);
        reader.poll(Integer.MAX_VALUE, feed::accept);
        feed.readUpTo(to);
        feed.cut();
        StoreFeed.Portion rest = feed.next();
        if (rest != null && !folder.holds(from)) {
            log.warn(
                    "{} requests are not stored: the store has some of them already, and which is no longer known",
                    batch.requests().size());
            rest = null;
        }
        return new StoreBatch(
                batch.service(),
                batch.instance(),
                batch.journalId(),
                from,
                to,
                batch.endpoints(),
                rest == null ? new RequestColumns(0) : rest.requests,
                rest == null ? List.of() : rest.changes());
    }

    @Override
    public void addHealth(List<HealthRecord> records) {
        opened().addHealth(records);
    }

    @Override
    public void health(HealthQuery query, Consumer<HealthRecord> visitor) {
        opened().health(query, visitor);
    }

    /** False while the store is not open: whose it is, is not known yet. */
    @Override
    public boolean isShared() {
        Store known = store;
        return known != null && known.isShared();
    }

    @Override
    public void addInstance(InstanceRecord record) {
        opened().addInstance(record);
    }

    @Override
    public List<InstanceRecord> instances() {
        return opened().instances();
    }

    @Override
    public boolean addAlert(AlertRecord alert, long cooldownMicros) {
        return opened().addAlert(alert, cooldownMicros);
    }

    @Override
    public List<AlertRecord> alerts(TimeRange range, Scope scope, int limit) {
        return opened().alerts(range, scope, limit);
    }

    @Override
    public void rollups(RollupQuery query, RollupVisitor visitor) {
        opened().rollups(query, visitor);
    }

    @Override
    public RequestPage requests(RequestQuery query) {
        return opened().requests(query);
    }

    @Override
    public SortedMap<Integer, Long> statuses(RequestQuery query) {
        return opened().statuses(query);
    }

    @Override
    public boolean maintain(long nowMicros, long trustedMicros) {
        return opened().maintain(nowMicros, trustedMicros);
    }

    @Override
    public long vouchedMicros(long nowMicros) {
        return opened().vouchedMicros(nowMicros);
    }

    @Override
    public StoreStatus status() {
        return opened().status();
    }

    @Override
    public void close() {
        synchronized (opening) {
            closed = true;
            Store known = store;
            if (known != null) {
                known.close();
            }
        }
    }
}
