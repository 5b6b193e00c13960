package io.millisight.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two producers claim in one lane at once: each record once, in one order. */
@JCStressTest
@State
@Outcome(
        id = {"12", "21"},
        expect = ACCEPTABLE,
        desc = "each once")
@Outcome(expect = FORBIDDEN, desc = "half a record, or one lost or doubled")
public class TwoProducersOneLane {

    private final StressRing ring = new StressRing(4);

    @Actor
    public void one() {
        ring.append(1);
    }

    @Actor
    public void other() {
        ring.appendLong(2);
    }

    @Arbiter
    public void afterwards(I_Result result) {
        result.r1 = ring.poll();
    }
}
