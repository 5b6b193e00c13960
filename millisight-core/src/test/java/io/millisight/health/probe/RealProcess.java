package io.millisight.health.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A running process and its children, to be frozen, thawed and killed by signals. Needs a POSIX system. */
final class RealProcess {

    private final ProcessHandle root;

    RealProcess(long pid) {
        root = ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("no process " + pid));
    }

    long pid() {
        return root.pid();
    }

    /** SIGSTOP: sockets stay open, the kernel still accepts connections, and nobody answers. */
    void suspend() {
        // The parent first, so that it starts no child that is not stopped.
        signal("STOP", List.of(root));
        signal("STOP", all());
    }

    /** SIGCONT. */
    void resume() {
        signal("CONT", all());
    }

    /** SIGKILL, children included; returns when all are gone. */
    void kill() {
        List<ProcessHandle> all = all();
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : all) {
            process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    private static void signal(String name, List<ProcessHandle> processes) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        try {
            // It may complain of a child that has ended since; the others get the signal nevertheless.
            new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<ProcessHandle> all() {
        return Stream.concat(Stream.of(root), root.descendants()).toList();
    }

    /** Deletes a folder with what is in it. */
    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
