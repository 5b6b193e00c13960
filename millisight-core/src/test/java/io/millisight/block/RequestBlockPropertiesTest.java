package io.millisight.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

class RequestBlockPropertiesTest {

    /** A row as plain values, to compare. */
    private record Row(
            int row,
            long completed,
            long duration,
            int endpoint,
            int status,
            int outcome,
            @Nullable String user) {}

    @Property(tries = 150)
    void aBlockGivesBackItsRequests(@ForAll @IntRange(max = 600) int count, @ForAll long seed) {
        RequestColumns requests = requests(count, new Random(seed));
        byte[] block = RequestBlock.encode(requests);
        RequestColumns decoded = RequestBlock.decode(block);

        assertThat(rows(decoded)).isEqualTo(rows(requests));
        assertThat(RequestBlock.encode(decoded)).isEqualTo(block);
    }

    @Property(tries = 60)
    void mergingKeepsEveryRowInOrder(
            @ForAll @IntRange(max = 200) int first, @ForAll @IntRange(max = 200) int second, @ForAll long seed) {
        RequestColumns one = requests(first, new Random(seed));
        RequestColumns other = requests(second, new Random(seed + 1));
        RequestColumns all = new RequestColumns(0);
        all.addAll(one);
        all.addAll(other);

        byte[] merged = RequestBlock.merge(List.of(RequestBlock.encode(one), RequestBlock.encode(other)));

        assertThat(merged).isEqualTo(RequestBlock.encode(all));
    }

    @Property(tries = 300)
    void aScanFindsWhatComparingRowByRowFinds(@ForAll @IntRange(max = 300) int count, @ForAll long seed) {
        Random random = new Random(seed);
        RequestColumns requests = requests(count, random);
        byte[] block = RequestBlock.encode(requests);
        for (int round = 0; round < 8; round++) {
            RequestFilter filter = filter(requests, random);
            List<Row> expected = new ArrayList<>(rows(requests));
            expected.removeIf(row -> !matches(row, filter));
            List<Row> found = new ArrayList<>();
            assertThat(RequestBlock.scan(block, filter, collector(found))).isEqualTo(expected.size());
            assertThat(found).as("%s", filter).isEqualTo(expected);
        }
    }

    @Property(tries = 40)
    void aScanIsReusedFromBlockToBlock(@ForAll long seed) {
        Random random = new Random(seed);
        RequestFilter filter = filter(requests(50, random), random);
        RequestScan reused = new RequestScan(filter);
        for (int count : new int[] {200, 0, 17, 300}) {
            byte[] block = RequestBlock.encode(requests(count, random));
            List<Row> found = new ArrayList<>();
            List<Row> expected = new ArrayList<>();
            reused.scan(block, collector(found));
            RequestBlock.scan(block, filter, collector(expected));
            assertThat(found).isEqualTo(expected);
        }
    }

    private static boolean matches(Row row, RequestFilter filter) {
        return row.completed >= filter.fromMicros()
                && (row.completed < filter.toMicros() || filter.toMicros() == Long.MAX_VALUE)
                && (filter.endpoint() == RequestFilter.ANY_ENDPOINT || row.endpoint == filter.endpoint())
                && row.duration >= filter.minNanos()
                && row.duration <= filter.maxNanos()
                && row.status >= filter.minStatus()
                && row.status <= filter.maxStatus()
                && (filter.userId() == null || filter.userId().equals(row.user));
    }

    /** Some conditions, most taken from a row, so that something is found. */
    private static RequestFilter filter(RequestColumns requests, Random random) {
        RequestFilter filter = RequestFilter.ALL;
        if (requests.size() == 0) {
            return filter;
        }
        int row = random.nextInt(requests.size());
        int other = random.nextInt(requests.size());
        if (random.nextInt(3) == 0) {
            filter = filter.ofEndpoint(random.nextInt(4) == 0 ? 123_456 : requests.endpoint(row));
        }
        if (random.nextInt(3) == 0) {
            long from = Math.min(requests.completedAtMicros(row), requests.completedAtMicros(other));
            long to = Math.max(requests.completedAtMicros(row), requests.completedAtMicros(other));
            filter = filter.within(from, random.nextInt(5) == 0 ? Long.MAX_VALUE : to);
        }
        if (random.nextInt(3) == 0) {
            long least = Math.min(requests.durationNanos(row), requests.durationNanos(other));
            long most = Math.max(requests.durationNanos(row), requests.durationNanos(other));
            filter = filter.lasting(random.nextBoolean() ? least : least + 1, most);
        }
        if (random.nextInt(3) == 0) {
            filter = filter.withStatus(requests.status(row), requests.status(row) + random.nextInt(100));
        }
        if (random.nextInt(3) == 0) {
            filter = filter.ofUser(random.nextInt(4) == 0 ? "nobody" : requests.userId(row));
        }
        return filter;
    }

    /** Requests of some temper: how wild each column is differs from call to call. */
    private static RequestColumns requests(int count, Random random) {
        boolean users = random.nextBoolean();
        boolean wild = random.nextInt(4) == 0;
        int endpoints = 1 + random.nextInt(1 << random.nextInt(9));
        int statuses = 1 + random.nextInt(1 << random.nextInt(7));
        RequestColumns requests = new RequestColumns(random.nextInt(count + 1));
        long time = 1_795_000_000_000_000L;
        for (int row = 0; row < count; row++) {
            time += random.nextInt(2_000) - 200;
            requests.add(
                    wild ? random.nextLong() : time,
                    wild ? random.nextLong() >>> (1 + random.nextInt(63)) : 1_000_000 + random.nextInt(90_000_000),
                    wild ? random.nextInt() >>> 1 : random.nextInt(endpoints),
                    wild ? random.nextInt(1 << 16) : 200 + random.nextInt(statuses),
                    wild ? random.nextInt(256) : random.nextInt(4),
                    users && random.nextInt(5) > 0 ? "käthe-" + random.nextInt(40) : null);
        }
        return requests;
    }

    private static List<Row> rows(RequestColumns requests) {
        List<Row> rows = new ArrayList<>();
        for (int row = 0; row < requests.size(); row++) {
            rows.add(new Row(
                    row,
                    requests.completedAtMicros(row),
                    requests.durationNanos(row),
                    requests.endpoint(row),
                    requests.status(row),
                    requests.outcome(row),
                    requests.userId(row)));
        }
        return rows;
    }

    private static RowVisitor collector(List<Row> rows) {
        return (row, completed, duration, endpoint, status, outcome, user) ->
                rows.add(new Row(row, completed, duration, endpoint, status, outcome, user));
    }
}
