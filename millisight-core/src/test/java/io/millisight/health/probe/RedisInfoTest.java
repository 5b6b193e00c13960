package io.millisight.health.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedisInfoTest {

    @Test
    void callsAReplicaThatHasLostItsMasterDegraded() {
        HealthResult result = RedisInfo.judge(RedisInfo.parse("""
                # Replication
                role:slave
                master_host:10.0.0.7
                master_port:6379
                master_link_status:down
                master_last_io_seconds_ago:-1
                master_link_down_since_seconds:42
                """));

        assertThat(result.status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(result.message())
                .isEqualTo("this Redis is a replica that has lost its master 10.0.0.7:6379, for 42 s");
        assertThat(result.details()).containsEntry("role", "replica").containsEntry("master_link", "down");
    }

    @Test
    void saysHowFarAReplicaIsBehind() {
        HealthResult result = RedisInfo.judge(Map.of(
                "role", "slave",
                "master_link_status", "up",
                "master_last_io_seconds_ago", "7",
                "slave_read_repl_offset", "1500",
                "slave_repl_offset", "1000"));

        assertThat(result.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(result.details())
                .containsEntry("replication_lag_seconds", 7L)
                .containsEntry("replication_lag_bytes", 500L);
    }

    @Test
    void saysHowFarTheSlowestReplicaOfAMasterIsBehind() {
        HealthResult result = RedisInfo.judge(Map.of(
                "role", "master",
                "connected_slaves", "2",
                "master_repl_offset", "5000",
                "slave0", "ip=10.0.0.8,port=6379,state=online,offset=4900,lag=0",
                "slave1", "ip=10.0.0.9,port=6379,state=online,offset=1000,lag=3"));

        assertThat(result.details())
                .containsEntry("connected_replicas", 2L)
                .containsEntry("replication_lag_seconds", 3L)
                .containsEntry("replication_lag_bytes", 4000L);
    }

    @Test
    void callsMemoryThatIsNearlyUsedUpAndMayNotBeEvictedDegraded() {
        HealthResult result = RedisInfo.judge(memory("950", "1000", "noeviction"));

        assertThat(result.status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(result.message())
                .isEqualTo("Redis has used 95 % of its maxmemory and may not evict: beyond it, writes fail");
    }

    @Test
    void callsFullMemoryHealthyWhereItMayBeEvictedOrHasNoLimit() {
        assertThat(RedisInfo.judge(memory("999", "1000", "allkeys-lru")).status())
                .isEqualTo(HealthStatus.HEALTHY);
        assertThat(RedisInfo.judge(memory("999", "0", "noeviction")).status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(RedisInfo.judge(memory("900", "1000", "noeviction")).status())
                .isEqualTo(HealthStatus.HEALTHY);
    }

    private static Map<String, String> memory(String used, String max, String policy) {
        return Map.of("used_memory", used, "maxmemory", max, "maxmemory_policy", policy);
    }

    @Test
    void callsOneThatLoadsDegraded() {
        assertThat(RedisInfo.judge(Map.of("loading", "1")).status()).isEqualTo(HealthStatus.DEGRADED);
    }

    @Test
    void leavesOutWhatIsMissingOrMakesNoSense() {
        Map<String, String> info = new HashMap<>();
        for (String field : new String[] {"used_memory", "maxmemory", "connected_slaves", "master_repl_offset"}) {
            info.put(field, "many");
        }
        info.put("role", "slave");
        info.put("slave_repl_offset", "5");
        info.put("slave_read_repl_offset", "4");

        HealthResult result = RedisInfo.judge(info);

        assertThat(result.status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(result.details()).containsOnlyKeys("product", "role");
        assertThat(RedisInfo.judge(Map.of()).status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(RedisInfo.judge(Map.of("connected_slaves", "2", "slave0", "?", "role", "master"))
                        .details())
                .doesNotContainKeys("replication_lag_bytes", "replication_lag_seconds");
    }

    @Test
    void callsValkeyByItsName() {
        assertThat(RedisInfo.judge(Map.of("redis_version", "7.2.4", "valkey_version", "8.1.0"))
                        .details())
                .containsEntry("product", "Valkey")
                .containsEntry("version", "8.1.0");
    }
}
