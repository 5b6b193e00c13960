package io.millisight.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZI_Result;

/**
 * The ring is full; the consumer reads and frees while a producer waits for the room. What the consumer reads is never
 * overwritten under its eyes, and the producer's record is read if and only if it was taken.
 */
@JCStressTest
@State
@Outcome(id = "12, false, 0", expect = ACCEPTABLE, desc = "the producer came too early")
@Outcome(id = "12, true, 3", expect = ACCEPTABLE, desc = "the producer took the freed slots")
@Outcome(expect = FORBIDDEN, desc = "overwritten before it was freed, or lost, or doubled")
public class WrapOntoFreedSlots {

    private final StressRing ring = new StressRing(2);

    public WrapOntoFreedSlots() {
        ring.append(1);
        ring.append(2);
    }

    @Actor
    public void consumer(IZI_Result result) {
        result.r1 = ring.poll();
        ring.free();
    }

    @Actor
    public void producer(IZI_Result result) {
        result.r2 = ring.appendLong(3);
    }

    @Arbiter
    public void afterwards(IZI_Result result) {
        result.r3 = ring.poll();
    }
}
