package io.millisight.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.stream.Stream;

/** What the figures were taken on. */
final class Machine {

    private Machine() {}

    /** Processor, cores, system, JVM and day, in one line. */
    static String describe() {
        return String.format(
                "%s, %d cores, %s %s, JDK %s (%s), %s.",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.version").replaceAll("[-+].*", ""),
                System.getProperty("java.version"),
                System.getProperty("java.vm.name"),
                LocalDate.now(Clock.systemUTC()));
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElseGet(Machine::architecture);
        } catch (IOException e) {
            return architecture();
        }
    }

    private static String architecture() {
        return System.getProperty("os.arch");
    }
}
