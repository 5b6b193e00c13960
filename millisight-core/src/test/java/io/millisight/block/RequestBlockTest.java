package io.millisight.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class RequestBlockTest {

    private static final long START = 1_795_000_000_000_000L;

    @Test
    void aRequestWithoutUserTakesAtMostEightBytes() {
        Random random = new Random(8);
        RequestColumns requests = new RequestColumns(0);
        long time = START;
        for (int row = 0; row < 20_000; row++) {
            time += (long) (-1_000 * Math.log(1 - random.nextDouble()));
            long duration = (long) (10e6 * Math.exp(0.8 * random.nextGaussian()));
            int endpoint = (int) Math.min(99, Math.pow(100, random.nextDouble()) - 1);
            int status = random.nextInt(20) > 0 ? 200 : random.nextInt(4) > 0 ? 404 : 500;
            requests.add(time, duration, endpoint, status, status == 500 ? 1 : 0, null);
        }
        assertThat(RequestBlock.encode(requests).length / 20_000.0).isLessThanOrEqualTo(8);
    }

    @Test
    void theDocumentedExampleIsReal() throws IOException {
        RequestColumns requests = three();
        String document = Files.readString(Path.of("../docs/format/requests.md"));
        String hex = HexFormat.ofDelimiter(" ").formatHex(RequestBlock.encode(requests));

        String documented = document.substring(document.indexOf("\n    51 01") + 1);
        documented = documented.substring(0, documented.indexOf("\n\n"));
        assertThat(documented.trim().replaceAll("\\s+", " ")).isEqualTo(hex);
    }

    @Test
    void saysItsCountAndRangeWithoutBeingDecoded() {
        byte[] block = RequestBlock.encode(three());

        assertThat(RequestBlock.size(block)).isEqualTo(3);
        assertThat(RequestBlock.earliestMicros(block)).isEqualTo(START);
        assertThat(RequestBlock.latestMicros(block)).isEqualTo(START + 900);
        assertThatThrownBy(() -> RequestBlock.size(new byte[20])).isInstanceOf(BlockFormatException.class);
    }

    @Test
    void anEmptyBlockHoldsNothing() {
        byte[] block = RequestBlock.encode(new RequestColumns(0));

        assertThat(RequestBlock.size(block)).isZero();
        assertThat(RequestBlock.decode(block).size()).isZero();
        assertThat(RequestBlock.merge(List.of())).isEqualTo(block);
    }

    @Test
    void storesTheNumbersThatTheStoreGivesItsEndpoints() {
        RequestColumns decoded = RequestBlock.decode(RequestBlock.encode(three(), id -> id + 1_000));

        assertThat(decoded.endpoint(0)).isEqualTo(1_007);
        assertThat(decoded.endpoint(1)).isEqualTo(1_009);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestBlock.encode(three(), id -> -1))
                .withMessageContaining("endpoint id: -1");
    }

    @Test
    void refusesANegativeDuration() {
        RequestColumns requests = three();
        requests.add(START, -1, 0, 200, 0, null);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestBlock.encode(requests))
                .withMessageContaining("duration: -1");
    }

    @Test
    void columnsGrowFromNothing() {
        RequestColumns all = new RequestColumns(0);
        for (int round = 0; round < 30; round++) {
            all.addAll(three());
        }
        assertThat(all.size()).isEqualTo(90);
        assertThat(all.completedAtMicros(89)).isEqualTo(START + 800);
        assertThat(all.userId(87)).isEqualTo("ann");
    }

    @Test
    void everyDamagedByteAndEveryTruncationIsRefused() {
        byte[] block = RequestBlock.encode(three());
        for (int at = 0; at < block.length; at++) {
            for (int damage = 1; damage < 256; damage += 2) {
                byte[] damaged = block.clone();
                damaged[at] ^= (byte) damage;
                requireRefused(damaged);
            }
            requireRefused(Arrays.copyOf(block, at));
        }
        requireRefused(Arrays.copyOf(block, block.length + 1));
    }

    @Test
    void forgedBytesWithARightChecksumNeverMakeHugeArraysOrOtherFailures() {
        byte[] block = RequestBlock.encode(three());
        Random random = new Random(3);
        for (int at = 0; at < block.length - 4; at++) {
            for (int round = 0; round < 60; round++) {
                byte[] forged = block.clone();
                forged[at] = (byte) random.nextInt();
                requireRefusedOrComplete(resealed(forged));
                forged[random.nextInt(block.length - 4)] = (byte) random.nextInt();
                requireRefusedOrComplete(resealed(forged));
            }
        }
    }

    @Test
    void aForgedCountIsRefused() {
        for (int count : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 1_000_000, 4, 2, 0}) {
            byte[] forged = RequestBlock.encode(three());
            ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN).putInt(2, count);
            requireRefused(resealed(forged));
            assertThat(RequestBlock.size(forged)).isBetween(0, forged.length);
        }
    }

    @Test
    void forgedRangesAreRefused() {
        byte[] earlier = RequestBlock.encode(three());
        ByteBuffer.wrap(earlier).order(ByteOrder.LITTLE_ENDIAN).putLong(6, START - 1);
        requireRefused(resealed(earlier));
        byte[] later = RequestBlock.encode(three());
        ByteBuffer.wrap(later).order(ByteOrder.LITTLE_ENDIAN).putLong(14, START + 901);
        requireRefused(resealed(later));
    }

    /** The example of the format's document. */
    private static RequestColumns three() {
        RequestColumns requests = new RequestColumns(3);
        requests.add(START, 45_230_000, 7, 200, 0, "ann");
        requests.add(START + 900, 1_000, 9, 404, 0, null);
        requests.add(START + 800, 200_000, 7, 200, 0, "ann");
        return requests;
    }

    private static byte[] resealed(byte[] block) {
        CRC32C checksum = new CRC32C();
        checksum.update(block, 0, block.length - 4);
        ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).putInt(block.length - 4, (int) checksum.getValue());
        return block;
    }

    private static void requireRefused(byte[] block) {
        assertThatThrownBy(() -> RequestBlock.decode(block))
                .as(Arrays.toString(block))
                .isInstanceOf(BlockFormatException.class);
    }

    private static void requireRefusedOrComplete(byte[] block) {
        try {
            assertThat(RequestBlock.decode(block).size()).isEqualTo(RequestBlock.size(block));
        } catch (BlockFormatException refused) {
            assertThat(refused).hasMessageStartingWith("request block");
        }
    }
}
