package io.millisight.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the database and its WAL look like from outside. The store alone writes to them: where they look other than it left
 * them, another hand has touched them, and SQLite, which trusts its cache and open files, would go on writing to what nobody
 * will find again.
 *
 * @param database changes at checkpoints only
 * @param wal changes with every transaction
 */
record FileMarks(Mark database, Mark wal) {

    /**
     * One file.
     *
     * @param key tells a file from another of the same name, where the file system can; null when there is no file
     * @param size in bytes; -1 when there is no file
     * @param modified when it was last written to
     */
    record Mark(@Nullable Object key, long size, @Nullable FileTime modified) {

        private static final Mark NONE = new Mark(null, -1, null);

        static Mark of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                Object key = attributes.fileKey();
                // Without keys it is Windows: an open file cannot be replaced there, and its times lag behind.
                return key == null
                        ? new Mark(null, 0, null)
                        : new Mark(key, attributes.size(), attributes.lastModifiedTime());
            } catch (IOException e) {
                return NONE;
            }
        }

        private Mark withoutContent() {
            return new Mark(key, Math.min(size, 0), null);
        }

        /** Whether it is there under this name, whatever was written to it. */
        boolean isStill(Mark earlier) {
            return size >= 0 && earlier.size >= 0 && Objects.equals(key, earlier.key);
        }
    }

    static FileMarks of(Path database) {
        return new FileMarks(Mark.of(database), Mark.of(SqliteFile.companion(database, "-wal")));
    }

    /** With what tells files apart alone, where times and sizes are not to be relied upon. */
    FileMarks withoutContent() {
        return new FileMarks(database.withoutContent(), wal.withoutContent());
    }
}
