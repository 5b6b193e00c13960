package io.millisight.journal;

import java.util.Arrays;

/** A reader's position in a journal: one slot position per lane, each only ever growing. Immutable. */
public final class JournalCursor {

    private final long[] positions;

    private JournalCursor(long[] positions) {
        this.positions = positions;
    }

    /** A cursor at these positions, lane by lane. */
    public static JournalCursor of(long... positions) {
        return new JournalCursor(positions.clone());
    }

    public int lanes() {
        return positions.length;
    }

    public long position(int lane) {
        return positions[lane];
    }

    long[] positions() {
        return positions.clone();
    }

    /** The farther of the two, lane by lane. */
    public JournalCursor max(JournalCursor other) {
        long[] farther = positions.clone();
        for (int lane = 0; lane < farther.length; lane++) {
            farther[lane] = Math.max(farther[lane], other.positions[lane]);
        }
        return new JournalCursor(farther);
    }

    /** Whether every lane has come at least as far as in {@code other}; false when the lanes differ in number. */
    public boolean isAtOrAfter(JournalCursor other) {
        if (other.positions.length != positions.length) {
            return false;
        }
        for (int lane = 0; lane < positions.length; lane++) {
            if (positions[lane] < other.positions[lane]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JournalCursor cursor && Arrays.equals(positions, cursor.positions);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(positions);
    }

    @Override
    public String toString() {
        return Arrays.toString(positions);
    }
}
