package io.millisight.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Two producers want the last slot: one has it, the other is told that the ring is full, and nothing is overwritten. */
@JCStressTest
@State
@Outcome(id = "true, false, 3331", expect = ACCEPTABLE, desc = "the one")
@Outcome(id = "false, true, 3332", expect = ACCEPTABLE, desc = "the other")
@Outcome(expect = FORBIDDEN, desc = "both, neither, or something overwritten")
public class LastSlotOfAFullRing {

    private final StressRing ring = new StressRing(4);

    public LastSlotOfAFullRing() {
        ring.append(3);
        ring.append(3);
        ring.append(3);
    }

    @Actor
    public void one(ZZI_Result result) {
        result.r1 = ring.append(1);
    }

    @Actor
    public void other(ZZI_Result result) {
        result.r2 = ring.append(2);
    }

    @Arbiter
    public void afterwards(ZZI_Result result) {
        result.r3 = ring.poll();
    }
}
