package io.millisight.block;

/** The rows of a block that match so far: all, or a rising list of some. Reused from block to block. */
final class RowSelection {

    private int[] rows = {};
    private boolean all;
    private int size;

    /** All of so many rows. */
    void reset(int count) {
        all = true;
        size = count;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The row at a place of the selection. */
    int row(int at) {
        return all ? at : rows[at];
    }

    /** Keeps the rows whose code is taken. */
    void keep(PackedCodes codes, boolean[] taken) {
        boolean none = true;
        boolean every = true;
        for (boolean one : taken) {
            none &= !one;
            every &= one;
        }
        if (none) {
            size = 0;
        }
        if (none || every) {
            return;
        }
        int[] kept = roomForRows();
        int next = 0;
        for (int at = 0; at < size; at++) {
            int row = row(at);
            kept[next] = row;
            next += taken[codes.code(row)] ? 1 : 0;
        }
        became(next);
    }

    /** Keeps the rows whose value lies between these, both included. */
    void keep(long[] values, long least, long most) {
        int[] kept = roomForRows();
        int next = 0;
        for (int at = 0; at < size; at++) {
            int row = row(at);
            kept[next] = row;
            next += values[row] >= least && values[row] <= most ? 1 : 0;
        }
        became(next);
    }

    private int[] roomForRows() {
        if (rows.length < size) {
            rows = new int[size];
        }
        return rows;
    }

    private void became(int kept) {
        all = false;
        size = kept;
    }
}
