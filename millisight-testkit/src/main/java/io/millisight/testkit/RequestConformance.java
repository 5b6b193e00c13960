package io.millisight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.observe.Endpoint;
import io.millisight.observe.Outcome;
import io.millisight.rollup.TimeRange;
import io.millisight.store.RequestPage;
import io.millisight.store.RequestQuery;
import io.millisight.store.Scope;
import io.millisight.store.StoredRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Single requests: order, filters, paging, text. */
abstract class RequestConformance extends CursorConformance {

    private static final Comparator<StoredRequest> NEWEST_FIRST = Comparator.comparingLong(
                    StoredRequest::completedAtMicros)
            .thenComparingLong(StoredRequest::sequence)
            .reversed();

    private final BatchBuilder batches = new BatchBuilder("a", "journal-a");

    @Test
    void givesBackEveryColumnOfARequest() {
        Request request = new Request(
                Endpoint.ofName("POST /orders/{id}"), START + 1, 123_456_789L, 503, Outcome.TIMEOUT, true, "zoë");
        request.addTo(batches);
        store.commit(batches.build());
        RequestPage page = store.requests(RequestQuery.all(ALWAYS, 10));
        assertThat(page.next()).isNull();
        assertThat(page.requests()).hasSize(1).allMatch(request::isStoredAs);
        assertThat(store.status().requests()).isEqualTo(1);
        assertThat(store.status().oldestRequestMicros()).isEqualTo(START + 1);
        assertThat(store.status().bytes()).isPositive();
    }

    @Test
    void emptyStoreGivesAnEmptyPage() {
        assertThat(store.requests(RequestQuery.all(ALWAYS, 10))).isEqualTo(new RequestPage(List.of(), null));
        assertThat(store.status().oldestRequestMicros()).isZero();
    }

    @Test
    void givesTheNewestFirstWhateverOrderTheyCameIn() {
        long[] order = {5, 1, 9, 3, 7, 2, 8, 0, 6, 4};
        for (long second : order) {
            store.commit(batches.request("GET /a", START + second * SECOND, MILLI_NANOS)
                    .build());
        }
        assertThat(readAll(RequestQuery.all(ALWAYS, 3)))
                .extracting(StoredRequest::completedAtMicros)
                .containsExactly(
                        START + 9 * SECOND,
                        START + 8 * SECOND,
                        START + 7 * SECOND,
                        START + 6 * SECOND,
                        START + 5 * SECOND,
                        START + 4 * SECOND,
                        START + 3 * SECOND,
                        START + 2 * SECOND,
                        START + SECOND,
                        START);
    }

    @Test
    void countsByStatusAllThatMatchWhateverThePage() {
        for (int request = 0; request < 50; request++) {
            batches.request("GET /" + request % 2, START + request, MILLI_NANOS);
            if (request % 9 == 0) {
                store.commit(batches.build());
            }
        }
        store.commit(batches.build());
        RequestQuery all = RequestQuery.all(ALWAYS, 3);
        int status = store.requests(all).requests().get(0).status();

        assertThat(store.statuses(all)).containsExactly(Map.entry(status, 50L));
        assertThat(store.statuses(RequestQuery.all(new TimeRange(START + 10, START + 20), 3)))
                .containsExactly(Map.entry(status, 10L));
        assertThat(store.statuses(ofEndpoint(all, "GET /1"))).containsExactly(Map.entry(status, 25L));
        assertThat(store.statuses(ofEndpoint(all, "GET /none"))).isEmpty();
    }

    private static RequestQuery ofEndpoint(RequestQuery query, String name) {
        return new RequestQuery(
                query.range(),
                query.scope(),
                Endpoint.ofName(name),
                0,
                Long.MAX_VALUE,
                0,
                999,
                null,
                query.limit(),
                null);
    }

