package io.millisight.battery;

import io.millisight.observe.Observation;
import java.util.ArrayList;
import java.util.List;

/**
 * What the steps of a {@link WriteLog} meant: which of them appended which record, freed which slots, and when the store was
 * how far. Stands outside the watched classes, so that both sides know it.
 */
public final class RingNotes {

    /** A record and the steps {@code first} to {@code end}, exclusive, that appended it: the last of them seals it. */
    public record Appended(int first, int end, int lane, long position, int slots, Observation observation) {}

    /** A lane's freed position, and the steps that it was written by; other lanes' lie among them. */
    public record Freed(int first, int end, int lane, long position) {}

    /** How far the store was from this step on, by lane. */
    public record Committed(int at, List<Long> positions) {}

    private final List<Appended> appended = new ArrayList<>();
    private final List<Freed> freed = new ArrayList<>();
    private final List<Committed> committed = new ArrayList<>();

    public void appended(int first, int end, int lane, long position, int slots, Observation observation) {
        appended.add(new Appended(first, end, lane, position, slots, observation));
    }

    public void freed(int first, int end, int lane, long position) {
        freed.add(new Freed(first, end, lane, position));
    }

    public void committed(int at, long... positions) {
        List<Long> boxed = new ArrayList<>();
        for (long position : positions) {
            boxed.add(position);
        }
        committed.add(new Committed(at, boxed));
    }

    public List<Appended> appended() {
        return appended;
    }

    public List<Freed> freed() {
        return freed;
    }

    public List<Committed> committed() {
        return committed;
    }
}
