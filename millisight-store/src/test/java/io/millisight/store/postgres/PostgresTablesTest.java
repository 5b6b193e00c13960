package io.millisight.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.HealthStatus;
import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import io.millisight.rollup.TimeRange;
import io.millisight.store.HealthQuery;
import io.millisight.store.HealthRecord;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.Retention;
import io.millisight.store.Scope;
import io.millisight.store.StoredRequest;
import io.millisight.testkit.BatchBuilder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The specified tables, as people and their tools use them: by the names, columns and types that were specified. */
class PostgresTablesTest {

    private static final long MILLIS = 1_000_000L;

    private final String schema = Server.newSchema();
    private final BatchBuilder batches = new BatchBuilder("shop-1", "journal-1");
    private PostgresStore store;

    @BeforeEach
    void open() {
        store = PostgresStore.open(Server.url(schema), Retention.defaults());
        store.maintain(nowMicros());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void theSpecifiedColumnsHaveTheSpecifiedTypes() {
        assertThat(columns("api_metrics"))
                .contains(
                        "metric_id uuid NO",
                        "endpoint character varying(255) NO",
                        "method character varying(10) NO",
                        "response_time_ms integer NO",
                        "status_code integer NO",
                        "user_id character varying(255) YES",
                        "created_at timestamp with time zone NO");
        assertThat(columns("service_health"))
                .contains(
                        "health_id uuid NO",
                        "service_name character varying(100) NO",
                        "status character varying(20) NO",
                        "details jsonb YES",
                        "checked_at timestamp with time zone NO");
    }

    @Test
    void theSpecifiedQueryOverTheLastHourWorksAsWritten() throws SQLException {
        long now = nowMicros();
        store.commit(batches.request("GET /orders/{id}", now - 1, 10 * MILLIS)
                .request("GET /orders/{id}", now - 2, 20 * MILLIS)
                .request("POST /orders", now - 3, 5 * MILLIS)
                .request("GET /orders/{id}", now - 2 * TimeRange.HOUR, 900 * MILLIS)
                .build());
        List<String> rows = rows("SELECT endpoint, avg(response_time_ms)::int, count(*), max(response_time_ms) FROM "
                + schema
                + ".api_metrics WHERE created_at > now() - interval '1 hour' GROUP BY endpoint ORDER BY endpoint");
        assertThat(rows).containsExactly("/orders | 5 | 1 | 5", "/orders/{id} | 15 | 2 | 20");
    }

    @Test
    void whatPeopleInsertByTheSpecifiedColumnsIsKeptAndRead() {
        execute("INSERT INTO api_metrics (endpoint, method, response_time_ms, status_code, user_id)"
                + " VALUES ('/by/hand', 'GET', 45, 200, 'ann')");
        execute(
                "INSERT INTO api_metrics (endpoint, method, response_time_ms, status_code) VALUES ('', 'BREW', 1, 418)");
        List<StoredRequest> requests =
                store.requests(RequestQuery.all(always(), 10)).requests();
        assertThat(requests).hasSize(2);
        StoredRequest first = requests.get(1);
        assertThat(first.endpoint()).isEqualTo(Endpoint.ofName("GET /by/hand"));
        assertThat(first.durationNanos()).isEqualTo(45 * MILLIS);
        assertThat(first.userId()).isEqualTo("ann");
        assertThat(first.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(requests.get(0).endpoint()).isEqualTo(new Endpoint("_OTHER", Endpoint.UNMATCHED_ROUTE));
    }

    @Test
    void whatPeopleInsertIsPagedOnceEachAlsoAtOneInstant() {
        execute("INSERT INTO api_metrics (endpoint, method, response_time_ms, status_code, created_at)"
                + " SELECT '/by/hand', 'GET', n, 200, now() FROM generate_series(1, 50) AS n");
        List<Long> durations = new ArrayList<>();
        RequestQuery query = RequestQuery.all(always(), 7);
        RequestPage page = store.requests(query);
        page.requests().forEach(request -> durations.add(request.durationNanos()));
        while (page.next() != null) {
            page = store.requests(query.after(page.next()));
            page.requests().forEach(request -> durations.add(request.durationNanos()));
        }
        assertThat(durations).hasSize(50).doesNotHaveDuplicates();
    }

    @Test
    void healthThatPeopleInsertIsLeftOutAsNobodyKnowsHowLongItCounts() {
        execute("INSERT INTO service_health (service_name, status, details) VALUES ('redis', 'up', '{\"a\": 1}')");
        List<HealthRecord> found = new ArrayList<>();
        store.health(new HealthQuery(Scope.ALL, always(), null), found::add);
        assertThat(found).isEmpty();
    }

    @Test
    void millisecondsAreRoundedFromTheExactDurationAndBounded() {
        long now = nowMicros();
        long[] durations = {0, 499_999, 500_000, 1_499_999, 1_500_000, Long.MAX_VALUE};
        for (int request = 0; request < durations.length; request++) {
            batches.request("GET /a", now - request, durations[request]);
        }
        store.commit(batches.build());
        assertThat(rowsOf("SELECT response_time_ms, duration_ns FROM api_metrics ORDER BY created_at DESC"))
                .containsExactly(
                        "0 | 0",
                        "0 | 499999",
                        "1 | 500000",
                        "1 | 1499999",
                        "2 | 1500000",
                        "2147483647 | " + Long.MAX_VALUE);
    }

    @Test
    void idsAreOfVersion7AndTheirOrderIsThatOfInstantAndNumber() {
        Random random = new Random(4);
        long now = nowMicros();
        for (int request = 0; request < 500; request++) {
            batches.request("GET /a", now - random.nextInt(2_000), 1);
        }
        store.commit(batches.build());
        assertThat(rowsOf("SELECT count(*) FROM api_metrics WHERE metric_id::text LIKE '________-____-7%'"))
                .containsExactly("500");
        assertThat(rowsOf("SELECT count(*) FROM (SELECT created_at, lag(created_at) OVER (ORDER BY metric_id) AS before"
                        + " FROM api_metrics) AS ordered WHERE before > created_at"))
                .containsExactly("0");
        List<StoredRequest> pages =
                store.requests(RequestQuery.all(always(), 500)).requests();
        assertThat(rowsOf("SELECT (('x' || right(replace(metric_id::text, '-', ''), 16))::bit(64)::bigint"
                        + " & 4611686018427387903)::text FROM api_metrics ORDER BY metric_id DESC"))
                .containsExactlyElementsOf(pages.stream()
                        .map(request -> Long.toString(request.sequence()))
                        .toList());
    }

    @Test
    void aQueryOfOneDayReadsNoOtherDay() {
        long now = nowMicros();
        store.commit(batches.request("GET /a", now, 1)
                .request("GET /a", now - Instants.DAY, 1)
                .request("GET /a", now - 2 * Instants.DAY, 1)
                .build());
        String day = Instants.day(now - Instants.DAY).toString();
        String plan = String.join(
                "\n",
                rowsOf("EXPLAIN SELECT * FROM api_metrics WHERE created_at >= '" + day
                        + "T00:00:00Z' AND created_at < '" + day + "T12:00:00Z'"));
        assertThat(plan).contains("api_metrics_" + day.replace('-', '_'));
        assertThat(plan).doesNotContain(Instants.day(now).toString().replace('-', '_'));
        assertThat(plan)
                .doesNotContain(Instants.day(now - 2 * Instants.DAY).toString().replace('-', '_'));
    }

    @Test
    void aPageOfManyRequestsSortsNoMoreThanOneInstantOfThem() {
        long now = nowMicros();
        for (int request = 0; request < 20_000; request++) {
            batches.request("GET /a", now - request, 1);
        }
        store.commit(batches.build());
        execute("ANALYZE api_metrics");
        String plan = String.join(
                "\n",
                rowsOf("EXPLAIN "
                        + Sql.of("requests")
                                .replaceFirst("created_at >= \\?", "created_at >= '2000-01-01'")
                                .replaceFirst("created_at < \\?", "created_at < '2100-01-01'")
                                .replaceAll("BETWEEN \\? AND \\?", "BETWEEN 0 AND 999")
                        + " " + Sql.of("newest first").replace("?", "101")));
        assertThat(plan).contains("Incremental Sort").contains("Presorted Key: api_metrics.created_at");
    }

    @Test
    void partitionsAreThereForTheDaysToCome() {
        String today = Instants.day(nowMicros()).toString().replace('-', '_');
        String last = Instants.day(nowMicros()).plusDays(3).toString().replace('-', '_');
        assertThat(rowsOf("SELECT relname FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid"
                        + " WHERE inhparent = 'api_metrics'::regclass ORDER BY relname"))
                .hasSize(4)
                .startsWith("api_metrics_" + today)
                .endsWith("api_metrics_" + last);
    }

    @Test
    void retentionDropsWholeDaysAndLeavesWhatIsSomebodyElses() {
        execute("CREATE TABLE api_metrics_archive PARTITION OF api_metrics"
                + " FOR VALUES FROM ('2001-01-01T00:00:00Z') TO ('2002-01-01T00:00:00Z')");
        long now = nowMicros();
        for (int day = 0; day < 12; day++) {
            batches.request("GET /a", now - day * Instants.DAY, 1);
        }
        store.commit(batches.build());
        assertThat(store.status().requests()).isEqualTo(12);
        while (store.maintain(now)) {}
        assertThat(store.status().requests()).isEqualTo(8);
        assertThat(rowsOf("SELECT count(*) FROM api_metrics")).containsExactly("8");
        assertThat(rowsOf("SELECT to_regclass('api_metrics_archive') IS NOT NULL"))
                .containsExactly("t");
    }

    @Test
    void whatIsCountedIsWhatIsThereAlsoWhenRowsWereDeleted() {
        long now = nowMicros();
        store.close();
        Duration longest = Duration.ofDays(300);
        store = PostgresStore.open(
                Server.url(schema), new Retention(Duration.ofMinutes(10), 1L << 40, longest, longest, longest));
        for (int minute = 0; minute < 30; minute++) {
            store.commit(batches.request("GET /a", now - minute * TimeRange.MINUTE, 1)
                    .build());
        }
        while (store.maintain(now)) {}
        assertThat(store.status().requests()).isEqualTo(11);
        assertThat(rowsOf("SELECT count(*) FROM api_metrics")).containsExactly("11");
    }

    @Test
    void aTimeThatHasSurelyPassedIsTheSixtiethNewestMinuteOfWhateverIsThere() {
        long now = nowMicros();
        assertThat(store.vouchedMicros(now)).isEqualTo(now);
        long minute = Math.floorDiv(now, TimeRange.MINUTE) * TimeRange.MINUTE;
        for (int ago = 1; ago <= 100; ago++) {
            store.commit(batches.request("GET /a", minute - ago * TimeRange.MINUTE, 1)
                    .build());
        }
        store.commit(batches.request("GET /a", now + 1_000 * TimeRange.HOUR, 1).build());
        assertThat(store.vouchedMicros(now)).isEqualTo(minute - 60 * TimeRange.MINUTE);
        execute("DELETE FROM rollup");
        assertThat(store.vouchedMicros(now)).isEqualTo(minute - 60 * TimeRange.MINUTE);
    }

    @Test
    void detailsThatJsonbCannotHoldCostTheirColumnAndNothingElse() {
        HealthRecord plain = health("plain", "{\"pool\":1}");
        HealthRecord nul = health("nul", "{\"text\":\"a\\u0000b\"}");
        HealthRecord broken = health("broken", "none at all");
        store.addHealth(List.of(plain, nul, broken));
        List<HealthRecord> found = new ArrayList<>();
        store.health(new HealthQuery(Scope.ALL, always(), null), found::add);
        assertThat(found).containsExactlyInAnyOrder(plain, nul, broken);
        assertThat(rowsOf("SELECT service_name, details ->> 'pool' FROM service_health ORDER BY service_name"))
                .containsExactly("broken | null", "nul | null", "plain | 1");
    }

    private HealthRecord health(String check, String details) {
        long now = nowMicros();
        return new HealthRecord("shop", "shop-1", check, HealthStatus.HEALTHY, now, now + 1, 1, null, details);
    }

    private List<String> columns(String table) {
        return rowsOf("SELECT column_name || ' ' || format_type(atttypid, atttypmod) || ' ' || is_nullable"
                + " FROM information_schema.columns JOIN pg_attribute"
                + " ON attrelid = (table_schema || '.' || table_name)::regclass AND attname = column_name"
                + " WHERE table_schema = '" + schema + "' AND table_name = '" + table + "'");
    }

    private void execute(String sql) {
        Server.execute(schema, sql);
    }

    private List<String> rowsOf(String sql) {
        try {
            return rows(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = Server.connect(schema);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                List<String> columns = new ArrayList<>();
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    columns.add(String.valueOf(row.getString(column)));
                }
                rows.add(String.join(" | ", columns));
            }
        }
        return rows;
    }

    private static TimeRange always() {
        long now = nowMicros();
        return new TimeRange(now - 100 * Instants.DAY, now + 100 * Instants.DAY);
    }

    private static long nowMicros() {
        return System.currentTimeMillis() * 1_000;
    }
}
