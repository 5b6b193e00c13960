package io.millisight.health.probe;

import io.millisight.health.HealthResult;
import java.util.Map;

/** Judges what Redis says of itself. Stands in for the real one. */
public final class RedisInfo {

    private RedisInfo() {}

    /** What the answer to INFO, by its names, says of the server. */
    public static HealthResult judge(Map<String, String> info) {
        return HealthResult.healthy().with("version", info.get("redis_version")).with("role", info.get("role"));
    }
}
