package io.millisight;

import io.millisight.health.HealthCheck;
import io.millisight.health.HealthConfig;
import io.millisight.health.HealthProbe;
import io.millisight.health.probe.DiskProbe;
import io.millisight.health.probe.HttpProbe;
import io.millisight.health.probe.JvmProbe;
import io.millisight.health.probe.RedisProbe;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The checks that are there without code: those that every service has, and those that the configuration names. */
final class OwnChecks {

    /** From here on an answer of Redis is slow. */
    private static final Duration SLOW_ANSWER = Duration.ofMillis(500);

    /** From here on an answer of a URL is slow. */
    private static final Duration SLOW_PAGE = Duration.ofSeconds(2);

    private OwnChecks() {}

    /**
     * The checks.
     *
     * @param self how the monitor itself is
     * @param folder where data is kept, if anywhere
     * @throws IllegalArgumentException for a URL or a name that cannot be used
     */
    static List<HealthCheck> of(HealthConfig config, HealthProbe self, Optional<Path> folder) {
        List<HealthCheck> checks = new ArrayList<>();
        checks.add(config.check("millisight", self).build());
        checks.add(config.check("jvm", JvmProbe.ofThisJvm()).build());
        folder.ifPresent(
                path -> checks.add(config.check("disk", DiskProbe.of(path)).build()));
        URI redis = config.redis();
        if (redis != null) {
            checks.add(config.check("redis", RedisProbe.of(redis))
                    .degradedAbove(SLOW_ANSWER)
                    .build());
        }
        config.http()
                .forEach((name, url) -> checks.add(config.check(name, HttpProbe.of(url))
                        .degradedAbove(SLOW_PAGE)
                        .build()));
        return checks;
    }
}
