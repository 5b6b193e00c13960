package io.millisight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.alert.SpikeRule;
import io.millisight.health.HealthConfig;
import io.millisight.observe.UserIdPolicy;
import io.millisight.store.Retention;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MillisightSettingsTest {

    @Test
    void nothingGivenMeansTheDefaults() {
        MillisightSettings settings = MillisightSettings.of(Map.of());

        assertThat(settings.config()).isEqualTo(MillisightConfig.defaults());
        assertThat(settings.enabled()).isTrue();
        assertThat(settings.value("access")).isNull();
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void everySettingReachesTheConfiguration() {
        MillisightConfig config = MillisightSettings.of(Map.ofEntries(
                        Map.entry("service", "shop"),
                        Map.entry("instance", "shop-1"),
                        Map.entry("data-dir", "/var/millisight"),
                        Map.entry("store", "memory"),
                        Map.entry("journal-size", "2MiB"),
                        Map.entry("slow-threshold", "250ms"),
                        Map.entry("slow-thresholds.GET /reports", "2s"),
                        Map.entry("window", "10m"),
                        Map.entry("slice", "PT30S"),
                        Map.entry("max-endpoints", "17"),
                        Map.entry("user-id", "Hash"),
                        Map.entry("request-log-limit", "0"),
                        Map.entry("flush-interval", "100 ms"),
                        Map.entry("exclude", "/health, *.css"),
                        Map.entry("server-timing", "true"),
                        Map.entry("alert.factor", "2.5"),
                        Map.entry("alert.baseline-weight", "0.8"),
                        Map.entry("alert.minimum-requests", "20"),
                        Map.entry("alert.cooldown", "1h"),
                        Map.entry("alert.floor", "500us"),
                        Map.entry("retention.requests", "1d"),
                        Map.entry("retention.request-bytes", "1GiB"),
                        Map.entry("retention.minutes", "2d"),
                        Map.entry("retention.hours", "30d"),
                        Map.entry("retention.health", "3d"),
                        Map.entry("health.interval", "30s"),
                        Map.entry("health.timeout", "2s"),
                        Map.entry("health.critical", "database, ml_models,"),
                        Map.entry("health.redis", "redis://cache:6379"),
                        Map.entry("health.http.ml_models", "http://ml:8501/ready?a=b,c")))
                .config();

        assertThat(config)
                .isEqualTo(MillisightConfig.builder()
                        .service("shop")
                        .instance("shop-1")
                        .dataDirectory(Path.of("/var/millisight"))
                        .store("memory")
                        .journalBytes(2 << 20)
                        .slowThreshold(Duration.ofMillis(250))
                        .slowThresholds(Map.of("GET /reports", Duration.ofSeconds(2)))
                        .window(Duration.ofMinutes(10))
                        .slice(Duration.ofSeconds(30))
                        .maxEndpoints(17)
                        .userId(UserIdPolicy.HASH)
                        .requestLogLimit(0)
                        .flushInterval(Duration.ofMillis(100))
                        .exclude(List.of("/health", "*.css", "/metrics/dashboard/*"))
                        .serverTiming(true)
                        .spike(new SpikeRule(2.5, 0.8, 20, Duration.ofHours(1), Duration.ofNanos(500_000)))
                        .retention(new Retention(
                                Duration.ofDays(1),
                                1L << 30,
                                Duration.ofDays(2),
                                Duration.ofDays(30),
                                Duration.ofDays(3)))
                        .health(new HealthConfig(
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(2),
                                Set.of("database", "ml_models"),
                                Map.of("ml_models", URI.create("http://ml:8501/ready?a=b,c")),
                                URI.create("redis://cache:6379")))
                        .build());
    }

    @Test
    void thresholdsOfSeveralEndpointsFitIntoOneValue() {
        MillisightConfig config = MillisightSettings.of(Map.of(
                        "slow-thresholds", "GET /reports/{id}=2s, POST /a=b=1s",
                        "slow-thresholds.GET /reports/{id}", "3s"))
                .config();

        assertThat(config.slowThresholds())
                .containsOnly(
                        Map.entry("GET /reports/{id}", Duration.ofSeconds(3)),
                        Map.entry("POST /a=b", Duration.ofSeconds(1)));
    }

    @Test
    void severalUrlsToCheckFitIntoOneValue() {
        MillisightConfig config = MillisightSettings.of(
                        Map.of("health.http", "ml_models=http://ml/ready?a=b, tax=https://tax/health"))
                .config();

        assertThat(config.health().http())
                .containsExactly(
                        Map.entry("ml_models", URI.create("http://ml/ready?a=b")),
                        Map.entry("tax", URI.create("https://tax/health")));
        assertThatThrownBy(() -> MillisightSettings.of(Map.of("health.http", "http://ml/ready"))
                        .config())
                .hasMessage("health.http: http://ml/ready; allowed: name=URL, separated by commas");
    }

    @Test
    void aUrlThatIsNoneIsNotShown() {
        assertThatThrownBy(() -> MillisightSettings.of(Map.of("health.redis", "redis://me:secret @cache"))
                        .config())
                .hasMessage("health.redis: a value of 24 characters, not shown; allowed: a URL");
    }

    @Test
    void settingsBuildOnAGivenConfiguration() {
        MillisightConfig base = MillisightConfig.builder()
                .service("shop")
                .slowThresholds(Map.of("GET /a", Duration.ofSeconds(1)))
                .build();

        assertThat(MillisightSettings.of(Map.of("max-endpoints", "5")).config(base))
                .isEqualTo(base.toBuilder().maxEndpoints(5).build());
    }

    @Test
    void anEmptyValueCountsAsNotGiven() {
        MillisightSettings settings = MillisightSettings.of(Map.of("slow-threshold", " ", "token", ""));

        assertThat(settings.config()).isEqualTo(MillisightConfig.defaults());
        assertThat(settings.value("token")).isNull();
    }

    @Test
    void systemPropertiesWinOverTheEnvironmentAndThatOverInitParameters() {
        Properties system = new Properties();
        system.setProperty("millisight.service", "from-property");
        system.setProperty("millisight.slow-thresholds.GET /a", "2s");
        system.setProperty("java.version", "17");
        Map<String, String> environment = Map.of(
                "MILLISIGHT_SERVICE", "from-environment",
                "MILLISIGHT_DATA_DIR", "from-environment",
                "MILLISIGHT_ALERT_BASELINE_WEIGHT", "0.5",
                "PATH", "/bin");
        Map<String, String> parameters = Map.of(
                "millisight.service", "from-parameter",
                "millisight.data-dir", "from-parameter",
                "millisight.store", "memory",
                "millisight.access", "open",
                "millisight.enabled", "FALSE");

        MillisightSettings settings = MillisightSettings.fromEnvironment(environment, system, parameters::get);

        MillisightConfig config = settings.config();
        assertThat(config.service()).isEqualTo("from-property");
        assertThat(config.dataDirectory()).isEqualTo(Path.of("from-environment"));
        assertThat(config.store()).isEqualTo("memory");
        assertThat(config.spike().baselineWeight()).isEqualTo(0.5);
        assertThat(config.slowThresholds()).containsOnlyKeys("GET /a");
        assertThat(settings.value("access")).isEqualTo("open");
        assertThat(settings.enabled()).isFalse();
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void anUnknownNameIsRefusedWithTheNearestKnownOne() {
        assertThatThrownBy(() -> MillisightSettings.of(Map.of("slow-treshold", "1s")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("slow-treshold: unknown setting; did you mean slow-threshold?");
        assertThatThrownBy(() -> MillisightSettings.of(Map.of()).value("acess"))
                .hasMessage("acess: unknown setting; did you mean access?");
    }

    @Test
    void anUnknownNameNearNoneIsRefusedWithAllThatAreAllowed() {
        assertThatThrownBy(() -> MillisightSettings.of(Map.of("colour-of-the-sky", "blue")))
                .hasMessageStartingWith("colour-of-the-sky: unknown setting; allowed: access, alert.baseline-weight, ")
                .hasMessageEndingWith("user-id, window");
    }

    @Test
    void anUnknownSystemPropertyOfOursIsRefused() {
        Properties system = new Properties();
        system.setProperty("millisight.data-directory", "x");

        assertThatThrownBy(() -> MillisightSettings.fromEnvironment(Map.of(), system, name -> null))
                .hasMessage("millisight.data-directory: unknown setting; allowed: "
                        + String.join(", ", MillisightSettings.names()));
    }

    @Test
    void unknownVariablesOfTheEnvironmentAreAWarningAlone() {
        MillisightSettings settings = MillisightSettings.fromEnvironment(
                Map.of("MILLISIGHT_SLOW_TRESHOLD", "1s", "MILLISIGHT_PORT_8080_TCP_ADDR", "10.0.0.1"),
                new Properties(),
                name -> null);

        assertThat(settings.config()).isEqualTo(MillisightConfig.defaults());
        assertThat(settings.warnings())
                .hasSize(2)
                .anyMatch(warning -> warning.startsWith("MILLISIGHT_PORT_8080_TCP_ADDR: unknown setting, passed over"))
                .contains("MILLISIGHT_SLOW_TRESHOLD: unknown setting, passed over; nearest: MILLISIGHT_SLOW_THRESHOLD");
    }

    @Test
    void valuesNeverShowInTheDescription() {
        assertThat(MillisightSettings.of(Map.of("token", "secret", "access", "token")))
                .hasToString("MillisightSettings[access, token]");
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "slow-threshold | fast | a duration such as 500ms, 2s, 5m, 24h, 7d or PT2S",
                "slow-threshold | 500 | a duration such as 500ms, 2s, 5m, 24h, 7d or PT2S",
                "slow-threshold | 999999999999999999d | a duration such as 500ms, 2s, 5m, 24h, 7d or PT2S",
                "journal-size | big | a size such as 512KiB, 16MiB, 2GiB or a number of bytes",
                "journal-size | 16MB | a size such as 512KiB, 16MiB, 2GiB or a number of bytes",
                "retention.request-bytes | 99999999999TiB | a size such as 512KiB, 16MiB, 2GiB or a number of bytes",
                "max-endpoints | many | a whole number",
                "alert.factor | twice | a number",
                "user-id | plain | store, hash, off",
                "slow-thresholds | 2s | METHOD route=duration, separated by commas",
                "alert.minimum-requests | 0 | at least 1",
                "flush-interval | PT0S | PT0.01S to PT1M",
                "journal-size | 2147483647 | a power of two from 1048576 (1 MiB) to 1073741824 (1 GiB) bytes",
            })
    void aTextThatCannotBeReadIsRefusedBySettingValueAndWhatIsAllowed(String name, String text, String allowed) {
        assertThatThrownBy(() -> MillisightSettings.of(Map.of(name, text)).config())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(name + ": " + text + "; allowed: " + allowed);
    }

    @Test
    void aPathThatCannotBeOneIsRefused() {
        assertThatThrownBy(
                        () -> MillisightSettings.of(Map.of("data-dir", "a\0b")).config())
                .hasMessageStartingWith("data-dir: ")
                .hasMessageEndingWith("; allowed: a path");
    }

    @Test
    void aFlagIsTrueOrFalseAndNothingElse() {
        assertThat(MillisightSettings.of(Map.of("enabled", "true")).enabled()).isTrue();
        assertThatThrownBy(() -> MillisightSettings.of(Map.of("enabled", "yes")).enabled())
                .hasMessage("enabled: yes; allowed: true, false");
    }

    @ParameterizedTest
    @CsvSource({"1048576, 1048576", "1048576b, 1048576", "1024KiB, 1048576", "1MIB, 1048576", "1 GiB, 1073741824"})
    void sizesAreReadInBinaryUnits(String text, int bytes) {
        assertThat(MillisightSettings.of(Map.of("journal-size", text)).config().journalBytes())
                .isEqualTo(bytes);
        assertThat(SettingText.bytes("x", "2TiB")).isEqualTo(2L << 40);
    }
}
