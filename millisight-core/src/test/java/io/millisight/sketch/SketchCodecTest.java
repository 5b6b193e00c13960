package io.millisight.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SketchCodecTest {

    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    @Test
    void aMinuteAndAnHourTakeFewBytes() {
        assertThat(SketchCodec.encode(latencies(60))).hasSizeLessThanOrEqualTo(120);
        assertThat(SketchCodec.encode(latencies(3_600))).hasSizeLessThanOrEqualTo(500);
        assertThat(SketchCodec.encode(new Sketch())).hasSize(7);
    }

    @Test
    void theDocumentedExampleIsReal() throws IOException {
        Sketch sketch = SketchTest.sketch(1_000, 1_000, 1_010, 45_230_000);
        String document = Files.readString(Path.of("../docs/format/sketch.md"));

        assertThat(document).contains("\n    " + HEX.formatHex(SketchCodec.encode(sketch)) + "\n");
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
    void aDecoderOfLongBodiesGrows() {
        Sketch sketch = new Sketch();
        for (int index = 0; index < Scale.MAX_INDEX; index++) {
            sketch.record((long) SketchSnapshot.upperBound(index, 6));
        }
        assertThat(SketchCodec.decode(SketchCodec.encode(sketch))).isEqualTo(sketch.snapshot());
    }

    @Test
    void bodiesThatContradictThemselvesAreRefused() {
        // count, min, max - min, sum, clamped, then a token of one time in the bucket of 1 ns: gap 1
        requireSound(1, 1, 0, 1, 0, 0);
        requireRefused();
        requireRefused(0, 0);
        requireRefused(1);
        requireRefused(1, 1, 0, 1, 0);
        requireRefused(2, 1, 0, 2, 0, 0);
        requireRefused(1, 1, 0, 1, 0, 1);
        requireRefused(1, 1, 0, 1, 2, 0);
        requireRefused(1, 1, 0, 0, 0, 0);
        requireRefused(1, 1, 1, 2, 0, 0);
        requireRefused(1, 1, 0, 1, 0, 0, 0);
        requireRefused(1, 1, 0, 1, 0, 8);
        requireRefused(1, 1, 0, 1, 0, 7);
        requireRefused(1, 1, 0, 1, 0, 7, 0xff, 0xff, 0x7f);
        requireRefused(1, 1, 0, 1, 0, 0x80);
        requireRefused(1, 1, 0, 1, 0, 0x80, 0x80);
        requireRefused(1, 1, 0, 1, 0, 7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f);
        requireRefused(1, 1, 0, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f);
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
