package io.millisight.battery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * One row of the fault battery while it runs: how many rounds to do, how far they have come, and at the end what was found,
 * for {@link BatterySummary}.
 *
 * <p>Rows run briefly with every build, and in full with {@code -Pbattery}. A row that throws has failed; its test fails
 * with it, and the summary shows it as missing.
 */
public final class Battery {

    static final Path RESULTS = Path.of("target", "battery");

    private static final boolean FULL = "full".equals(System.getProperty("battery"));

    /** Fewer rounds than the brief form's, where all that is asked is whether a row turns red. */
    private static final int AT_MOST = Integer.getInteger("battery.at-most", Integer.MAX_VALUE);

    private static final long PROGRESS_NANOS = 10_000_000_000L;

    private final int row;
    private final String fault;
    private final int rounds;
    private final long begun = System.nanoTime();
    private long nextProgress = begun + PROGRESS_NANOS;

    private Battery(int row, String fault, int rounds) {
        this.row = row;
        this.fault = fault;
        this.rounds = rounds;
    }

    /**
     * Begins a row.
     *
     * @param row its number in {@code docs/promises.md}
     * @param fault in a few words, for the summary
     * @param brief rounds with every build
     * @param full rounds with {@code -Pbattery}
     */
    public static Battery row(int row, String fault, int brief, int full) {
        return new Battery(row, fault, Math.min(AT_MOST, FULL ? full : brief));
    }

    /** Whether the full figures are asked for. */
    public static boolean isFull() {
        return FULL;
    }

    /** How many rounds to do. */
    public int rounds() {
        return rounds;
    }

    /** Says how far the row has come, every ten seconds. */
    public void progress(int done) {
        long now = System.nanoTime();
        if (now - nextProgress < 0) {
            return;
        }
        nextProgress = now + PROGRESS_NANOS;
        long seconds = (now - begun) / 1_000_000_000L;
        long left = done == 0 ? 0 : seconds * (rounds - done) / done;
        System.out.println("row " + row + ", " + fault + ": " + done + " of " + rounds + ", " + seconds + " s, about "
                + left + " s left");
    }

    /** The row holds: {@code found} says with which figures. */
    public void held(String found) {
        double seconds = (System.nanoTime() - begun) / 1e9;
        String line = String.format(Locale.ROOT, "%d\t%s\t%d\t%s\t%.1f%n", row, fault, rounds, found, seconds);
        try {
            Files.createDirectories(RESULTS);
            Files.writeString(RESULTS.resolve("row-" + row + "-" + fault.replaceAll("[^a-z0-9]+", "-") + ".tsv"), line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
