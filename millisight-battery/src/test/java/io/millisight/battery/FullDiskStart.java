package io.millisight.battery;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.observe.Outcome;
import java.nio.file.Path;
import java.time.Duration;

/** A process that records on a disk without room for the ring, more than would fit; says how that went as its last line. */
final class FullDiskStart {

    static final String HELD = "recorded without a fault";

    private static final int REQUESTS = 200_000;

    private FullDiskStart() {}

    public static void main(String[] directory) {
        MillisightConfig config = MillisightConfig.builder()
                .service("shop")
                .dataDirectory(Path.of(directory[0]))
                .journalBytes(16 << 20)
                .flushInterval(Duration.ofSeconds(1))
                .build();
        long faults;
        try (Millisight millisight = Millisight.start(config)) {
            System.out.println(millisight.journalDescription());
            for (int i = 0; i < REQUESTS; i++) {
                long now = millisight.time().nanoTime();
                millisight.record("GET", "/a", 200, Outcome.COMPLETED, false, now - 1_000, now, null, null);
            }
            faults = millisight.ledger().dropped().get("recorder_fault");
        }
        System.out.println(faults == 0 ? HELD : faults + " faults while recording");
    }
}
