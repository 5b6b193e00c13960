package io.millisight.store;

import io.millisight.block.RequestBlock;
import io.millisight.block.RequestColumns;
import io.millisight.block.RequestFilter;
import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.rollup.RollupChange;
import io.millisight.rollup.RollupPack;
import io.millisight.rollup.TimeRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A store that ends with the process: the same blocks and packs as on disk, in the heap. For tests, and for services
 * that have no disk to write to.
 *
 * <p>Requests, and rollups likewise, take at most {@code retention.request-bytes} and at most a sixteenth of the heap,
 * whatever ages retention allows.
 *
 * <p>A lock guards what is kept; blocks and packs themselves never change, so that reads decode them outside it.
 */
public final class InMemoryStore implements Store {

    private final Object lock = new Object();
    private final Map<String, JournalCursor> cursors = new HashMap<>();
    private final Map<Endpoint, Integer> endpointIds = new HashMap<>();
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final Map<Source, Integer> sourceIds = new HashMap<>();
    private final List<Source> sources = new ArrayList<>();
    private final MemoryRequests requests;
    private final MemoryRollups rollups;
    private final MemoryHealth health;
    private final MemoryInstances instances;
    private final MemoryAlerts alerts;
    private boolean closed;

    /** Whose a block or pack is. */
    private record Source(String service, String instance) {

        boolean isOf(Scope scope) {
            return scope.matches(service, instance);
        }
    }

    /** An empty store. */
    public InMemoryStore(Retention retention) {
        this(retention, Runtime.getRuntime().maxMemory() / 16);
    }

    InMemoryStore(Retention retention, long mostBytes) {
        long bytes = Math.min(retention.requestBytes(), mostBytes);
        requests = new MemoryRequests(retention.requests(), bytes);
        rollups = new MemoryRollups(retention.minutes(), retention.hours(), bytes);
        health = new MemoryHealth(retention.health());
        instances = new MemoryInstances(retention.health());
        alerts = new MemoryAlerts(retention.health());
    }

    @Override
    public Optional<JournalCursor> cursor(String journalId) {
        synchronized (lock) {
            requireOpen();
            return Optional.ofNullable(cursors.get(journalId));
        }
    }

    @Override
    public boolean commit(StoreBatch batch) {
        synchronized (lock) {
            requireOpen();
            JournalCursor stored = cursors.get(batch.journalId());
            if (stored != null && batch.isStoredAt(stored)) {
                return false;
            }
            int source = id(new Source(batch.service(), batch.instance()));
            int[] ids = ids(batch);
            // Everything that may fail comes before the first change.
            byte[] block = batch.requests().size() == 0
                    ? null
                    : RequestBlock.encode(batch.requests(), inBatch -> ids[inBatch]);
            Map<Long, byte[]> packs = packs(batch, ids);
            if (block != null) {
                requests.append(source, block);
            }
            packs.forEach((window, pack) -> rollups.append(window, source, pack));
            cursors.put(batch.journalId(), batch.to());
            return true;
        }
    }

    private static Map<Long, byte[]> packs(StoreBatch batch, int[] ids) {
        Map<Long, List<RollupPack.Entry>> entries = new TreeMap<>();
        for (RollupChange change : batch.rollups()) {
            entries.computeIfAbsent(change.windowStartMicros(), window -> new ArrayList<>())
                    .add(new RollupPack.Entry(ids[change.endpointId()], change.rollup()));
        }
        Map<Long, byte[]> packs = new TreeMap<>();
        entries.forEach((window, list) -> packs.put(window, RollupPack.encode(list)));
        return packs;
    }

    /** The store's numbers of those endpoints that the batch uses. */
    private int[] ids(StoreBatch batch) {
        int[] ids = new int[batch.endpoints().size()];
        Arrays.fill(ids, -1);
        RequestColumns columns = batch.requests();
        for (int row = 0; row < columns.size(); row++) {
            if (ids[columns.endpoint(row)] < 0) {
                ids[columns.endpoint(row)] = id(batch.endpoints().get(columns.endpoint(row)));
            }
        }
        for (RollupChange change : batch.rollups()) {
            ids[change.endpointId()] = id(batch.endpoints().get(change.endpointId()));
        }
        return ids;
    }

