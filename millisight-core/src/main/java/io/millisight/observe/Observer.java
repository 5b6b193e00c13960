package io.millisight.observe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What observes requests in one place, a filter or a handler: where its observations go, the clock they go by, what is not observed,
 * and its faults, which never reach a request. Any number of threads, no lock.
 */
public final class Observer {

    private final Recorder recorder;
    private final TimeSource time;
    private final InFlight inFlight;
    private final @Nullable PathPatterns excluded;
    private final boolean keepsUserIds;
    private final boolean showsServerTiming;
    private final Faults faults = new Faults();

    /**
     * Observes for this recorder.
     *
     * @param inFlight told of every request that is not excluded
     * @param exclude patterns of paths, see {@link PathPatterns}
     * @param userIds whether to look for them at all
     * @param showsServerTiming whether responses carry {@link ResponseTime#SERVER_TIMING} too
     * @throws IllegalArgumentException naming the pattern that is none
     */
    public Observer(
            Recorder recorder,
            TimeSource time,
            InFlight inFlight,
            List<String> exclude,
            UserIdPolicy userIds,
            boolean showsServerTiming) {
        this.recorder = recorder;
        this.time = time;
        this.inFlight = inFlight;
        this.excluded = exclude.isEmpty() ? null : PathPatterns.of(exclude);
        this.keepsUserIds = userIds != UserIdPolicy.OFF;
        this.showsServerTiming = showsServerTiming;
    }

    /** The clock of beginnings and ends. */
    public long nanoTime() {
        return time.nanoTime();
    }

    /**
     * Whether a request for this is not to be recorded.
     *
     * @param uri its raw path
     * @param contextPath the application's, with which it begins; empty where there is none
     */
    public boolean excludes(String uri, String contextPath) {
        return excluded != null && excluded.matches(uri, contextPath.length());
    }

    /** Whether there is any use for a user id. */
    public boolean keepsUserIds() {
        return keepsUserIds;
    }

    /** Whether responses carry {@link ResponseTime#SERVER_TIMING} too. */
    public boolean showsServerTiming() {
        return showsServerTiming;
    }

    /** Requests under way. */
    public InFlight inFlight() {
        return inFlight;
    }

    /** Where observations go. */
    public Recorder recorder() {
        return recorder;
    }

    /** A request will not be recorded. Never throws. */
    public void lost() {
        try {
            recorder.countLost();
        } catch (Throwable fault) {
            faults.count("lost", fault);
        }
    }

    /** Faults of this place. */
    public Faults faults() {
        return faults;
    }
}
