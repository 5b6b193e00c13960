package io.millisight.spring.health;

import io.millisight.health.HealthProbe;
import io.millisight.health.HealthResult;
import io.millisight.health.probe.RedisInfo;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Asks Redis over the application's own connections: PING, and what INFO says. The time it may take is the client's own;
 * the monitor interrupts it, which Lettuce heeds.
 */
final class RedisConnectionProbe implements HealthProbe {

    private final RedisConnectionFactory factory;

    RedisConnectionProbe(RedisConnectionFactory factory) {
        this.factory = factory;
    }

    @Override
    public HealthResult check(Duration timeout) {
        RedisConnection connection = factory.getConnection();
        try {
            String answer = connection.ping();
            if (!"PONG".equals(answer)) {
                return HealthResult.down("PING was answered by " + answer);
            }
            // The INFO of a cluster is one of many servers: no single one speaks for it.
            return connection instanceof RedisClusterConnection ? HealthResult.healthy() : judged(connection);
        } finally {
            connection.close();
        }
    }

    private static HealthResult judged(RedisConnection connection) {
        Properties info;
        try {
            info = connection.serverCommands().info();
        } catch (DataAccessException refused) {
            // An ACL may forbid it; Redis itself has just answered.
            return HealthResult.healthy().with("info", "refused");
        }
        Map<String, String> fields = new HashMap<>();
        if (info != null) {
            info.stringPropertyNames().forEach(name -> fields.put(name, info.getProperty(name)));
        }
        return RedisInfo.judge(fields);
    }
}
