package io.millisight.store.sqlite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite's native library, loaded so that it leaves nothing behind: neither in a container that redeploys us, nor in the
 * temporary folder when the process is killed. Loaded once for each class loader; any thread.
 *
 * <p>Left to itself, sqlite-jdbc starts {@code uname}, and the JDK's thread that waits for the process keeps the context
 * class loader of whoever started it for a minute. And it copies the library, a megabyte, to the temporary folder, under
 * another name each time: to be deleted when the JVM exits, and never when it is killed.
 */
final class SqliteLibrary {

    private static final Logger LOG = LoggerFactory.getLogger("millisight");
    private static final Path MAPPED = Path.of("/proc/self/maps");

    /** The path at the end of a line of {@link #MAPPED}, when the file is such a copy. */
    private static final Pattern COPY =
            Pattern.compile("/.*/sqlite-[0-9.]+-[0-9a-f]{8}-[0-9a-f-]{27}-libsqlitejdbc\\.so$");

    private static boolean tried;

    private SqliteLibrary() {}

    /** Loads the library if it is not. What hinders that shows when a connection is opened, which tries it again. */
    static synchronized void load() {
        if (tried) {
            return;
        }
        tried = true;
        Thread thread = Thread.currentThread();
        ClassLoader context = thread.getContextClassLoader();
        thread.setContextClassLoader(null);
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            LOG.debug("loading SQLite's native library", e);
        } finally {
            thread.setContextClassLoader(context);
        }
        deleteCopies(MAPPED);
    }

    /**
     * Deletes the copies that are mapped: what is mapped needs its name no more. Where there is no such list, as outside of
     * Linux, they stay until the JVM exits.
     */
    static void deleteCopies(Path mapped) {
        try {
            for (Path copy : copiesIn(mapped)) {
                Path lock = copy.resolveSibling(copy.getFileName() + ".lck");
                if (Files.exists(lock)) { // sqlite-jdbc's mark of a copy that it would delete itself
                    Files.deleteIfExists(copy);
                    Files.deleteIfExists(lock);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("SQLite's native library stays in the temporary folder until the JVM exits", e);
        }
    }

    private static List<Path> copiesIn(Path mapped) throws IOException {
        if (!Files.exists(mapped)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(mapped)) {
            return lines.map(COPY::matcher)
                    .flatMap(matcher -> matcher.results())
                    .map(result -> Path.of(result.group()))
                    .distinct()
                    .toList();
        }
    }
}
