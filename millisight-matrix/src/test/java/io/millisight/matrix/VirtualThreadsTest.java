package io.millisight.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The whole column once more on virtual threads; nothing of ours may pin one to its carrier. */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsTest extends Cells {

    private static final String PINNED = "jdk.VirtualThreadPinned";
    private static final String STARTED = "jdk.VirtualThreadStart";

    private final Recording recording = new Recording();

    @Override
    boolean onVirtualThreads() {
        return true;
    }

    @BeforeAll
    void watch() {
        recording.enable(PINNED).withThreshold(Duration.ZERO).withStackTrace();
        recording.enable(STARTED);
        recording.start();
    }

    @AfterAll
    void pinsNoVirtualThread() throws IOException {
        recording.stop();
        Path file = Containers.folder("pinned").resolve("recording.jfr");
        recording.dump(file);
        recording.close();
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);

        assertThat(events).as("requests ran on virtual threads").anyMatch(event -> is(event, STARTED));
        assertThat(events)
                .filteredOn(event -> is(event, PINNED))
                .extracting(VirtualThreadsTest::whoBlocks)
                .as("pinned by us")
                .noneMatch(type -> type.startsWith("io.millisight.") && !type.startsWith("io.millisight.matrix."));
    }

    private static boolean is(RecordedEvent event, String type) {
        return event.getEventType().getName().equals(type);
    }

    /** The class nearest to the block that is none of the JDK's: whose call it is. */
    private static String whoBlocks(RecordedEvent pinned) {
        return Optional.ofNullable(pinned.getStackTrace()).stream()
                .flatMap(stack -> stack.getFrames().stream())
                .map(frame -> frame.getMethod().getType().getName())
                .filter(type -> !type.matches("(java|jdk|sun)\\..*"))
                .findFirst()
                .orElse("the JDK alone");
    }
}
