package io.millisight.battery;

import io.millisight.journal.JournalCursor;
import io.millisight.store.StoreBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.junit.jupiter.api.Test;

/**
 * The battery's own test: with one safeguard of the production code switched off, the rows that rely on it turn red, and they
 * are green with it.
 */
class MutationTest {

    private static final String SINGLE_STORES = "io.millisight.journal.SingleStoreTest";
    private static final String DAMAGED_RINGS = "io.millisight.journal.DamagedRingTest";

    /** What the mutants do instead. */
    public static final class Instead {

        private Instead() {}

        /** A seal that says where a slot lies, and nothing of what it holds. */
        public static long sealOfThePlaceAlone(long sum, long seed) {
            return seed | 1;
        }

        /** A store that writes whatever it is given. */
        public static boolean neverStored(StoreBatch batch, JournalCursor stored) {
            return false;
        }

        /** A file that is long, and empty. */
        public static void extend(FileChannel channel, long size) throws IOException {
            if (channel.size() < size) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
        }
    }

    @Test
    void withoutTheSealsChecksumDamagedRecordsAreHandedOn() throws Exception {
        mutant("the seal's checksum", "io.millisight.journal.Seal", "finish", "sealOfThePlaceAlone")
                .turnsRed(DAMAGED_RINGS, "exactlyTheDamagedSlotsAreLostAndCountedAndEveryStartSucceeds");
    }

    @Test
    void withoutOneWholeCopyOfTheFreedPositionAKillLosesIt() throws Exception {
        Mutant.of(
                        "the order of the freed position's copies",
                        "io.millisight.journal.RingFile",
                        "putFreed",
                        Class.forName("io.millisight.journal.BothCopiesAtOnce"),
                        "putFreed")
                .turnsRed(SINGLE_STORES, "aKillAfterASingleStoreLeavesExactlyWhatWasSealed");
    }

    @Test
    void withoutTheCursorComparisonRequestsAreStoredTwice() throws Exception {
        mutant("the cursor comparison", "io.millisight.store.StoreBatch", "isStoredAt", "neverStored")
                .turnsRed(LostAnswerTest.class.getName(), "aCommitWhoseAnswerIsLostIsStoredOnce");
    }

    @Test
    void withoutTheZeroFillMappedFilesHaveNoPlaceOnTheDisk() throws Exception {
        Mutant mutant = mutant("the zero fill", "io.millisight.journal.RingFile", "fillWithZeros", "extend");
        mutant.turnsRed(ZeroFillTest.class.getName(), "everyByteIsOnTheDiskBeforeItIsMapped");
        if (Sandbox.HAS_MOUNTS) { // a limit of file sizes refuses a file of holes too
            mutant.turnsRed(ZeroFillTest.class.getName(), "aDiskWithoutRoomIsFoundOutAtTheStartAndRecordingGoesOn");
        }
    }

    private static Mutant mutant(String switchedOff, String type, String method, String instead) throws IOException {
        return Mutant.of(switchedOff, type, method, Instead.class, instead);
    }
}
