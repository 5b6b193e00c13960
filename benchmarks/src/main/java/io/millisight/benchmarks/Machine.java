package io.millisight.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the figures were taken on. */
final class Machine {

    private Machine() {}

    /** How many threads want a core; what else the machine was doing, when asked before the figures are taken. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** Processor, cores and system, in one line. */
    private static String describe() {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %s %s",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.version").replaceAll("[-+].*", ""));
    }

    /** Day, machine, JVM and the load that there was before, in one line: a page may hold figures of several runs. */
    static String taken(double loadBefore) {
        return String.format(
                Locale.ROOT,
                "Taken %s on %s, JDK %s (%s), load before: %.1f.",
                LocalDate.now(Clock.systemUTC()),
                describe(),
                System.getProperty("java.version"),
                System.getProperty("java.vm.name"),
                loadBefore);
    }

    /** What Millisight is measured beside, in one line. */
    static String peers() throws IOException {
        Properties versions = new Properties();
        try (InputStream file = Machine.class.getResourceAsStream("/peers.properties")) {
            versions.load(file);
        }
        return new TreeMap<>(versions)
                .entrySet().stream()
                        .map(peer -> peer.getKey() + " " + peer.getValue())
                        .collect(Collectors.joining(", ", "Beside: ", "."));
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
