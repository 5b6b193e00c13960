package io.millisight.http;

import io.millisight.Millisight;
import io.millisight.observe.TimeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a frame a second while anyone watches, the same to all. Any thread.
 *
 * <p>Frames are numbered and the last ones kept, once for all clients: a client is no more than a place among them. One that
 * comes back asks for what it missed; one whose place is no longer there, or was another run's, is sent everything. One
 * that has not taken what there is for 30 s is given up.
 *
 * <p>The lock guards every field and those of the subscriptions. Clients are called without it.
 */
final class LiveFeed implements AutoCloseable {

    /** What is kept at most: minutes of few endpoints, seconds of thousands. */
    static final int KEPT_FRAMES = 120;

    static final int KEPT_BYTES = 4 * 1024 * 1024;

    static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** How long it goes on when the last one has left: they may come back, and who polls leaves every time. */
    static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A frame and its number. */
    private record Kept(long number, LiveFrame frame) {}

    private final Millisight millisight;
    private final TimeSource time;
    private final LiveFrameJson json;
    private final FaultLog faults;
    private final ThreadFactory threads;

    /** Which run of which process: a number means nothing in another. */
    private final String run = Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Kept> kept = new ArrayList<>();
    private final Set<LiveSubscription> subscriptions = new LinkedHashSet<>();
    private long keptBytes;
    private long number;
    private @Nullable LiveState state;
    private @Nullable LiveState stateBefore;

    /** The last frame with everything in it, once somebody needed it. */
    private @Nullable LiveFrame everything;

    private @Nullable Thread thread;
    private long watchedAtNanos;
    private boolean closed;

    LiveFeed(Millisight millisight, FaultLog faults) {
        this(millisight, faults, task -> {
            Thread thread = new Thread(task, "millisight-live");
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        });
    }

    /** @param threads makes the thread that ticks */
    LiveFeed(Millisight millisight, FaultLog faults, ThreadFactory threads) {
        this.millisight = millisight;
        this.time = millisight.time();
        this.json = new LiveFrameJson(millisight);
        this.faults = faults;
        this.threads = threads;
    }

    /** @param after the id of the last frame that the client has, or null */
    LiveSubscription subscribe(@Nullable String after, LiveClient client) {
        lock.lock();
        try {
            beWatched();
            LiveSubscription subscription = new LiveSubscription(this, client, placeAfter(after), time.nanoTime());
            if (!closed) {
                subscriptions.add(subscription);
            }
            return subscription;
        } finally {
            lock.unlock();
        }
    }

    /** What a client has missed that asks now and then; empty when it has everything. */
    List<LiveFrame> since(@Nullable String after) {
        lock.lock();
        try {
            beWatched();
            List<LiveFrame> frames = new ArrayList<>();
            for (long next = placeAfter(after); next <= number; next++) {
                if (isGone(next)) {
                    return List.of(everything());
                }
                frames.add(kept.get(indexOf(next)).frame);
            }
            return frames;
        } finally {
            lock.unlock();
        }
    }

    @Nullable LiveFrame poll(LiveSubscription subscription) {
        lock.lock();
        try {
            if (subscriptions.contains(subscription)) {
                return next(subscription);
            }
        } finally {
            lock.unlock();
        }
        // Given up, or begun when the feed had ended: whoever comes then has not been told.
        call(subscription.client::ended);
        return null;
    }

    private @Nullable LiveFrame next(LiveSubscription subscription) {
        subscription.takenAtNanos = time.nanoTime();
        if (subscription.next > number) {
            subscription.waits = true;
            return null;
        }
        if (isGone(subscription.next)) {
            subscription.next = number + 1;
            return everything();
        }
        return kept.get(indexOf(subscription.next++)).frame;
    }

