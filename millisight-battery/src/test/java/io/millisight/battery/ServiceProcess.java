package io.millisight.battery;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One life of {@link Service}, in a process of its own. Its classes come from an archive that is made once for each test JVM
 * by a rehearsal, so that a start takes well below a second.
 */
final class ServiceProcess implements AutoCloseable {

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final List<String> OPTIONS =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-Xlog:disable");

    private static @Nullable List<String> command;

    private final Process process;
    private final Path log;
    private final Thread listener;
    private final List<String> said = new ArrayList<>();
    private boolean ended;

    /**
     * Begins a life.
     *
     * @param prefix what stands before the Java command, such as a shell that sets limits; often nothing
     * @param settings without the prefix {@code millisight.}
     * @param folder for its log and its temporary files; not the data folder
     */
    ServiceProcess(List<String> prefix, Map<String, String> settings, Path folder) throws IOException {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(command());
        words.add(1 + prefix.size(), "-Djava.io.tmpdir=" + folder);
        settings.forEach((name, value) -> words.add(1 + prefix.size(), "-Dmillisight." + name + "=" + value));
        words.add(Service.class.getName());
        log = folder.resolve("service.log");
        process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        listener = new Thread(this::listen, "service-output");
        listener.setDaemon(true);
        listener.start();
    }

    private void listen() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said(line);
            }
        } catch (IOException e) {
            // Ended with the process.
        } finally {
            said(null);
        }
    }

    private synchronized void said(@Nullable String line) {
        if (line == null) {
            ended = true;
        } else {
            said.add(line);
        }
        notifyAll();
    }

    /** Waits until the service has said a line that begins so, and returns the rest of the line. */
    synchronized String await(String begin) throws InterruptedException {
        long deadline = System.nanoTime() + START_NANOS;
        while (true) {
            String line = find(begin);
            if (line != null) {
                return line.substring(begin.length());
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (ended || left <= 0) {
                throw new AssertionError(
                        "the service " + (ended ? "ended" : "hangs") + " before '" + begin + "':\n" + log());
            }
            wait(left);
        }
    }

    /** Whether the service has said a line that begins so. */
    synchronized boolean hasSaid(String begin) {
        return find(begin) != null;
    }

    private @Nullable String find(String begin) {
        return said.stream().filter(line -> line.startsWith(begin)).findFirst().orElse(null);
    }

    /** Waits until it serves, and says on which port. */
    int port() throws InterruptedException {
        return Integer.parseInt(await(Service.PORT));
    }

    /** {@code kill -9}; returns when the process is gone, and all that it ever said is known. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        listener.join();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it wrote to standard error so far. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Java, its options and the class path. */
    private static synchronized List<String> command() throws IOException {
        if (command == null) {
            Path target =
                    Files.createDirectories(Path.of("target", "battery-service").toAbsolutePath());
            Path archive = target.resolve("classes-" + ProcessHandle.current().pid() + ".jsa");
            archive.toFile().deleteOnExit();
            List<String> words = new ArrayList<>();
            words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            words.addAll(OPTIONS);
            words.add("-cp");
            words.add(classPath(target));
            rehearse(words, archive, target);
            words.add(1, "-XX:SharedArchiveFile=" + archive);
            command = List.copyOf(words);
        }
        return command;
    }

    /** An archive of classes takes them from jars alone: folders are packed. */
    private static String classPath(Path target) throws IOException {
        List<String> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (entry.isEmpty()) {
                continue; // would be the working directory
            }
            if (Files.isDirectory(path)) {
                Path jar = target.resolve("classes-" + ProcessHandle.current().pid() + "-" + jars.size() + ".jar");
                jar.toFile().deleteOnExit();
                pack(path, jar);
                jars.add(jar.toString());
            } else if (Files.exists(path)) {
                jars.add(path.toString());
            }
        }
        return String.join(java.io.File.pathSeparator, jars);
    }

    private static void pack(Path folder, Path jar) throws IOException {
        try (Stream<Path> files = Files.walk(folder);
                OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                entries.putNextEntry(new JarEntry(folder.relativize(file).toString()));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
    }

    /** One life that starts, answers and ends in peace, and leaves the archive. */
    private static void rehearse(List<String> java, Path archive, Path target) throws IOException {
        Path folder = Files.createTempDirectory(target, "rehearsal");
        List<String> words = new ArrayList<>(java);
        words.addAll(
                1,
                List.of(
                        "-XX:ArchiveClassesAtExit=" + archive,
                        "-Djava.io.tmpdir=" + folder,
                        "-Dmillisight.data-dir=" + folder.resolve("data")));
        words.add(Service.class.getName());
        Path log = folder.resolve("service.log");
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.startsWith(Service.PORT)) {
                line = out.readLine();
            }
            if (line == null) {
                throw new IOException("the rehearsal failed:\n" + Files.readString(log));
            }
            Load.once(Integer.parseInt(line.substring(Service.PORT.length())));
            process.getOutputStream().close();
            process.waitFor(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            process.destroyForcibly();
        }
    }
}
