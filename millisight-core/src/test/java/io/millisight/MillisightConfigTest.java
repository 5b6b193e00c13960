package io.millisight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.alert.SpikeRule;
import io.millisight.observe.Endpoint;
import io.millisight.observe.PathPatterns;
import io.millisight.observe.UserIdPolicy;
import io.millisight.store.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MillisightConfigTest {

    @Test
    void defaultsAreTheDocumentedOnes() {
        MillisightConfig config = MillisightConfig.defaults();

        assertThat(config.service()).isEqualTo("service");
        assertThat(config.instance()).isNotBlank();
        assertThat(config.dataDirectory()).isEqualTo(Path.of("millisight-data"));
        assertThat(config.store()).isEqualTo("sqlite");
        assertThat(config.journalBytes()).isEqualTo(16 * 1024 * 1024);
        assertThat(config.slowThreshold()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.slowThresholds()).isEmpty();
        assertThat(config.window()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.slice()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.maxEndpoints()).isEqualTo(2_000);
        assertThat(config.userId()).isEqualTo(UserIdPolicy.STORE);
        assertThat(config.requestLogLimit()).isEqualTo(100);
        assertThat(config.spike()).isEqualTo(SpikeRule.defaults());
        assertThat(config.retention()).isEqualTo(Retention.defaults());
        assertThat(config.flushInterval()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aBuilderFromAConfigurationKeepsEverySetting() {
        MillisightConfig config = MillisightConfig.builder()
                .service("shop")
                .instance("shop-1")
                .dataDirectory(Path.of("data"))
                .store("memory")
                .journalBytes(1 << 20)
                .slowThreshold(Duration.ofMillis(200))
                .slowThresholds(Map.of("GET /reports", Duration.ofSeconds(2)))
                .window(Duration.ofMinutes(1))
                .slice(Duration.ofSeconds(1))
                .maxEndpoints(10)
                .userId(UserIdPolicy.HASH)
                .requestLogLimit(0)
                .spike(new SpikeRule(3, 0.5, 10, Duration.ZERO, Duration.ZERO))
                .retention(new Retention(
                        Duration.ofDays(1), 1 << 20, Duration.ofDays(1), Duration.ofDays(1), Duration.ofDays(1)))
                .flushInterval(Duration.ofMillis(10))
                .build();

        assertThat(config.toBuilder().build()).isEqualTo(config);
    }

    @Test
    void anEndpointsOwnThresholdWinsOverTheGeneralOne() {
        MillisightConfig config = MillisightConfig.builder()
                .slowThresholds(Map.of("GET /reports", Duration.ofSeconds(2)))
                .build();

        assertThat(config.slowThresholdNanos(new Endpoint("GET", "/reports"))).isEqualTo(2_000_000_000L);
        assertThat(config.slowThresholdNanos(new Endpoint("GET", "/orders"))).isEqualTo(500_000_000L);
        assertThat(MillisightConfig.defaults().slowThresholdNanos(new Endpoint("GET", "/reports")))
                .isEqualTo(500_000_000L);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refusesAValueNamingSettingValueAndWhatIsAllowed(
            String message, UnaryOperator<MillisightConfig.Builder> change) {
        MillisightConfig.Builder builder = change.apply(MillisightConfig.builder());

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> refusesAValueNamingSettingValueAndWhatIsAllowed() {
        return Stream.of(
                refused(
                        "service: empty; allowed: 1 to 100 characters without control characters",
                        builder -> builder.service(" ")),
                refused(
                        "service: has control characters; allowed: 1 to 100 characters without control characters",
                        builder -> builder.service("a\nb")),
                refused(
                        "instance: " + "x".repeat(256) + "; allowed: 1 to 255 characters without control characters",
                        builder -> builder.instance("x".repeat(256))),
                refused(
                        "store: empty; allowed: sqlite, memory, or what a store on the classpath accepts",
                        builder -> builder.store("")),
                refused(
                        "journal-size: 3145728; allowed: a power of two from 1048576 (1 MiB) to 1073741824 (1 GiB)"
                                + " bytes",
                        builder -> builder.journalBytes(3 << 20)),
                refused(
                        "journal-size: 524288; allowed: a power of two from 1048576 (1 MiB) to 1073741824 (1 GiB)"
                                + " bytes",
                        builder -> builder.journalBytes(1 << 19)),
                refused(
                        "slow-threshold: PT0S; allowed: PT0.001S to PT1H",
                        builder -> builder.slowThreshold(Duration.ZERO)),
                refused(
                        "slow-thresholds.GET /a: PT2H; allowed: PT0.001S to PT1H",
                        builder -> builder.slowThresholds(Map.of("GET /a", Duration.ofHours(2)))),
                refused(
                        "slow-thresholds./a: endpoint: '/a'; allowed: METHOD, one space, route, as in 'GET"
                                + " /orders/{id}'",
                        builder -> builder.slowThresholds(Map.of("/a", Duration.ofSeconds(2)))),
                refused("slice: PT0.05S; allowed: PT0.1S to PT10M", builder -> builder.slice(Duration.ofMillis(50))),
                refused(
                        "window: PT10S; allowed: a multiple of slice (PT10S), 2 to 360 slices",
                        builder -> builder.window(Duration.ofSeconds(10))),
                refused(
                        "window: PT25S; allowed: a multiple of slice (PT10S), 2 to 360 slices",
                        builder -> builder.window(Duration.ofSeconds(25))),
                refused(
                        "window: PT2562047788015215H30M7S; allowed: a multiple of slice (PT10S), 2 to 360 slices",
                        builder -> builder.window(Duration.ofSeconds(Long.MAX_VALUE))),
                refused("max-endpoints: 0; allowed: 1 to 100000", builder -> builder.maxEndpoints(0)),
                refused("max-endpoints: 100001; allowed: 1 to 100000", builder -> builder.maxEndpoints(100_001)),
                refused(
                        "exclude: static; allowed: " + PathPatterns.ALLOWED,
                        builder -> builder.exclude(List.of("static"))),
                refused("request-log-limit: -1; allowed: 0 to 100000", builder -> builder.requestLogLimit(-1)),
                refused(
                        "flush-interval: PT1M1S; allowed: PT0.01S to PT1M",
                        builder -> builder.flushInterval(Duration.ofSeconds(61))));
    }

    private static Arguments refused(String message, UnaryOperator<MillisightConfig.Builder> change) {
        return Arguments.of(message, change);
    }
}
