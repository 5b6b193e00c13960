package io.millisight.benchmarks;

import java.util.concurrent.TimeUnit;

/** Says on the console what is being measured and how long it will still take, by what each part is known to take. */
public final class Progress {

    private static long partBeganNanos = System.nanoTime();
    private static int partSeconds;
    private static int laterSeconds;

    private Progress() {}

    /** A part begins. */
    static void begin(int seconds, int secondsOfLaterParts) {
        partBeganNanos = System.nanoTime();
        partSeconds = seconds;
        laterSeconds = secondsOfLaterParts;
    }

    /** One line: what is done now. */
    public static void say(String what) {
        long gone = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - partBeganNanos);
        long left = Math.max(0, partSeconds - gone) + laterSeconds;
        System.out.println(what + "; about " + minutes(left) + " left");
    }

    /** One line: this round of so many; number 0 warms up. */
    public static void round(String part, int round, int rounds) {
        say(part + (round == 0 ? ": warming up" : ": round " + round + " of " + rounds));
    }

    static String minutes(long seconds) {
        return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }
}
