package io.millisight.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A record that is being written is read whole or not yet: first while it is written, then afterwards. */
@JCStressTest
@State
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "read afterwards")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "read at once")
@Outcome(expect = FORBIDDEN, desc = "half a record, or one lost or doubled")
public class SealThenRead {

    private final StressRing ring = new StressRing(4);

    @Actor
    public void producer() {
        ring.append(1);
    }

    @Actor
    public void consumer(II_Result result) {
        result.r1 = ring.poll();
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r2 = ring.poll();
    }
}
