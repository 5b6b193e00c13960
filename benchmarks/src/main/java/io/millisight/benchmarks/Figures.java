package io.millisight.benchmarks;

/**
 * What one part of the benchmarks found.
 *
 * @param part names its place in docs/performance.md
 */
public record Figures(String part, Table table) {}
