package io.millisight.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millisight.journal.JournalCursor;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Observation;
import io.millisight.observe.Outcome;
import io.millisight.rollup.Rollup;
import io.millisight.rollup.RollupPack;
import io.millisight.rollup.TimeRange;
import io.millisight.store.AlertRecord;
import io.millisight.store.HealthQuery;
import io.millisight.store.HealthRecord;
import io.millisight.store.InstanceRecord;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.RollupQuery;
import io.millisight.store.RollupVisitor;
import io.millisight.store.Scope;
import io.millisight.store.Store;
import io.millisight.store.StoreBatch;
import io.millisight.store.StoreStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ReportsTest {

    private static final long MS = 1_000_000L;
    private static final long MINUTE = TimeRange.MINUTE;
    private static final long HOUR = TimeRange.HOUR;

    private final StoredRollups store = new StoredRollups();
    private final Reports reports = new Reports(store);

    @Test
    void anEmptyRangeHasNoFigures() {
        PerformanceReport report = reports.performance(new TimeRange(0, HOUR), Scope.ALL);

        assertThat(report.total().requests()).isZero();
        assertThat(report.total().latency().quantileNanos(0.95)).isNaN();
        assertThat(report.total().errorRate()).isNaN();
        assertThat(report.endpoints()).isEmpty();
    }

    @Test
    void aReportSumsTheWindowsOfEachEndpointAndOfAll() {
        store.put("GET /a", 0, 200, 10, 20);
        store.put("GET /a", MINUTE, 500, 30);
        store.put("GET /b", MINUTE, 404, 1_000);
        store.put("GET /a", HOUR, 200, 9_000);

        PerformanceReport report = reports.performance(new TimeRange(0, HOUR), Scope.ALL);

        assertThat(report.total().requests()).isEqualTo(4);
        assertThat(report.total().errorRate()).isEqualTo(0.25);
        assertThat(report.total().clientErrors()).isEqualTo(1);
        assertThat(report.total().latency().maxNanos()).isEqualTo(1_000 * MS);
        EndpointReport a = report.endpoints().get(1);
        assertThat(a.endpoint()).isEqualTo(new Endpoint("GET", "/a"));
        assertThat(a.rollup().requests()).isEqualTo(3);
        assertThat(a.rollup().latency().meanNanos()).isCloseTo(20.0 * MS, within(1e-6));
    }

    @Test
    void theSlowestEndpointComesFirstAndStreamsAloneLast() {
        store.put("GET /fast", 0, 200, 10);
        store.putStream("GET /events", 0);
        store.put("GET /slow", 0, 200, 900);
        store.put("GET /also-fast", 0, 200, 10);

        assertThat(reports.performance(new TimeRange(0, HOUR), Scope.ALL).endpoints())
                .extracting(report -> report.endpoint().route())
                .containsExactly("/slow", "/also-fast", "/fast", "/events");
    }

    @Test
    void aRangeIsWidenedToWholeMinutesAndAskedForAtItsCoarsest() {
        PerformanceReport report = reports.performance(new TimeRange(MINUTE + 1, 2 * MINUTE + 1), Scope.ALL);

        assertThat(report.range()).isEqualTo(new TimeRange(MINUTE, 3 * MINUTE));
        assertThat(store.asked)
                .containsExactly(new RollupQuery(report.range(), RollupQuery.Resolution.COARSEST, Scope.ALL));
    }

    @Test
    void oneEndpointHandedOverAsTwoInstancesIsStillOne() {
        store.put("GET /a", 0, 200, 10);
        store.put("GET /a", 0, 200, 20);
        store.isSharingInstances = false;

        PerformanceReport report = reports.performance(new TimeRange(0, HOUR), Scope.ALL);

        assertThat(report.endpoints()).hasSize(1);
        assertThat(report.endpoints().get(0).rollup().requests()).isEqualTo(2);
    }

    @Test
    void aSeriesHasAPointForEveryStepAlsoForQuietOnes() {
        store.put("GET /a", 0, 200, 10, 20);
        store.put("GET /b", 5 * MINUTE, 200, 30);
        store.put("GET /a", 14 * MINUTE, 200, 40);

        SeriesReport series = reports.series(new TimeRange(1, 15 * MINUTE - 1), 5 * MINUTE, Scope.ALL, null);

        assertThat(series.range()).isEqualTo(new TimeRange(0, 15 * MINUTE));
        assertThat(series.stepMicros()).isEqualTo(5 * MINUTE);
        assertThat(series.points())
                .extracting(SeriesReport.Point::startMicros)
                .containsExactly(0L, 5 * MINUTE, 10 * MINUTE);
        assertThat(requests(series)).containsExactly(2L, 1L, 1L);
        assertThat(store.asked.get(0).resolution()).isEqualTo(RollupQuery.Resolution.MINUTE);
    }

    @Test
    void aSeriesMayBeOfOneEndpointAlone() {
        store.put("GET /a", 0, 200, 10, 20);
        store.put("GET /b", MINUTE, 200, 30);

        SeriesReport series =
                reports.series(new TimeRange(0, 3 * MINUTE), MINUTE, Scope.ALL, new Endpoint("GET", "/b"));

        assertThat(requests(series)).containsExactly(0L, 1L, 0L);
    }

    @Test
    void stepsOfWholeHoursReadWindowsOfWholeHours() {
        SeriesReport series = reports.series(new TimeRange(HOUR, 7 * HOUR), 2 * HOUR, Scope.ALL, null);

        assertThat(series.range()).isEqualTo(new TimeRange(0, 8 * HOUR));
        assertThat(store.asked)
                .containsExactly(new RollupQuery(series.range(), RollupQuery.Resolution.COARSEST, Scope.ALL));
    }

    @Test
    void aStepThatIsNotWholeMinutesIsRefused() {
        assertThatThrownBy(() -> reports.series(new TimeRange(0, HOUR), 90_000_000L, Scope.ALL, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("step: PT1M30S; allowed: whole minutes, at least PT1M");
        assertThatThrownBy(() -> reports.series(new TimeRange(0, HOUR), 0, Scope.ALL, null))
                .hasMessage("step: PT0S; allowed: whole minutes, at least PT1M");
    }

    @Test
    void moreThanTwoThousandPointsAreRefused() {
        TimeRange most = new TimeRange(0, 2_000 * MINUTE);

        assertThat(reports.series(most, MINUTE, Scope.ALL, null).points()).hasSize(2_000);
        assertThatThrownBy(() -> reports.series(new TimeRange(0, most.toMicros() + 1), MINUTE, Scope.ALL, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("step: PT1M makes 2001 points of the range; allowed: at most 2000 points");
    }

    private static List<Long> requests(SeriesReport series) {
        return series.points().stream().map(point -> point.rollup().requests()).toList();
    }

    /** A store of rollups alone, each in a pack of its own. */
    private static final class StoredRollups implements Store {

        private final List<HealthRecord> health = new ArrayList<>();

        private record Window(Endpoint endpoint, long startMicros, Rollup rollup) {}

        private final List<Window> windows = new ArrayList<>();
        final List<RollupQuery> asked = new ArrayList<>();
        boolean isSharingInstances = true;

        void put(String endpoint, long windowStartMicros, int status, long... millis) {
            Rollup rollup = new Rollup();
            for (long duration : millis) {
                rollup.add(observation(Endpoint.ofName(endpoint), status, false, duration));
            }
            put(endpoint, windowStartMicros, rollup);
        }

        void putStream(String endpoint, long windowStartMicros) {
            Rollup rollup = new Rollup();
            rollup.add(observation(Endpoint.ofName(endpoint), 200, true, 5_000));
            put(endpoint, windowStartMicros, rollup);
        }

        @Override
        public void addHealth(List<HealthRecord> records) {
            health.addAll(records);
        }

        @Override
        public void health(HealthQuery query, Consumer<HealthRecord> visitor) {
            health.stream().filter(query::matches).forEach(visitor);
        }

        @Override
        public void rollups(RollupQuery query, RollupVisitor visitor) {
            asked.add(query);
            for (Window window : windows) {
                if (query.range().contains(window.startMicros)) {
                    Endpoint endpoint =
                            isSharingInstances ? shared(window.endpoint) : Endpoint.ofName(window.endpoint.name());
                    byte[] pack = RollupPack.encode(List.of(new RollupPack.Entry(1, window.rollup)));
                    RollupPack.forEach(pack, (id, rollup) -> visitor.rollup(endpoint, window.startMicros, rollup));
                }
            }
        }

        private Endpoint shared(Endpoint endpoint) {
            return windows.stream()
                    .map(Window::endpoint)
                    .filter(endpoint::equals)
                    .findFirst()
                    .orElse(endpoint);
        }

        private void put(String endpoint, long windowStartMicros, Rollup rollup) {
            windows.add(new Window(Endpoint.ofName(endpoint), windowStartMicros, rollup));
        }

        private static Observation observation(Endpoint endpoint, int status, boolean stream, long millis) {
            return new Observation(1, endpoint, status, Outcome.COMPLETED, stream, 0, millis * MS, null, null);
        }

        @Override
        public void addInstance(InstanceRecord record) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<InstanceRecord> instances() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean addAlert(AlertRecord alert, long cooldownMicros) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<AlertRecord> alerts(TimeRange range, Scope scope, int limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<JournalCursor> cursor(String journalId) {
            return Optional.empty();
        }

        @Override
        public boolean commit(StoreBatch batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public RequestPage requests(RequestQuery query) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean maintain(long nowMicros, long trustedMicros) {
            return false;
        }

        @Override
        public StoreStatus status() {
            return new StoreStatus("rollups alone", 0, 0, 0);
        }

        @Override
        public void close() {}
    }
}