    private int id(Endpoint endpoint) {
        return endpointIds.computeIfAbsent(endpoint, added -> {
            endpoints.add(added);
            return endpoints.size() - 1;
        });
    }

    private int id(Source source) {
        return sourceIds.computeIfAbsent(source, added -> {
            sources.add(added);
            return sources.size() - 1;
        });
    }

    @Override
    public void addHealth(List<HealthRecord> records) {
        synchronized (lock) {
            requireOpen();
            health.add(records);
        }
    }

    @Override
    public void health(HealthQuery query, Consumer<HealthRecord> visitor) {
        List<HealthRecord> found;
        synchronized (lock) {
            requireOpen();
            found = health.find(query);
        }
        found.forEach(visitor);
    }

    @Override
    public void addInstance(InstanceRecord record) {
        synchronized (lock) {
            requireOpen();
            instances.put(record);
        }
    }

    @Override
    public List<InstanceRecord> instances() {
        synchronized (lock) {
            requireOpen();
            return instances.all();
        }
    }

    @Override
    public boolean addAlert(AlertRecord alert, long cooldownMicros) {
        synchronized (lock) {
            requireOpen();
            return alerts.add(alert, cooldownMicros);
        }
    }

    @Override
    public List<AlertRecord> alerts(TimeRange range, Scope scope, int limit) {
        synchronized (lock) {
            requireOpen();
            return alerts.find(range, scope, limit);
        }
    }

    @Override
    public void rollups(RollupQuery query, RollupVisitor visitor) {
        List<MemoryRollups.Pack> found;
        List<Endpoint> known;
        synchronized (lock) {
            requireOpen();
            found = rollups.find(LevelRange.of(query), id -> sources.get(id).isOf(query.scope()));
            known = List.copyOf(endpoints);
        }
        for (MemoryRollups.Pack pack : found) {
            RollupPack.forEach(
                    pack.data(), (id, rollup) -> visitor.rollup(known.get(id), pack.windowStartMicros(), rollup));
        }
    }

    @Override
    public RequestPage requests(RequestQuery query) {
        List<MemoryRequests.Block> blocks;
        List<Endpoint> known;
        List<Source> from;
        int endpointId = RequestFilter.ANY_ENDPOINT;
        synchronized (lock) {
            requireOpen();
            blocks = requests.blocks();
            known = List.copyOf(endpoints);
            from = List.copyOf(sources);
            if (query.endpoint() != null) {
                Integer id = endpointIds.get(query.endpoint());
                if (id == null) {
                    return new RequestPage(List.of(), null);
                }
                endpointId = id;
            }
        }
        blocks.sort(Comparator.comparingLong(
                        (MemoryRequests.Block block) -> block.entry().lastAtMicros())
                .reversed());
        PageCollector page = new PageCollector(query, endpointId, known::get);
        for (MemoryRequests.Block block : blocks) {
            BlockEntry entry = block.entry();
            if (page.isFullBefore(entry.lastAtMicros())) {
                break;
            }
            Source source = from.get(entry.sourceId());
            if (source.isOf(query.scope())
                    && entry.lastAtMicros() >= page.fromMicros()
                    && entry.firstAtMicros() < page.toMicros()) {
                page.scan(source.service(), source.instance(), entry.firstSequence(), block.data());
            }
        }
        return page.page();
    }

    @Override
    public boolean maintain(long nowMicros, long trustedMicros) {
        synchronized (lock) {
            requireOpen();
            return rollups.merge(nowMicros)
                    || requests.merge(nowMicros)
                    || requests.trim(trustedMicros)
                    || rollups.trim(trustedMicros)
                    || health.trim(trustedMicros)
                    || instances.trim(trustedMicros)
                    || alerts.trim(trustedMicros);
        }
    }

    @Override
    public StoreStatus status() {
        synchronized (lock) {
            requireOpen();
            return new StoreStatus(
                    "memory", requests.count(), requests.bytes() + rollups.bytes(), requests.oldestMicros());
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException("memory store: closed");
        }
    }
}
