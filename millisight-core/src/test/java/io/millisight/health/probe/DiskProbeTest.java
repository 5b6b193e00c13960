package io.millisight.health.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskProbeTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void tellsTheSpaceLeftOnTheRealFileSystem(@TempDir Path folder) throws Exception {
        HealthResult result = DiskProbe.of(folder).check(LONG);

        assertThat(result.details())
                .containsEntry("path", folder.toString())
                .containsKeys("usable_bytes", "total_bytes", "usable_share");
        assertThat((Long) result.details().get("usable_bytes")).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        // MiB: of a small disk the share decides, of a large one the bytes.
        "   1000,    50, HEALTHY",
        "   1000,    49, DEGRADED",
        "   1000,    10, DEGRADED",
        "   1000,     9, DOWN",
        "1000000,  1024, HEALTHY",
        "1000000,  1023, DEGRADED",
        "1000000,   100, DEGRADED",
        "1000000,    99, DOWN",
    })
    void judgesByShareOfASmallDiskAndByBytesOfALargeOne(long total, long usable, HealthStatus status) throws Exception {
        HealthResult result =
                new DiskProbe(Path.of("/data"), () -> new DiskProbe.Space(usable << 20, total << 20)).check(LONG);

        assertThat(result.status()).isEqualTo(status);
    }

    @Test
    void saysHowMuchIsLeft() throws Exception {
        HealthResult result =
                new DiskProbe(Path.of("/data"), () -> new DiskProbe.Space(30L << 20, 2000L << 20)).check(LONG);

        assertThat(result.message()).isEqualTo("only 30 MiB (1.5 %) are left for /data");
    }

    @Test
    void doesNotKnowOfAFileSystemWithoutASize() throws Exception {
        HealthResult result = new DiskProbe(Path.of("/proc"), () -> new DiskProbe.Space(0, 0)).check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.UNKNOWN);
    }

    @Test
    void isDownWhenThePathDoesNotExist(@TempDir Path folder) throws Exception {
        HealthResult result = DiskProbe.of(folder.resolve("nothing")).check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(result.message()).startsWith(folder.resolve("nothing") + " does not exist");
    }

    @Test
    void isDownWhenTheFileSystemFails() throws Exception {
        HealthResult result = new DiskProbe(Path.of("/data"), () -> {
                    throw new IOException("Input/output error");
                })
                .check(LONG);

        assertThat(result.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(result.message()).isEqualTo("the space left for /data cannot be told: Input/output error");
    }

    @Test
    void isDownInTimeWhenTheFileSystemHangs() throws Exception {
        CountDownLatch thaw = new CountDownLatch(1);
        DiskProbe probe = new DiskProbe(Path.of("/data"), () -> {
            boolean hangs = true;
            while (hangs) {
                try {
                    thaw.await();
                    hangs = false;
                } catch (InterruptedException e) {
                    // As a dead network file system: no interrupt reaches it.
                }
            }
            return new DiskProbe.Space(1, 1);
        });

        HealthResult first = probe.check(Duration.ofMillis(50));
        HealthResult second = probe.check(Duration.ofMillis(50));
        thaw.countDown();

        assertThat(first.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(first.message()).isEqualTo("the file system of /data does not answer within 50 ms");
        assertThat(second.status()).isEqualTo(HealthStatus.DOWN);
    }
}
