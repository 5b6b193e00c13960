package io.millisight.benchmarks;

import java.util.List;

/**
 * What one part of the benchmarks found.
 *
 * @param part names its place in docs/performance.md
 * @param curves drawn beside the table
 */
public record Figures(String part, Table table, List<Curve> curves) {

    /** A table alone. */
    public Figures(String part, Table table) {
        this(part, table, List.of());
    }

    /** Curves, and a table of where each begins and ends. */
    public static Figures of(String part, List<Curve> curves) {
        Table table = new Table("cost", "against", "at the smallest", "at the largest", "cost grew", "the other grew");
        curves.forEach(curve -> curve.addTo(table));
        return new Figures(part, table, curves);
    }
}
