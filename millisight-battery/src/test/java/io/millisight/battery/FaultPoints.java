package io.millisight.battery;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * The places in our code where something can fail that is not ours: each call out of it, each allocation. The classes of
 * {@link FaultyClasses} report every such place that they pass; one that is armed throws there.
 */
public final class FaultPoints {

    private static final List<String> NAMES = Collections.synchronizedList(new ArrayList<>());
    private static volatile Plan plan;

    /** From one request's begin to its end: notes the places that were passed, and throws at one of them, or from it on. */
    static final class Plan {

        private final int at;
        private final boolean fromThereOn;
        private final Supplier<Throwable> fault;
        private final List<Integer> passed = new ArrayList<>();
        private int fired;

        private Plan(int at, boolean fromThereOn, Supplier<Throwable> fault) {
            this.at = at;
            this.fromThereOn = fromThereOn;
            this.fault = fault;
        }

        private synchronized Throwable pass(int point) {
            passed.add(point);
            if (passed.size() == at || (fromThereOn && passed.size() > at)) {
                fired++;
                return fault.get();
            }
            return null;
        }

        /** The places, in the order passed. */
        synchronized List<Integer> passed() {
            return List.copyOf(passed);
        }

        /** How many faults were thrown. */
        synchronized int fired() {
            return fired;
        }

        /** Where the first one was thrown. */
        synchronized int firedAt() {
            return passed.get(at - 1);
        }
    }

    private FaultPoints() {}

    /** Notes where the code goes, and throws nothing. */
    static Plan trace() {
        return begin(new Plan(0, false, () -> null));
    }

    /** Throws at the {@code at}-th place that is passed, counted from 1; {@code fromThereOn} at all later ones too. */
    static Plan arm(int at, boolean fromThereOn, Supplier<Throwable> fault) {
        return begin(new Plan(at, fromThereOn, fault));
    }

    private static Plan begin(Plan next) {
        plan = next;
        return next;
    }

    static void disarm() {
        plan = null;
    }

    static int register(String name) {
        synchronized (NAMES) {
            NAMES.add(name);
            return NAMES.size() - 1;
        }
    }

    static String name(int point) {
        return NAMES.get(point);
    }

    static int known() {
        return NAMES.size();
    }

    /** Called by the code under test. Our own threads pass freely: this is about requests. */
    public static void pass(int point) {
        Plan current = plan;
        if (current == null || Thread.currentThread().getName().startsWith("millisight-")) {
            return;
        }
        Throwable fault = current.pass(point);
        if (fault != null) {
            FaultPoints.<RuntimeException>raise(fault);
        }
    }

    /** Throws anything, as byte code may. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void raise(Throwable fault) throws T {
        throw (T) fault;
    }
}