    void remove(LiveSubscription subscription) {
        lock.lock();
        try {
            if (subscriptions.remove(subscription)) {
                watchedAtNanos = time.nanoTime();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many clients are connected. */
    int clients() {
        lock.lock();
        try {
            return subscriptions.size();
        } finally {
            lock.unlock();
        }
    }

    long keptBytes() {
        lock.lock();
        try {
            return keptBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Whoever is the first after a while has something to see at once. */
    private void beWatched() {
        watchedAtNanos = time.nanoTime();
        if (thread == null && !closed) {
            tellWhatIs();
            thread = threads.newThread(this::run);
            thread.start();
        }
    }

    private void run() {
        long next = System.nanoTime() + PERIOD_NANOS;
        while (goesOn()) {
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(this, wait);
                Thread.interrupted(); // Whoever interrupts this thread must not keep it from parking ever again.
                continue;
            }
            next = Math.max(next + PERIOD_NANOS, System.nanoTime()); // what was missed, by a pause, is not made up for
            tick();
        }
    }

    private boolean goesOn() {
        lock.lock();
        try {
            boolean watched = !subscriptions.isEmpty() || time.nanoTime() - watchedAtNanos < LINGER_NANOS;
            if (closed || !watched) {
                thread = null;
                forget();
                return false;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Nobody will ask for these frames: a number that goes on keeps later ones from being taken for them. */
    private void forget() {
        kept.clear();
        keptBytes = 0;
        state = null;
        stateBefore = null;
        everything = null;
    }

    /** One frame: made, kept, and its clients told. */
    void tick() {
        List<LiveClient> waiting = new ArrayList<>();
        List<LiveClient> stalled = new ArrayList<>();
        lock.lock();
        try {
            tellWhatIs();
            long now = time.nanoTime();
            subscriptions.removeIf(subscription -> {
                if (subscription.waits) {
                    subscription.waits = false;
                    subscription.takenAtNanos = now;
                    waiting.add(subscription.client);
                    return false;
                }
                boolean stalls = now - subscription.takenAtNanos > STALLED_NANOS;
                if (stalls) {
                    stalled.add(subscription.client);
                }
                return stalls;
            });
        } catch (RuntimeException | Error e) {
            faults.report("the live feed", e);
        } finally {
            lock.unlock();
        }
        waiting.forEach(client -> call(client::available));
        stalled.forEach(client -> call(client::ended));
    }

    /** One client's fault is no other's. */
    private void call(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | Error e) {
            faults.report("the live feed's client", e);
        }
    }

    private void tellWhatIs() {
        LiveState before = state;
        LiveState now = before == null ? LiveState.of(millisight) : before.next(millisight);
        number++;
        LiveState known = before != null && now.continues(before) ? before : null;
        LiveFrame frame = new LiveFrame(id(number), json.write(id(number), known, known, now));
        state = now;
        stateBefore = known;
        everything = known == null ? frame : null;
        keep(frame);
    }

    private void keep(LiveFrame frame) {
        kept.add(new Kept(number, frame));
        keptBytes += frame.bytes();
        while (kept.size() > KEPT_FRAMES || (keptBytes > KEPT_BYTES && kept.size() > 1)) {
            keptBytes -= kept.remove(0).frame.bytes();
        }
    }

    /** The last frame once more, with all that led to it. */
    private LiveFrame everything() {
        LiveFrame known = everything;
        if (known == null) {
            LiveState now = state;
            if (now == null) {
                throw new IllegalStateException("no frame yet");
            }
            known = new LiveFrame(id(number), json.write(id(number), null, stateBefore, now));
            everything = known;
        }
        return known;
    }

    private String id(long number) {
        return run + "-" + number;
    }

    /** The number of the frame behind this one; {@link LiveSubscription#EVERYTHING} where that is not known. */
    private long placeAfter(@Nullable String id) {
        if (id == null || !id.matches(run + "-[0-9]{1,18}")) {
            return LiveSubscription.EVERYTHING;
        }
        long last = Long.parseLong(id.substring(run.length() + 1));
        return last > number ? LiveSubscription.EVERYTHING : last + 1;
    }

    private boolean isGone(long wanted) {
        return kept.isEmpty() || wanted < kept.get(0).number;
    }

    private int indexOf(long wanted) {
        return (int) (wanted - kept.get(0).number);
    }

    /** Ends the feed and its connections. */
    @Override
    public void close() {
        List<LiveSubscription> left;
        lock.lock();
        try {
            closed = true;
            left = List.copyOf(subscriptions);
            subscriptions.clear();
            LockSupport.unpark(thread);
        } finally {
            lock.unlock();
        }
        left.forEach(subscription -> call(subscription.client::ended));
    }
}