    @Test
    void lastPageThatIsJustFullSaysThatItIsTheLast() {
        for (int request = 0; request < 6; request++) {
            store.commit(batches.request("GET /a", START + request, MILLI_NANOS).build());
        }
        RequestPage first = store.requests(RequestQuery.all(ALWAYS, 3));
        assertThat(first.next()).isNotNull();
        RequestPage second = store.requests(RequestQuery.all(ALWAYS, 3).after(first.next()));
        assertThat(second.requests()).hasSize(3);
        assertThat(second.next()).isNull();
    }

    @Test
    void pagesOverEqualInstantsVisitEveryRequestOnceAlsoWhileBlocksAreMerged() {
        int requests = 500;
        for (int request = 0; request < requests; request++) {
            batches.request("GET /a", START + request / 100, request);
            if (request % 7 == 0) {
                store.commit(batches.build());
            }
        }
        store.commit(batches.build());
        RequestQuery query = RequestQuery.all(ALWAYS, 9);
        Set<Long> durations = new HashSet<>();
        List<StoredRequest> all = new ArrayList<>();
        RequestPage page = store.requests(query);
        while (true) {
            all.addAll(page.requests());
            page.requests().forEach(request -> durations.add(request.durationNanos()));
            if (page.next() == null) {
                break;
            }
            store.maintain(START + 10 * HOUR);
            page = store.requests(query.after(page.next()));
        }
        assertThat(all).hasSize(requests).isSortedAccordingTo(NEWEST_FIRST);
        assertThat(durations).hasSize(requests);
    }

    @Test
    void mergingChangesNoRequestAndNoNumber() {
        for (Request request : randomRequests(new Random(11), 400)) {
            request.addTo(batches);
            store.commit(batches.build());
        }
        List<StoredRequest> before = readAll(RequestQuery.all(ALWAYS, 1_000));
        assertThat(before).extracting(StoredRequest::sequence).doesNotHaveDuplicates();
        assertThat(maintainAll(START + 10 * HOUR)).isPositive();
        assertThat(readAll(RequestQuery.all(ALWAYS, 1_000))).isEqualTo(before);
        assertThat(store.status().requests()).isEqualTo(400);
    }

    @Test
    void answersEveryFilterAsAPlainListWould() {
        Random random = new Random(42);
        List<Request> committed = randomRequests(random, 1_500);
        int inBatch = 0;
        for (Request request : committed) {
            request.addTo(batches);
            if (++inBatch % 40 == 0) {
                store.commit(batches.build());
                if (random.nextInt(3) == 0) {
                    store.maintain(START + 2 * HOUR);
                }
            }
        }
        store.commit(batches.build());
        for (int round = 0; round < 120; round++) {
            RequestQuery query = randomQuery(random, committed);
            List<Request> expected = committed.stream()
                    .filter(request -> matches(query, request))
                    .toList();
            List<StoredRequest> found = readAll(query);
            assertThat(found).as(query.toString()).isSortedAccordingTo(NEWEST_FIRST);
            assertThat(found).as(query.toString()).hasSameSizeAs(expected);
            assertThat(found).as(query.toString()).allMatch(stored -> expected.stream()
                    .anyMatch(request -> request.isStoredAs(stored)));
        }
    }

    @Test
    void knowsNothingOfAnEndpointThatWasNeverStored() {
        store.commit(batches.request("GET /a", START, MILLI_NANOS).build());
        RequestQuery query = new RequestQuery(
                ALWAYS, Scope.ALL, Endpoint.ofName("GET /never"), 0, Long.MAX_VALUE, 0, 999, null, 10, null);
        assertThat(store.requests(query)).isEqualTo(new RequestPage(List.of(), null));
    }

