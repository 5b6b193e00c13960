package io.millisight.spring.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import redis.embedded.RedisServer;

/** Boot's own connection to a real Redis is found, and its going and coming back is seen. */
class RedisInBootTest {

    @Test
    void turnsAndReturnsWithRedis() throws Exception {
        int port = freePort();
        RedisServer redis = start(port);
        try (RunningService service = RunningService.start(
                List.of(
                        "--spring.data.redis.port=" + port, // Boot 4 too
                        "--spring.data.redis.timeout=500ms",
                        "--spring.data.redis.connect-timeout=500ms"),
                Cached.class)) {
            Map<String, Object> healthy = service.awaitCheck("redis", "healthy");
            assertThat(RunningService.object(healthy, "details")).containsEntry("role", "master");
            assertThat(service.checks())
                    .as("neither Actuator's nor a second")
                    .filteredOn(name -> name.contains("edis"))
                    .containsExactly("redis");

            redis.stop();
            service.awaitCheck("redis", "down");

            redis = start(port);
            service.awaitCheck("redis", "healthy");
        } finally {
            redis.stop();
        }
    }

    private static RedisServer start(int port) throws IOException {
        RedisServer redis = RedisServer.newRedisServer()
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        redis.start();
        return redis;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
                "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            })
    static class Cached {}
}
