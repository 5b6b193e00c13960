package io.millisight.health.probe;

import io.millisight.health.HealthProbe;
import io.millisight.health.HealthResult;
import io.millisight.health.HealthStatus;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;

/**
 * Looks at the space left on the file store of a path.
 *
 * <p>Degraded below 5 % or 1 GiB, whichever is less; down below 1 % or 100 MiB, whichever is less: the share alone would
 * call a large disk full that has room for weeks, the bytes alone a small one that is nearly empty. Space that this process
 * may use is what counts. A file store on a network may hang where no interrupt reaches, so it is asked on a thread of its
 * own; while that hangs no other is started.
 */
public final class DiskProbe implements HealthProbe {

    private static final long MIB = 1 << 20;

    private final Path path;
    private final Callable<Space> reading;
    private final BoundedCall looking = new BoundedCall("millisight-health-disk");

    /**
     * Of a file store, in bytes.
     *
     * @param usable what this process may still write
     * @param total its size; 0 or less when it has none to tell
     */
    record Space(long usable, long total) {}

    DiskProbe(Path path, Callable<Space> reading) {
        this.path = path;
        this.reading = reading;
    }

    /** A probe of the file store that holds a path. */
    public static DiskProbe of(Path path) {
        Path absolute = path.toAbsolutePath();
        return new DiskProbe(absolute, () -> {
            FileStore store = Files.getFileStore(absolute);
            return new Space(store.getUsableSpace(), store.getTotalSpace());
        });
    }

    @Override
    public HealthResult check(Duration timeout) throws Exception {
        try {
            return judged(looking.call(reading, timeout.toNanos()));
        } catch (NoSuchFileException e) {
            return HealthResult.down(path + " does not exist, so the space left for it cannot be told");
        } catch (TimeoutException e) {
            return HealthResult.down(
                    "the file system of " + path + " does not answer within " + timeout.toMillis() + " ms");
        } catch (IOException e) {
            return HealthResult.down("the space left for " + path + " cannot be told: " + Reason.of(e));
        }
    }

    private HealthResult judged(Space space) {
        if (space.total() <= 0) {
            return HealthResult.unknown("the file system of " + path + " does not tell its size");
        }
        double share = (double) space.usable() / space.total();
        HealthResult facts = HealthResult.healthy()
                .with("path", path.toString())
                .with("usable_bytes", space.usable())
                .with("total_bytes", space.total())
                .with("usable_share", share);
        if (space.usable() < Math.min(space.total() / 100, 100 * MIB)) {
            return facts.as(HealthStatus.DOWN, left(space, share));
        }
        if (space.usable() < Math.min(space.total() / 20, 1024 * MIB)) {
            return facts.as(HealthStatus.DEGRADED, left(space, share));
        }
        return facts;
    }

    private String left(Space space, double share) {
        return String.format(
                Locale.ROOT, "only %d MiB (%.1f %%) are left for %s", space.usable() / MIB, 100 * share, path);
    }
}
