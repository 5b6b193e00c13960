package io.millisight.battery;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Takes away what the log prints, for rows that do something worth a warning a hundred thousand times. */
public final class MutedLog {

    private MutedLog() {}

    /** Does this without a log. */
    public static <T> T during(Supplier<T> task) {
        PrintStream before = System.err;
        System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            return task.get();
        } finally {
            System.setErr(before);
        }
    }
}
