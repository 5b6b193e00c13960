package io.millisight.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InFlightTest {

    private final InFlight inFlight = new InFlight();

    @Test
    void countsWhatHasBegunAndNotEnded() {
        inFlight.began();
        inFlight.began();
        inFlight.ended();

        assertThat(inFlight.count()).isEqualTo(1);
    }

    @Test
    void takesAnEndFromAnotherThread() throws Exception {
        inFlight.began();
        Thread other = new Thread(inFlight::ended);
        other.start();
        other.join();

        assertThat(inFlight.count()).isZero();
    }

    @Test
    void isNeverNegativeAndBackAtZero() throws Exception {
        int threads = 4;
        int each = 200_000;
        AtomicInteger running = new AtomicInteger(threads);
        ExecutorService requests = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(requests.submit(() -> {
                    for (int sent = 0; sent < each; sent++) {
                        inFlight.began();
                        inFlight.ended();
                    }
                    running.decrementAndGet();
                }));
            }
            while (running.get() > 0) {
                assertThat(inFlight.count()).isNotNegative();
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            requests.shutdownNow();
        }
        assertThat(inFlight.count()).isZero();
    }
}