    @Test
    void hostileTextComesBackOrIsReplacedVisibly() {
        List<String> texts = List.of(
                "nul\0inside",
                "\0",
                "line\r\nbreak\u2028",
                "smile \uD83D\uDE00",
                "'; DROP TABLE endpoint; --",
                "% _ \\ \" ` [",
                "\u202Ereversed",
                "é".repeat(255),
                "\uD83D\uDE00".repeat(127));
        for (String text : texts) {
            new Request(new Endpoint("GET", "/" + text), START, 1, 200, Outcome.COMPLETED, false, text).addTo(batches);
        }
        store.commit(batches.build());
        maintainAll(START + HOUR);
        for (String text : texts) {
            Endpoint endpoint = new Endpoint("GET", "/" + text);
            RequestQuery query =
                    new RequestQuery(ALWAYS, Scope.ALL, endpoint, 0, Long.MAX_VALUE, 0, 999, text, 10, null);
            assertThat(store.requests(query).requests()).as(text).hasSize(1).allSatisfy(stored -> {
                assertThat(stored.endpoint()).isEqualTo(endpoint);
                assertThat(stored.userId()).isEqualTo(text);
            });
        }
    }

    @Test
    void halfASurrogatePairLosesNothingButItself() {
        new Request(new Endpoint("GET", "/a\uD800b"), START, 1, 200, Outcome.COMPLETED, false, "c\uDC00d")
                .addTo(batches);
        store.commit(batches.build());
        StoredRequest stored =
                store.requests(RequestQuery.all(ALWAYS, 10)).requests().get(0);
        assertThat(stored.endpoint().route()).matches("/a.b");
        assertThat(stored.userId()).matches("c.d");
    }

    private static RequestQuery randomQuery(Random random, List<Request> committed) {
        long from = START + random.nextInt(90) * MINUTE / 2 - 5 * MINUTE;
        Request like = committed.get(random.nextInt(committed.size()));
        int minStatus = random.nextInt(3) == 0 ? random.nextInt(600) : 0;
        return new RequestQuery(
                random.nextBoolean() ? ALWAYS : new TimeRange(from, from + random.nextInt(60) * MINUTE),
                Scope.ALL,
                random.nextInt(3) == 0 ? like.endpoint() : null,
                random.nextInt(3) == 0 ? random.nextInt(1_000) * MILLI_NANOS : 0,
                random.nextInt(3) == 0 ? random.nextInt(1_000) * MILLI_NANOS : Long.MAX_VALUE,
                minStatus,
                random.nextInt(3) == 0 ? minStatus + random.nextInt(300) : 999,
                random.nextInt(4) == 0 ? like.userId() : null,
                1 + random.nextInt(300),
                null);
    }

    private static boolean matches(RequestQuery query, Request request) {
        return query.range().contains(request.completedAtMicros())
                && (query.endpoint() == null || query.endpoint().equals(request.endpoint()))
                && request.durationNanos() >= query.minNanos()
                && request.durationNanos() <= query.maxNanos()
                && request.status() >= query.minStatus()
                && request.status() <= query.maxStatus()
                && (query.userId() == null || query.userId().equals(request.userId()));
    }

    /** Requests over some 40 minutes, mostly in order, from a few endpoints and users. */
    static List<Request> randomRequests(Random random, int count) {
        List<Request> requests = new ArrayList<>();
        int[] statuses = {200, 200, 200, 201, 204, 301, 404, 500, 503, 0};
        for (int request = 0; request < count; request++) {
            long late = random.nextInt(20) == 0 ? random.nextInt(30) * MINUTE : 0;
            requests.add(new Request(
                    Endpoint.ofName((random.nextBoolean() ? "GET" : "POST") + " /r/" + random.nextInt(7)),
                    START + 40L * MINUTE * request / count + random.nextInt(2_000_000) - late,
                    (long) (random.nextDouble() * random.nextInt(1_000) * MILLI_NANOS),
                    statuses[random.nextInt(statuses.length)],
                    Outcome.ofCode(random.nextInt(4)),
                    random.nextInt(10) == 0,
                    random.nextInt(3) == 0 ? null : "user-" + random.nextInt(20)));
        }
        return requests;
    }
}
