package io.millisight.health.probe;

import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the INFO of a Redis server says of its health.
 *
 * <p>Degraded is one that still loads its data, a replica that has lost its master, and one whose memory is nearly used up
 * while it may not evict anything: there, writes are about to fail. A field that is missing or makes no sense is left out;
 * it never makes the server look ill.
 */
public final class RedisInfo {

    /** Above this share of {@code maxmemory} the memory counts as nearly used up. */
    private static final double MEMORY_LIMIT = 0.9;

    private RedisInfo() {}

    /**
     * What INFO says.
     *
     * @param info the fields of INFO's answer by name, of all sections together: {@code used_memory -> 1234567}
     */
    public static HealthResult judge(Map<String, String> info) {
        HealthResult facts = details(info);
        if ("1".equals(info.get("loading"))) {
            return facts.as(HealthStatus.DEGRADED, "Redis is loading its data from disk");
        }
        if ("down".equals(info.get("master_link_status"))) {
            Long since = number(info, "master_link_down_since_seconds");
            return facts.as(
                    HealthStatus.DEGRADED,
                    "this Redis is a replica that has lost its master " + info.get("master_host") + ":"
                            + info.get("master_port")
                            + (since == null || since < 0 ? "" : ", for " + since + " s"));
        }
        Long used = number(info, "used_memory");
        Long max = number(info, "maxmemory");
        if (used != null
                && max != null
                && max > 0
                && used > MEMORY_LIMIT * max
                && "noeviction".equals(info.get("maxmemory_policy"))) {
            return facts.as(
                    HealthStatus.DEGRADED,
                    "Redis has used " + Math.round(100.0 * used / max)
                            + " % of its maxmemory and may not evict: beyond it, writes fail");
        }
        return facts;
    }

    private static HealthResult details(Map<String, String> info) {
        String valkey = info.get("valkey_version");
        HealthResult facts = HealthResult.healthy()
                .with("product", valkey == null ? "Redis" : "Valkey")
                .with("version", valkey == null ? info.get("redis_version") : valkey)
                .with("role", role(info));
        facts = with(facts, "used_memory", number(info, "used_memory"));
        facts = with(facts, "max_memory", number(info, "maxmemory"));
        facts = with(facts, "connected_clients", number(info, "connected_clients"));
        facts = with(facts, "connected_replicas", number(info, "connected_slaves"));
        return "slave".equals(info.get("role")) ? lagOfReplica(facts, info) : lagOfMaster(facts, info);
    }

    private static @Nullable String role(Map<String, String> info) {
        String role = info.get("role");
        return "slave".equals(role) ? "replica" : role;
    }

    /** Seen from the replica: when the master was last heard of, and what is read but not yet applied. */
    private static HealthResult lagOfReplica(HealthResult facts, Map<String, String> info) {
        HealthResult with = facts.with("master_link", info.get("master_link_status"));
        with = with(with, "replication_lag_seconds", number(info, "master_last_io_seconds_ago"));
        Long read = number(info, "slave_read_repl_offset");
        Long applied = number(info, "slave_repl_offset");
        return read == null || applied == null || read < applied
                ? with
                : with.with("replication_lag_bytes", read - applied);
    }

    /** Seen from the master: of the replica that is furthest behind. */
    private static HealthResult lagOfMaster(HealthResult facts, Map<String, String> info) {
        Long offset = number(info, "master_repl_offset");
        Long replicas = number(info, "connected_slaves");
        long bytes = -1;
        long seconds = -1;
        for (int i = 0; replicas != null && i < Math.min(replicas, 1000); i++) {
            Map<String, String> replica = replica(info.get("slave" + i));
            Long reached = number(replica, "offset");
            Long lag = number(replica, "lag");
            bytes = offset == null || reached == null ? bytes : Math.max(bytes, offset - reached);
            seconds = lag == null ? seconds : Math.max(seconds, lag);
        }
        HealthResult with = seconds < 0 ? facts : facts.with("replication_lag_seconds", seconds);
        return bytes < 0 ? with : with.with("replication_lag_bytes", bytes);
    }

    /** Of {@code ip=10.0.0.7,port=6379,state=online,offset=1234,lag=1}. */
    private static Map<String, String> replica(@Nullable String line) {
        return line == null ? Map.of() : parsed(line.split(","), '=');
    }

    /** The fields of INFO's answer. */
    static Map<String, String> parse(String info) {
        return parsed(info.split("\r?\n"), ':');
    }

    private static Map<String, String> parsed(String[] pairs, char separator) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : pairs) {
            int at = pair.indexOf(separator);
            if (at > 0) {
                fields.put(pair.substring(0, at), pair.substring(at + 1).strip());
            }
        }
        return fields;
    }

    private static HealthResult with(HealthResult facts, String name, @Nullable Long value) {
        return value == null || value < 0 ? facts : facts.with(name, value);
    }

    private static @Nullable Long number(Map<String, String> info, String field) {
        String text = info.get(field);
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
