package io.millisight.battery;

import java.lang.management.ManagementFactory;

/** How much of this process's heap is in use. */
final class Heap {

    private Heap() {}

    /** What is reachable, in bytes: collected until nothing more goes. */
    static long inUse() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
