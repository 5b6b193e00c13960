package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * What a process may do with a folder, by the strongest means that this machine permits: a mount of its own, else
 * permissions and limits that hold for root as well.
 *
 * @param what in a few words, for the summary
 * @param prefix what stands before the process's command
 */
record Sandbox(String what, List<String> prefix) {

    static final Sandbox NONE = new Sandbox("", List.of());

    /** Whether a process may be given mounts of its own. */
    static final boolean HAS_MOUNTS =
            succeeds(withMounts("mount -t tmpfs -o size=64k tmpfs /tmp && exec \"$@\"", "true"));

    /** Root, but bound to the permissions of files. */
    private static final List<String> BOUND = List.of("setpriv", "--bounding-set=-dac_override");

    /** The folder and all in it can be read only. {@link #writable} ends it. */
    static Sandbox readOnly(Path folder) {
        if (HAS_MOUNTS) {
            return new Sandbox(
                    "a read-only mount",
                    withMounts("mount --bind '" + folder + "' '" + folder + "' && mount -o remount,ro,bind '" + folder
                            + "' && exec \"$@\""));
        }
        setWritable(folder, false);
        if (!Files.isWritable(folder)) {
            return new Sandbox("permissions", List.of());
        }
        Assumptions.assumeTrue(
                succeeds(append(BOUND, "true")), "neither a mount nor permissions can be had that root must respect");
        return new Sandbox("permissions", BOUND);
    }

    static void writable(Path folder) {
        setWritable(folder, true);
    }

    private static void setWritable(Path folder, boolean writable) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.forEach(
                    file -> assertThat(file.toFile().setWritable(writable)).isTrue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder lies on an empty disk of this size, which ends with the process; else no file may be larger than that. */
    static Sandbox diskOf(int kibibytes, Path folder) {
        if (HAS_MOUNTS) {
            return new Sandbox(
                    "a small tmpfs",
                    withMounts("mount -t tmpfs -o size=" + kibibytes + "k tmpfs '" + folder + "' && exec \"$@\""));
        }
        return new Sandbox("a limit of file sizes", List.of("prlimit", "--fsize=" + 1_024L * kibibytes));
    }

    private static List<String> withMounts(String script, String... command) {
        return append(List.of("unshare", "--mount", "--map-root-user", "sh", "-c", script, "sh"), command);
    }

    private static List<String> append(List<String> words, String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return all;
    }

    private static boolean succeeds(List<String> command) {
        try {
            Process probe =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            probe.getInputStream().readAllBytes();
            return probe.waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
