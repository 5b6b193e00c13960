package io.millisight.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SketchCodecTest {

    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    @Test
    void aMinuteAndAnHourTakeFewBytes() {
        assertThat(SketchCodec.encode(latencies(60))).hasSizeLessThanOrEqualTo(80);
        assertThat(SketchCodec.encode(latencies(3_600))).hasSizeLessThanOrEqualTo(250);
        assertThat(SketchCodec.encode(new Sketch())).hasSize(7);
    }

    @Test
    void theDocumentedExamplesAreReal() throws IOException {
        Sketch sparse = SketchTest.sketch(1_000, 1_000, 1_010, 1_000_000);
        Sketch dense = SketchTest.sketch(1_100, 1_200, 1_300, 1_400, 1_500, 1_600, 1_700, 1_800);
        String document = Files.readString(Path.of("../docs/format/sketch.md"));

        assertThat(document)
                .contains("\n    " + HEX.formatHex(SketchCodec.encode(sparse)) + "\n")
                .contains("\n    " + HEX.formatHex(SketchCodec.encode(dense)) + "\n");
    }

    @Test
    void aBodyLiesAnywhereInAnArray() {
        Sketch sketch = latencies(100);
        ByteBuffer target = ByteBuffer.allocate(20 + SketchCodec.maxBodyBytes(sketch));
        target.position(10);
        SketchCodec.putBody(sketch, target);
        Sketch decoded = new Sketch();

        new SketchDecoder().addBodyTo(target.array(), 10, target.position() - 10, decoded);

        assertThat(decoded.snapshot()).isEqualTo(sketch.snapshot());
    }

    @Test
    void everyWidthOfCountersComesBack() {
        Sketch busy = latencies(3_600);
        Sketch all = new Sketch();
        for (int index = 0; index < Scale.MAX_INDEX; index++) {
            all.record((long) SketchSnapshot.upperBound(index, 6));
        }
        for (int doubling = 0; doubling < 45; doubling++) {
            assertThat(SketchCodec.decode(SketchCodec.encode(busy))).isEqualTo(busy.snapshot());
            assertThat(SketchCodec.decode(SketchCodec.encode(all))).isEqualTo(all.snapshot());
            busy.add(busy.snapshot());
            busy.record(20_000_000);
            all.add(all.snapshot());
        }
    }

    @Test
    void theReaderKeepsNothingOfTheBodiesBefore() {
        Sketch huge = SketchTest.sketch(1, 1_000, 1_000_000, 1_000_000_000);
        for (int doubling = 0; doubling < 40; doubling++) {
            huge.add(huge.snapshot());
        }
        List<Sketch> sketches = List.of(
                latencies(3_600),
                huge,
                SketchTest.sketch(0, Long.MAX_VALUE),
                latencies(60),
                new Sketch(),
                SketchTest.sketch(1_000),
                latencies(3_600));
        SketchDecoder decoder = new SketchDecoder();
        for (Sketch sketch : sketches) {
            byte[] body = body(sketch);
            for (int length = 0; length < body.length; length++) {
                Sketch untouched = new Sketch();
                int cut = length;
                assertThatThrownBy(() -> decoder.addBodyTo(body, 0, cut, untouched))
                        .isInstanceOf(SketchFormatException.class);
                assertThat(untouched.count()).isZero();
            }
            Sketch decoded = new Sketch();
            decoder.addBodyTo(body, 0, body.length, decoded);
            assertThat(decoded.snapshot()).isEqualTo(sketch.snapshot());
        }
    }

    @Test
    void octavesThatContradictTheTotalsAreRefused() {
        // count, min, max - min, sum, clamped, then the octave of 1 ns, its last bucket: one token with gap 8 + 56
        requireSound(1, 1, 0, 1, 0, 1, 7, 56);
        requireRefused();
        requireRefused(0, 0);
        requireRefused(1);
        requireRefused(1, 1, 0, 1, 0);
        requireRefused(1, 1, 0, 1, 0, 0);
        requireRefused(2, 1, 0, 2, 0, 1, 7, 56);
        requireRefused(1, 1, 0, 1, 0, 1, 7, 56, 0);
        requireRefused(1, 1, 0, 1, 2, 1, 7, 56);
        requireRefused(1, 1, 0, 0, 0, 1, 7, 56);
        requireRefused(1, 1, 1, 2, 0, 1, 7, 56);
        requireRefused(1, 1, 0, 1, 0, 2, 7, 56, 0);
        requireRefused(1, 1, 0, 1, 0, 1, 15, 56);
        requireRefused(1, 1, 0, 1, 0, 1, 7, 55);
        requireRefused(1, 1, 0, 1, 0, 1, 7, 57);
        requireRefused(1, 1, 0, 1, 0, 1, 7, 0xff, 0xff, 0x7f);
        requireRefused(1, 1, 0, 1, 0, 1, 7);
        requireRefused(1, 1, 0, 1, 0, 1, 0x80, 0x80);
        requireRefused(1, 1, 0, 1, 0, 1, 7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f);
        requireRefused(1, 1, 0, 1, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f);
        requireRefused(1, 1, 0, 1, 0, 0x80, 7, 56);
        requireRefused(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 0, 1, 0, 1, 7, 56);
    }

    @Test
    void denseOctavesThatContradictTheTotalsAreRefused() {
        requireSound(1, 1, 0, 1, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0x80);
        requireRefused(1, 1, 0, 1, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0);
        requireRefused(1, 1, 0, 1, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0x40);
        requireRefused(1, 1, 0, 1, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0xc0);
        requireRefused(2, 1, 0, 2, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0xc0);
        requireRefused(1, 1, 0, 1, 0, 65, 0, 0, 0, 0, 0, 0, 0x80);
        requireRefused(1, 1, 0, 1, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0x80, 0);
        requireRefused(1, 1, 0, 1, 0, 64 + 29, 0, 0, 0, 0, 0, 0, 0, 0x80);
        requireRefused(1, 1, 0, 1, 0, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0);
        // 1 ns and 2 ns: the last bucket of the first octave and of the second
        requireRefused(2, 1, 1, 3, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0x80, 65, 0, 0, 0, 0, 0, 0, 0, 0x40);
        requireRefused(2, 1, 1, 3, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0x80, 0);
        // 1 ns and 3 ns: a bucket above that of the maximum
        requireRefused(2, 1, 2, 4, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0x80);
    }

    private static void requireSound(int... body) {
        Sketch target = new Sketch();
        new SketchDecoder().addBodyTo(bytes(body), 0, body.length, target);
        assertThat(target.snapshot()).isEqualTo(SketchTest.sketch(1).snapshot());
    }

    private static void requireRefused(int... body) {
        Sketch target = new Sketch();
        assertThatThrownBy(() -> new SketchDecoder().addBodyTo(bytes(body), 0, body.length, target))
                .as(Arrays.toString(body))
                .isInstanceOf(SketchFormatException.class);
        assertThat(target.count()).isZero();
    }

    private static byte[] body(Sketch sketch) {
        ByteBuffer body = ByteBuffer.allocate(SketchCodec.maxBodyBytes(sketch));
        SketchCodec.putBody(sketch, body);
        return Arrays.copyOf(body.array(), body.position());
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) values[at];
        }
        return bytes;
    }

    /** Log-normal latencies, median 20 ms, sigma 0.5. */
    private static Sketch latencies(int count) {
        Random random = new Random(count);
        Sketch sketch = new Sketch();
        for (int at = 0; at < count; at++) {
            sketch.record((long) (20e6 * Math.exp(0.5 * random.nextGaussian())));
        }
        return sketch;
    }
}
