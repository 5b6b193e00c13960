package io.millisight.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millisight.observe.Outcome;
import io.millisight.rollup.RollupPack.Entry;
import io.millisight.sketch.SketchFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class RollupPackTest {

    @Test
    void aPackGivesBackItsRollupsInTheirOrder() {
        List<Entry> entries =
                List.of(new Entry(7, RollupTest.busy()), new Entry(0, new Rollup()), new Entry(300, random(1)));
        List<Integer> ids = new ArrayList<>();
        List<RollupSnapshot> rollups = new ArrayList<>();

        RollupPack.forEach(RollupPack.encode(entries), (id, encoded) -> {
            Rollup rollup = new Rollup();
            rollup.add(encoded);
            ids.add(id);
            rollups.add(rollup.snapshot());
            assertThat(encoded.requests()).isEqualTo(rollup.requests());
        });

        assertThat(ids).containsExactly(7, 0, 300);
        assertThat(rollups)
                .containsExactly(
                        RollupTest.busy().snapshot(),
                        RollupSnapshot.EMPTY,
                        random(1).snapshot());
        assertThat(contents(RollupPack.encode(List.of()))).isEmpty();
    }

    @Test
    void mergingIsTheSumPerEndpoint() {
        List<byte[]> packs = new ArrayList<>();
        Map<Integer, Rollup> expected = new TreeMap<>();
        for (int pack = 0; pack < 20; pack++) {
            List<Entry> entries = new ArrayList<>();
            for (int endpoint = pack % 3; endpoint < 10; endpoint += 1 + pack % 4) {
                Rollup rollup = random(100L * pack + endpoint);
                entries.add(new Entry(endpoint, rollup));
                expected.computeIfAbsent(endpoint, id -> new Rollup()).add(rollup);
            }
            packs.add(RollupPack.encode(entries));
        }
        byte[] merged = RollupPack.merge(packs);
        List<Entry> sums = new ArrayList<>();
        expected.forEach((endpoint, rollup) -> sums.add(new Entry(endpoint, rollup)));

        assertThat(merged).isEqualTo(RollupPack.encode(sums));
        byte[] firstHalf = RollupPack.merge(packs.subList(10, 20));
        byte[] secondHalf = RollupPack.merge(packs.subList(0, 10));
        assertThat(RollupPack.merge(List.of(firstHalf, secondHalf))).isEqualTo(merged);
        assertThat(contents(RollupPack.merge(List.of()))).isEmpty();
    }

    @Test
    void everyDamagedByteAndEveryTruncationIsRefused() {
        byte[] pack = RollupPack.encode(List.of(new Entry(7, RollupTest.busy()), new Entry(8, random(5))));
        for (int at = 0; at < pack.length; at++) {
            for (int damage : new int[] {1, 0x80, 0xff}) {
                byte[] damaged = pack.clone();
                damaged[at] ^= (byte) damage;
                requireRefused(damaged);
            }
            requireRefused(Arrays.copyOf(pack, at));
        }
        requireRefused(Arrays.copyOf(pack, pack.length + 1));
    }

    @Test
    void wrongBytesWithARightChecksumAreRefused() {
        // entries | endpoint, requests, counters that follow, length of the sketch, a sketch of nothing
        assertThat(contents(sealed(1, 3, 0, 0, 1, 0))).hasSize(1);
        requireRefused(sealed(0x80));
        requireRefused(sealed(0, 0));
        requireRefused(sealed(1));
        requireRefused(sealed(2, 3, 0, 0, 1, 0));
        requireRefused(sealed(1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 1, 0));
        requireRefused(sealed(1, 3, 0x80));
        requireRefused(sealed(1, 3, 0, 0x40, 1, 0));
        requireRefused(sealed(1, 3, 0, 1, 2, 1, 0));
        requireRefused(sealed(1, 3, 0, 0, 0));
        requireRefused(sealed(1, 3, 0, 0, 2, 0));
        requireRefused(sealed(1, 3, 0));
    }

    @Test
    void aDamagedSketchInsideNamesItsPlaceAndChangesNothing() {
        byte[] pack = sealed(1, 3, 9, 0, 1, 5);
        Rollup target = RollupTest.busy();

        assertThatThrownBy(() -> RollupPack.forEach(pack, (id, rollup) -> target.add(rollup)))
                .isInstanceOf(RollupFormatException.class)
                .hasMessageContaining("byte 7")
                .hasCauseInstanceOf(SketchFormatException.class);
        assertThat(target.snapshot()).isEqualTo(RollupTest.busy().snapshot());
    }

    @Test
    void refusesANegativeEndpointId() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RollupPack.encode(List.of(new Entry(-1, new Rollup()))))
                .withMessageContaining("endpoint id: -1");
    }

    @Test
    void theDocumentedExampleIsReal() throws IOException {
        Rollup rollup = new Rollup();
        rollup.add(RollupTest.observation(200, Outcome.COMPLETED, false, 1_000));
        rollup.add(RollupTest.observation(500, Outcome.COMPLETED, false, 2_000));
        rollup.add(RollupTest.observation(200, Outcome.COMPLETED, true, 5));
        String document = Files.readString(Path.of("../docs/format/rollups.md"));

        byte[] pack = RollupPack.encode(List.of(new Entry(3, rollup)));

        assertThat(document).contains("\n    " + HexFormat.ofDelimiter(" ").formatHex(pack) + "\n");
    }

    private static Map<Integer, RollupSnapshot> contents(byte[] pack) {
        Map<Integer, RollupSnapshot> contents = new TreeMap<>();
        RollupPack.forEach(pack, (id, encoded) -> {
            Rollup rollup = new Rollup();
            rollup.add(encoded);
            contents.put(id, rollup.snapshot());
        });
        return contents;
    }

    private static void requireRefused(byte[] pack) {
        assertThatThrownBy(() -> RollupPack.forEach(pack, (id, rollup) -> {}))
                .as(Arrays.toString(pack))
                .isInstanceOf(RollupFormatException.class);
    }

    /** A pack of these bytes between its header and its checksum. */
    private static byte[] sealed(int... content) {
        ByteBuffer pack = ByteBuffer.allocate(content.length + 6).order(ByteOrder.LITTLE_ENDIAN);
        pack.put((byte) 'R').put((byte) 1);
        for (int value : content) {
            pack.put((byte) value);
        }
        CRC32C checksum = new CRC32C();
        checksum.update(pack.array(), 0, pack.position());
        return pack.putInt((int) checksum.getValue()).array();
    }

    private static Rollup random(long seed) {
        Random random = new Random(seed);
        Rollup rollup = new Rollup();
        for (int request = random.nextInt(200); request >= 0; request--) {
            Outcome outcome = Outcome.ofCode(random.nextInt(4));
            long duration = (long) (20e6 * Math.exp(random.nextGaussian()));
            rollup.add(RollupTest.observation(200 + random.nextInt(400), outcome, random.nextInt(9) == 0, duration));
        }
        return rollup;
    }
}
