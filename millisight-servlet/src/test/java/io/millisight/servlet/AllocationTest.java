package io.millisight.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import jakarta.servlet.FilterChain;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a monitored request leaves to the garbage collector. A count, not a timing: the same on every machine. */
class AllocationTest {

    private static final int REQUESTS = 100_000;

    /** 176 are the observation, the two wrappers and the route of the mapping. */
    private static final long MOST_BYTES_A_REQUEST = 200;

    @TempDir
    private Path directory;

    @Test
    void allocatesAtMostTwoHundredBytesARequest() throws Exception {
        MillisightConfig config = MillisightConfig.builder()
                .dataDirectory(directory)
                .store("memory")
                .build();
        try (Millisight millisight = Millisight.start(config)) {
            MillisightFilter filter = new MillisightFilter(millisight);
            serve(filter, 1_000); // fills what is kept: header texts, the known endpoint
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long self = Thread.currentThread().getId();

            long before = threads.getThreadAllocatedBytes(self);
            serve(filter, REQUESTS);
            long each = (threads.getThreadAllocatedBytes(self) - before) / REQUESTS;

            assertThat(each).isLessThanOrEqualTo(MOST_BYTES_A_REQUEST);
        }
    }

    /** Filter, wrappers, header and record around an application that does nothing. */
    private static void serve(MillisightFilter filter, int requests) throws Exception {
        FakeRequest request = new FakeRequest();
        FakeResponse response = new FakeResponse();
        FilterChain chain = (given, answered) -> {};
        for (int i = 0; i < requests; i++) {
            request.recycle();
            filter.doFilter(request, response, chain);
        }
        assertThat(response.time()).endsWith("ms");
    }
}
