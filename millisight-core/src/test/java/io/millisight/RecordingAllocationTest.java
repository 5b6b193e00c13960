package io.millisight;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millisight.observe.Outcome;
import io.millisight.testkit.ManualClock;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What recording allocates on the request's thread, by the JVM's own count: a fact, not a timing. */
class RecordingAllocationTest {

    private static final int PASSES = 5;
    private static final int REQUESTS_A_PASS = 20_000;

    /** What asking for the count may cost; the JVM's own needs while it compiles are seen in some passes, never in all. */
    private static final long TOLERATED_BYTES = 512;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void recordingAKnownEndpointAllocatesNothing() {
        assertThat(leastBytesOfAPass(null, null)).isLessThanOrEqualTo(TOLERATED_BYTES);
    }

    @Test
    void recordingAUserAndAPathAllocatesNothing() {
        assertThat(leastBytesOfAPass("user-4711", "/orders/48213/lines/7")).isLessThanOrEqualTo(TOLERATED_BYTES);
    }

    private static long leastBytesOfAPass(String userId, String path) {
        try (Millisight millisight = start()) {
            record(millisight, 1, userId, path);
            long least = Long.MAX_VALUE;
            for (int pass = 0; pass < PASSES; pass++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                record(millisight, REQUESTS_A_PASS, userId, path);
                least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(millisight.ledger().seen()).isEqualTo(1 + PASSES * REQUESTS_A_PASS);
            return least;
        }
    }

    private static Millisight start() {
        return Millisight.start(MillisightConfig.builder().store("memory").build(), new ManualClock());
    }

    private static void record(Millisight millisight, int requests, String userId, String path) {
        for (int i = 0; i < requests; i++) {
            millisight.record("GET", "/orders/{id}", 200, Outcome.COMPLETED, false, 0, 6_000_000L + i, userId, path);
        }
    }
}
