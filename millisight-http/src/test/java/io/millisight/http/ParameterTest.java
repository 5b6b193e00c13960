package io.millisight.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millisight.observe.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterTest {

    private static final Parameter<Integer> HOURS = Parameter.wholeNumber("hours", 1, 168);
    private static final Parameter<Long> FROM = Parameter.instant("from");
    private static final Parameter<Long> STEP = Parameter.minutes("step");
    private static final Parameter<Long> MIN_MS = Parameter.millis("min_ms");
    private static final Parameter<Parameter.StatusRange> STATUS = Parameter.status("status");
    private static final Parameter<Endpoint> ENDPOINT = Parameter.endpoint("endpoint");
    private static final Parameter<String> USER_ID = Parameter.text("user_id", 5);
    private static final List<Parameter<?>> ALL = List.of(HOURS, FROM, STEP, MIN_MS, STATUS, ENDPOINT, USER_ID);

    @ParameterizedTest
    @CsvSource({"1, 1", "168, 168", "24, 24", "007, 7", "%32%34, 24"})
    void readsWholeNumbers(String text, int value) {
        assertThat(read("hours=" + text).get(HOURS)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1767225600000, 1767225600000000",
        "2026-01-01T00:00:00Z, 1767225600000000",
        "2026-01-01T00:00Z, 1767225600000000",
        "2026-01-01T00:00:00.000001Z, 1767225600000001",
        "2026-01-01T02:00:00%2B02:00, 1767225600000000",
        "2261-12-31T23:59:59.999999Z, 9214646399999999",
    })
    void readsInstants(String text, long micros) {
        assertThat(read("from=" + text).get(FROM)).isEqualTo(micros);
    }

    @ParameterizedTest
    @CsvSource({"60s, 1", "1m, 1", "5m, 5", "1h, 60", "1d, 1440", "PT5M, 5", "P1D, 1440", "366d, 527040"})
    void readsSteps(String text, long minutes) {
        assertThat(read("step=" + text).get(STEP)).isEqualTo(minutes * 60_000_000);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "500, 500000000", "0.25, 250000", "1.000001, 1000001", "999999999999, 999999999999000000"})
    void readsMilliseconds(String text, long nanos) {
        assertThat(read("min_ms=" + text).get(MIN_MS)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @CsvSource({"404, 404, 404", "5xx, 500, 599", "2XX, 200, 299", "999, 999, 999"})
    void readsStatusesAndTheirClasses(String text, int from, int to) {
        assertThat(read("status=" + text).get(STATUS)).isEqualTo(new Parameter.StatusRange(from, to));
    }

    @Test
    void readsEndpointsWithEitherSpelledSpace() {
        Endpoint endpoint = new Endpoint("GET", "/orders/{id}");
        assertThat(read("endpoint=GET%20/orders/%7Bid%7D").get(ENDPOINT)).isEqualTo(endpoint);
        assertThat(read("endpoint=GET+/orders/{id}").get(ENDPOINT)).isEqualTo(endpoint);
        assertThat(read("endpoint=_OTHER+{other}").get(ENDPOINT)).isEqualTo(Endpoint.OTHER);
    }

    @Test
    void readsTextAsUtf8() {
        assertThat(read("user_id=%C3%A9%F0%9F%98%80").get(USER_ID)).isEqualTo("é😀");
        assertThat(read("&&hours=2&").get(HOURS)).isEqualTo(2);
        assertThat(read("").get(HOURS)).isNull();
        assertThat(read(null).get(HOURS, 24)).isEqualTo(24);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hours=0",
                "hours=169",
                "hours=abc",
                "hours=-1",
                "hours=1e9",
                "hours=",
                "hours",
                "hours=1.5",
                "hours=%2B5",
                "hours=+5",
                "hours=99999999999999999999",
                "hours=0x10",
                "hours=%D9%A1",
                "hours=1%00",
                "from=yesterday",
                "from=-1",
                "from=2262-01-01T00:00:00Z",
                "from=9214646400000",
                "from=2026-01-01",
                "from=2026-01-01T00:00:00",
                "from=2026-13-01T00:00:00Z",
                "from=1969-12-31T23:59:59Z",
                "from=999999999999999999",
                "from=2026-01-01T02:00:00+02:00",
                "from=",
                "from=%2B999999999-12-31T23:59:59Z",
                "from=",
                "step=0m",
                "step=30s",
                "step=90s",
                "step=5",
                "step=367d",
                "step=-PT5M",
                "step=PT5M1S",
                "step=abc",
                "step=999999999d",
                "min_ms=-1",
                "min_ms=1.",
                "min_ms=.5",
                "min_ms=1.0000001",
                "min_ms=1e3",
                "min_ms=NaN",
                "min_ms=1000000000000",
                "status=5x",
                "status=0xx",
                "status=5555",
                "status=abc",
                "status=99",
                "status=x00",
                "status=5x5",
                "endpoint=GET",
                "endpoint=/orders",
                "endpoint=get+/orders",
                "endpoint=BREW+/pot",
                "endpoint=+GET",
                "user_id=",
                "user_id=abcdef"
            })
    void refusesOtherValuesNamingParameterValueAndWhatIsAllowed(String query) {
        Problem problem = refusal(query);
        String name = query.replaceFirst("=.*", "");
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.type()).isEqualTo("urn:millisight:problem:invalid-parameter");
        assertThat(problem.members()).containsEntry("parameter", name).containsKeys("value", "allowed");
        assertThat(problem.members().get("detail"))
                .contains("'" + name + "'")
                .contains(problem.members().get("allowed"));
    }

    @Test
    void refusesAParameterGivenTwice() {
        Problem problem = refusal("hours=1&hours=1");
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.members()).containsEntry("parameter", "hours").containsEntry("allowed", "once");
        assertThat(refusal("hours=1&%68ours=2").type()).endsWith("repeated-parameter");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hours=%",
                "hours=%4",
                "hours=%zz",
                "hours=%C3",
                "hours=%ff",
                "%=1",
                "hours=\u0661",
                "user_id=%ED%A0%80"
            })
    void refusesMalformedEncoding(String query) {
        Problem problem = refusal(query);
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.type()).isEqualTo("urn:millisight:problem:malformed-query");
    }

    @ParameterizedTest
    @CsvSource({
        "hour=1, hours",
        "Hours=1, hours",
        "huors=1, hours",
        "form=1, from",
        "min-ms=1, min_ms",
        "userid=1, user_id",
        "endpiont=1, endpoint",
    })
    void guessesWhatAnUnknownParameterWasMeantToBe(String query, String meant) {
        Problem problem = refusal(query);
        assertThat(problem.type()).isEqualTo("urn:millisight:problem:unknown-parameter");
        assertThat(problem.members().get("detail")).endsWith("Did you mean '" + meant + "'?");
        assertThat(problem.members()).containsEntry("allowed", "hours, from, step, min_ms, status, endpoint, user_id");
    }

    @Test
    void doesNotGuessWildly() {
        assertThat(refusal("callback=1").members().get("detail")).doesNotContain("Did you mean");
        assertThat(refusal("=1").members().get("detail")).doesNotContain("Did you mean");
        assertThat(refusal("h".repeat(5_000) + "=1").members().get("detail")).doesNotContain("Did you mean");
    }

    @Test
    void repeatsNoMoreThanTheBeginningOfARefusedValue() {
        assertThat(refusal("hours=" + "9".repeat(5_000)).members().get("value"))
                .hasSize(103)
                .endsWith("9...");
    }

    private static Parameters read(@Nullable String query) {
        return new Parameters(ALL, query);
    }

    private static Problem refusal(String query) {
        return catchThrowableOfType(ProblemException.class, () -> read(query)).problem();
    }
}
