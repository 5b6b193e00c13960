package io.millisight.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.testkit.ManualClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class FaultLogTest {

    private final ManualClock clock = new ManualClock();
    private final List<Object> lines = new ArrayList<>();
    private final Logger logger = (Logger) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
                Object[] given = (Object[]) arguments[1];
                return lines.add(method.getName() + " " + Arrays.asList(given).subList(0, 2));
            });

    @Test
    void logsOneFaultAMinuteAndCountsAll() {
        FaultLog log = new FaultLog(logger, clock);
        Exception fault = new IllegalStateException("x");
        for (int i = 0; i < 5; i++) {
            log.report("GET /metrics", fault);
        }
        clock.advance(Duration.ofSeconds(59));
        log.report("GET /metrics", fault);
        clock.advance(Duration.ofSeconds(1));
        log.report("GET /metrics\r\n\u001b[31m", fault);
        assertThat(lines).containsExactly("error [GET /metrics, 0]", "error [GET /metrics???[31m, 5]");
        assertThat(log.count()).isEqualTo(7);
    }
}
