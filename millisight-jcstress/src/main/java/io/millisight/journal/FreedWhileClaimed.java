package io.millisight.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** One slot is freed and claimed at once while another producer claims too: exactly one has it. */
@JCStressTest
@State
@Outcome(id = "true, false, 23", expect = ACCEPTABLE, desc = "the one")
@Outcome(id = "false, true, 24", expect = ACCEPTABLE, desc = "the other")
@Outcome(expect = FORBIDDEN, desc = "both, neither, or something overwritten")
public class FreedWhileClaimed {

    private final StressRing ring = new StressRing(2);

    public FreedWhileClaimed() {
        ring.append(1);
        ring.poll();
        ring.append(2);
    }

    @Actor
    public void one(ZZI_Result result) {
        ring.free();
        result.r1 = ring.append(3);
    }

    @Actor
    public void other(ZZI_Result result) {
        result.r2 = ring.append(4);
    }

    @Arbiter
    public void afterwards(ZZI_Result result) {
        result.r3 = ring.poll();
    }
}
