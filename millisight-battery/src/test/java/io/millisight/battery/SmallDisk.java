package io.millisight.battery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A disk that can be full: a small tmpfs in a mount namespace of its own, which root may have, and any user where user
 * namespaces are allowed. Where neither is, the largest size of a file of the service stands in for it: nothing grows.
 */
abstract class SmallDisk implements AutoCloseable {

    private static final boolean TMPFS_ALLOWED = !Boolean.getBoolean("battery.no.tmpfs");

    /** The best that is permitted here, over this empty folder. */
    static SmallDisk over(Path folder, long bytes) throws IOException, InterruptedException {
        List<List<String>> ways =
                List.of(List.of("unshare", "--mount"), List.of("unshare", "--mount", "--user", "--map-root-user"));
        for (List<String> way : ways) {
            Process holder = TMPFS_ALLOWED ? holder(way, folder, bytes) : null;
            if (holder != null) {
                return new Tmpfs(holder, folder, way.size() > 2);
            }
        }
        return new FileLimit();
    }

    /** Holds the namespace until its standard input ends; null when that is not permitted. */
    private static Process holder(List<String> way, Path folder, long bytes) throws InterruptedException {
        List<String> command = new ArrayList<>(way);
        command.addAll(List.of(
                "sh",
                "-c",
                "mount -t tmpfs -o size=" + bytes + " tmpfs \"$0\" && echo mounted && exec cat",
                folder.toString()));
        try {
            Process holder = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            byte[] word = holder.getInputStream().readNBytes("mounted\n".length());
            if (word.length > 0) {
                return holder;
            }
            holder.waitFor();
            return null;
        } catch (IOException noSuchProgram) {
            return null;
        }
    }

    /** What this is, for the row's result. */
    abstract String description();

    /** Whether it has a mount namespace of its own: mounts in it are nobody else's. */
    abstract boolean isApart();

    /** The command, to be run on this disk. */
    abstract List<String> within(List<String> command);

    /** A file of the disk, as this process sees it. */
    abstract Path seen(Path file);

    /** Fills the disk up, but for so many bytes where it can be measured out: for this process and those below it. */
    abstract void fill(ProcessHandle writer, long leaving) throws IOException;

    /** Makes room again. */
    abstract void free(ProcessHandle writer) throws IOException;

    /** Runs a program in the disk's namespace. */
    final void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(within(List.of(command)))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }

    @Override
    public abstract void close();

    private static final class Tmpfs extends SmallDisk {

        private final Process holder;
        private final Path ballast;
        private final boolean user;

        Tmpfs(Process holder, Path folder, boolean user) {
            this.holder = holder;
            this.user = user;
            this.ballast = seen(folder.resolve("ballast"));
        }

        @Override
        String description() {
            return "tmpfs in a mount namespace" + (user ? " of a user" : "");
        }

        @Override
        boolean isApart() {
            return true;
        }

        @Override
        List<String> within(List<String> command) {
            List<String> within =
                    new ArrayList<>(List.of("nsenter", "--target", String.valueOf(holder.pid()), "--mount"));
            if (user) {
                within.addAll(List.of("--user", "--preserve-credentials"));
            }
            within.add("--");
            within.addAll(command);
            return within;
        }

        @Override
        Path seen(Path file) {
            return Path.of("/proc/" + holder.pid() + "/root" + file.toAbsolutePath());
        }

        @Override
        void fill(ProcessHandle writer, long leaving) throws IOException {
            try (FileChannel file = FileChannel.open(ballast, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                fillUp(file);
                file.truncate(Math.max(0, file.size() - leaving));
            }
        }

        private static void fillUp(FileChannel file) throws IOException {
            try {
                for (int step = 1 << 16; step >= 1 << 12; ) {
                    ByteBuffer bytes = ByteBuffer.allocate(step);
                    file.write(bytes, file.size());
                    step = bytes.hasRemaining() ? step / 2 : step;
                }
            } catch (IOException full) {
                if (!String.valueOf(full.getMessage()).contains("No space left")) {
                    throw full;
                }
            }
        }

        @Override
        void free(ProcessHandle writer) throws IOException {
            Files.delete(ballast);
        }

        @Override
        public void close() {
            holder.destroyForcibly();
        }
    }

    private static final class FileLimit extends SmallDisk {

        private static final long LARGEST = 64 << 10;

        @Override
        String description() {
            return "a limited file size";
        }

        @Override
        boolean isApart() {
            return false;
        }

        @Override
        List<String> within(List<String> command) {
            return command;
        }

        @Override
        Path seen(Path file) {
            return file;
        }

        @Override
        void fill(ProcessHandle writer, long leaving) throws IOException {
            limit(writer, LARGEST + ":");
        }

        @Override
        void free(ProcessHandle writer) throws IOException {
            limit(writer, "unlimited:");
        }

        private static void limit(ProcessHandle writer, String limit) throws IOException {
            limitOne(writer, limit);
            for (ProcessHandle child : writer.descendants().toList()) {
                limitOne(child, limit);
            }
        }

        private static void limitOne(ProcessHandle writer, String limit) throws IOException {
            try {
                Process process = new ProcessBuilder(
                                "prlimit", "--pid", String.valueOf(writer.pid()), "--fsize=" + limit)
                        .start();
                boolean done = process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
                if (!done && writer.isAlive()) {
                    throw new IOException("prlimit failed");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UncheckedIOException(new IOException(e));
            }
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
