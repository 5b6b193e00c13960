package io.millisight.benchmarks.storing;

import io.millisight.Millisight;
import io.millisight.MillisightConfig;
import io.millisight.rollup.TimeRange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that starts Millisight on a folder and asks for one report: prints what each took since the process's own first step. */
final class StartUp {

    private StartUp() {}

    /**
     * Milliseconds in a new process.
     *
     * @param started until Millisight had started
     * @param answered until the first report was there
     */
    record Millis(double started, double answered) {}

    /** Runs the process. */
    static Millis of(Path folder, int hours) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StartUp.class.getName(),
                        folder.toString(),
                        String.valueOf(hours))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("a process to be timed ended with " + process.exitValue());
        }
        String[] millis = printed.strip().split(" ", 2);
        return new Millis(Double.parseDouble(millis[0]), Double.parseDouble(millis[1]));
    }

    public static void main(String[] arguments) {
        long begin = System.nanoTime();
        MillisightConfig config = MillisightConfig.builder()
                .dataDirectory(Path.of(arguments[0]))
                .service(Traffic.SERVICE)
                .build();
        try (Millisight millisight = Millisight.start(config)) {
            long started = System.nanoTime();
            long now = millisight.time().epochMicros();
            millisight.report(new TimeRange(now - Integer.parseInt(arguments[1]) * TimeRange.HOUR, now));
            long answered = System.nanoTime();
            System.out.println((started - begin) / 1e6 + " " + (answered - begin) / 1e6);
        }
    }
}
