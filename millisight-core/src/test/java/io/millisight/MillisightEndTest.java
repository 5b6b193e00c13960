package io.millisight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.store.FailingStoreFactory;
import io.millisight.store.StoreException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever fails, the store is closed and the folder free for the next start. */
class MillisightEndTest {

    @TempDir
    private Path directory;

    @Test
    void releasesTheFolderWhenTheStoreCannotBeClosed() {
        Millisight millisight = Millisight.start(config("failing:close"));

        assertThatThrownBy(millisight::close).isInstanceOf(StoreException.class);

        assertThatTheFolderIsFree();
    }

    @Test
    void releasesStoreAndFolderWhenItCannotStart() {
        int open = FailingStoreFactory.OPEN.get();

        assertThatThrownBy(() -> Millisight.start(config("failing:cursor"))).isInstanceOf(StoreException.class);

        assertThat(FailingStoreFactory.OPEN).hasValue(open);
        assertThatTheFolderIsFree();
    }

    private void assertThatTheFolderIsFree() {
        try (Millisight next = Millisight.start(config("failing:nothing"))) {
            assertThat(next.journalDescription())
                    .contains(directory.resolve("journal.ring").toString());
        }
    }

    private MillisightConfig config(String store) {
        return MillisightConfig.builder().dataDirectory(directory).store(store).build();
    }
}
