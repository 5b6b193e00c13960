package io.millisight.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A Markdown table. */
public final class Table {

    private final int columns;
    private final List<String> lines = new ArrayList<>();

    /** A table with these headings. */
    public Table(String... headings) {
        columns = headings.length;
        row(List.of(headings));
        lines.add("|---|" + String.join("", Collections.nCopies(columns - 1, "--:|")));
    }

    /** Adds a row. */
    public void row(List<String> cells) {
        if (cells.size() != columns) {
            throw new IllegalArgumentException(cells + "; expected: " + columns + " cells");
        }
        lines.add("| " + String.join(" | ", cells) + " |");
    }

    /** Adds a row. */
    public void row(String... cells) {
        row(List.of(cells));
    }

    /** Three digits that matter, thousands apart. */
    public static String number(double value) {
        if (value == 0) {
            return "0";
        }
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /** A ratio: {@code 1.25 x}. */
    public static String ratio(double value) {
        return number(value) + " x";
    }

    @Override
    public String toString() {
        return String.join("\n", lines) + "\n";
    }
}
