package io.millisight.fleet;

import io.millisight.observe.TimeSource;
import io.millisight.store.InstanceRecord;
import io.millisight.store.Store;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Puts down that this instance is alive, whenever it is run; in a store of its own, where nobody else looks, once a minute at
 * most: a write every few seconds would be all that an idle service does. On the store's thread, but for the last.
 */
public final class LifeSign implements Runnable {

    /** Whoever gave a sign so recently is alive: signs come every 10 s, and two may be late. */
    public static final long ALIVE_MICROS = TimeUnit.SECONDS.toMicros(30);

    private static final long ALONE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Store store;
    private final TimeSource time;
    private final Supplier<InstanceRecord> now;
    private boolean given;
    private long givenAtNanos;

    /** Of the instance whose present state is {@code now}. */
    public LifeSign(Store store, TimeSource time, Supplier<InstanceRecord> now) {
        this.store = store;
        this.time = time;
        this.now = now;
    }

    @Override
    public void run() {
        long nanos = time.nanoTime();
        if (!given || store.isShared() || nanos - givenAtNanos >= ALONE_NANOS) {
            store.addInstance(now.get());
            given = true;
            givenAtNanos = nanos;
        }
    }

    /**
     * Whether an instance is alive, as far as its last sign tells. A sign from the future tells nothing: clocks that are apart
     * by more than {@link #ALIVE_MICROS} must not keep the dead alive.
     */
    public static boolean isAlive(InstanceRecord record, long nowMicros) {
        return !record.ended() && Math.abs(nowMicros - record.seenAtMicros()) <= ALIVE_MICROS;
    }

    /** That it has ended. */
    public void giveLast() {
        store.addInstance(now.get().asLast());
    }
}
