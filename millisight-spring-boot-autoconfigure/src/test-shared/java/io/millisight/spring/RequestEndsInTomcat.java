package io.millisight.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.Millisight;
import io.millisight.live.LiveSummary;
import io.millisight.servlet.RequestEndsTeller;
import io.millisight.spring.health.RunningService;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What holds in the Tomcat that each Boot embeds: it has the valve, and requests that fail end once. */
public abstract class RequestEndsInTomcat {

    @TempDir
    private Path folder;

    @Test
    void areToldByAValve() {
        try (RunningService service = RunningService.start(
                List.of("--millisight.data-dir=" + folder, "--spring.datasource.url=jdbc:sqlite::memory:"),
                Shop.class)) {
            assertThat(service.context().getBean(RequestEndsTeller.class).isInPlace())
                    .isTrue();

            assertThat(service.get("/throws").statusCode()).isEqualTo(500);
            assertThat(service.get("/refuses").statusCode()).isEqualTo(409);
            assertThat(service.get("/answers").statusCode()).isEqualTo(200);

            Millisight millisight = service.context().getBean(Millisight.class);
            LiveSummary summary = awaitRequests(millisight, 3);
            assertThat(summary.totalRequests()).isEqualTo(3);
            assertThat(summary.totalServerErrors()).isEqualTo(1);
            assertThat(millisight.ledger().dropped().values()).containsOnly(0L);
        }
    }

    /** A client has its answer before the container is done with the request. */
    private static LiveSummary awaitRequests(Millisight millisight, long requests) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        LiveSummary summary = millisight.summary();
        while (summary.totalRequests() < requests && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            summary = millisight.summary();
        }
        return summary;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
                "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration",
            })
    @RestController
    static class Shop {

        @GetMapping("/throws")
        String fails() {
            throw new IllegalStateException("out of stock");
        }

        @GetMapping("/refuses")
        void refuses(HttpServletResponse response) throws IOException {
            response.sendError(409);
        }

        @GetMapping("/answers")
        String answers() {
            return "ok";
        }
    }
}
