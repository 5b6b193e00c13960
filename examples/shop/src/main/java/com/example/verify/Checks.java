package com.example.verify;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Prints a line per check with what was seen, and counts. */
final class Checks {

    /** Not {@code System.out}, which cannot spell a check mark everywhere. */
    private final PrintStream out =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private int passed;
    private int failed;

    void section(String name) {
        out.println();
        out.println(name);
    }

    void note(String format, Object... values) {
        out.println("    " + String.format(Locale.ROOT, format, values));
    }

    void check(boolean ok, String what, String format, Object... seen) {
        if (ok) {
            passed++;
        } else {
            failed++;
        }
        out.printf(Locale.ROOT, "  %s %-44s %s%n", ok ? "✓" : "✗", what, String.format(Locale.ROOT, format, seen));
    }

    /** Prints the result; true if every check passed. */
    boolean conclude(double seconds) {
        out.println();
        String verdict = failed == 0 ? "all of them passed" : failed + " failed";
        out.printf(Locale.ROOT, "%d checks in %.0f s: %s.%n", passed + failed, seconds, verdict);
        return failed == 0;
    }
}
