package io.millisight.block;

import java.util.Arrays;

/** Numbers the distinct ints it is shown, from 0 in the order they come. An open-addressed table, at most half full. */
final class IntDictionary {

    private int[] values = new int[16];
    private int size;
    private int[] table = new int[32]; // a code + 1, 0 where free
    private int shift = Integer.SIZE - 5;
    private int lastCode = -1;

    /** The code of a value. */
    int code(int value) {
        if (lastCode >= 0 && values[lastCode] == value) {
            return lastCode;
        }
        int slot = slot(value);
        if (table[slot] == 0) {
            add(value, slot);
        }
        lastCode = table[slot(value)] - 1;
        return lastCode;
    }

    int size() {
        return size;
    }

    int value(int code) {
        return values[code];
    }

    private int slot(int value) {
        int slot = (value * 0x9e37_79b9) >>> shift;
        while (table[slot] != 0 && values[table[slot] - 1] != value) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    private void add(int value, int slot) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
        table[slot] = size;
        if (2 * size > table.length) {
            table = new int[2 * table.length];
            shift--;
            for (int code = 0; code < size; code++) {
                table[slot(values[code])] = code + 1;
            }
        }
    }
}
