package io.millisight.live;

/** Is told of every slice of the sliding window that has ended. Called by the one consumer only, under its lock. */
@FunctionalInterface
public interface SliceListener {

    /** Takes a slice that no observation will change any more. Slices without requests are not handed over. */
    void closed(ClosedSlice slice);
}
