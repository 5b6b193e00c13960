package io.millisight.journal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** The writer frees what it stored while the consumer frees what it gave up: the later position stands. */
@JCStressTest
@State
@Outcome(id = "3", expect = ACCEPTABLE, desc = "the later")
@Outcome(expect = FORBIDDEN, desc = "moved back")
public class TwoThreadsFree {

    private static final JournalCursor STORED = JournalCursor.of(1);
    private static final JournalCursor GIVEN_UP = JournalCursor.of(3);

    private final StressRing ring = new StressRing(4);

    public TwoThreadsFree() {
        ring.append(1);
        ring.append(2);
        ring.append(3);
    }

    @Actor
    public void writer() {
        ring.journal.free(STORED);
    }

    @Actor
    public void consumer() {
        ring.journal.free(GIVEN_UP);
    }

    @Arbiter
    public void afterwards(J_Result result) {
        result.r1 = ring.journal.freed(0);
    }
}
