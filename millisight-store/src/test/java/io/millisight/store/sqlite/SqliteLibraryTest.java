package io.millisight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SqliteLibraryTest {

    private static final String COPY = "sqlite-3.54.1.0-a7f166ba-d405-4dcc-820a-acc0e3c78079-libsqlitejdbc.so";

    @TempDir
    private Path directory;

    @Test
    void deletesTheCopyThatIsMapped() throws IOException {
        Path copy = file(COPY);
        Path lock = file(COPY + ".lck");
        Path other = file(COPY.replace("a7f", "b8a"));
        Path otherLock = file(COPY.replace("a7f", "b8a") + ".lck");

        SqliteLibrary.deleteCopies(mapped(copy));

        assertThat(copy).doesNotExist();
        assertThat(lock).doesNotExist();
        assertThat(other).as("another process's").exists();
        assertThat(otherLock).exists();
    }

    @Test
    void leavesALibraryThatTheUserHasPutThere() throws IOException {
        Path own = file("libsqlitejdbc.so");
        Path kept = file(COPY);

        SqliteLibrary.deleteCopies(mapped(own));
        SqliteLibrary.deleteCopies(mapped(kept));

        assertThat(own).exists();
        assertThat(kept).as("without the mark of a copy").exists();
    }

    @Test
    void takesNoHarmWhereNothingTellsWhatIsMapped() {
        assertThatCode(() -> SqliteLibrary.deleteCopies(directory.resolve("maps")))
                .doesNotThrowAnyException();
        assertThatCode(() -> SqliteLibrary.deleteCopies(directory)).doesNotThrowAnyException();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void leavesNoCopyInTheTemporaryFolder() throws Exception {
        try (var connection = Connections.writer(Connections.FROM_SQLITE, directory.resolve("a.db"))) {
            assertThat(Connections.number(connection, "SELECT 7")).isEqualTo(7);
        }
        assertThat(Files.readString(Path.of("/proc/self/maps")))
                .containsPattern(COPY.replaceAll("a7f.*libsqlitejdbc", ".*libsqlitejdbc") + " \\(deleted\\)");
    }

    private Path file(String name) throws IOException {
        return Files.createFile(directory.resolve(name));
    }

    /** As Linux lists it, a segment a line. */
    private Path mapped(Path file) throws IOException {
        return Files.writeString(directory.resolve("maps"), """
                55e0c0000000-55e0c0001000 r--p 00000000 fe:00 2517000                    /usr/bin/java
                7fc8c4c00000-7fc8c4d07000 r-xp 00000000 fe:00 2517314                    %1$s
                7fc8c4d07000-7fc8c4f06000 ---p 00107000 fe:00 2517314                    %1$s
                7fc8c6600000-7fc8c6601000 rw-p 00000000 00:00 0
                """.formatted(file));
    }
}
