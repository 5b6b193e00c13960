package io.millisight.journal;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * One thing that a disk, a repair tool or a careless copy does to a file.
 *
 * @param place which part of which file
 * @param kind what happens
 * @param at where, in 1/10,000 of that part
 * @param other where from, for what moves
 * @param length how many bytes, or slots for what moves slots
 */
record Damage(Place place, Kind kind, int at, int other, int length) {

    /** Parts of the files. */
    enum Place {
        SLOTS,
        FREED,
        HEADER,
        DICTIONARY
    }

    /** What happens to them. */
    enum Kind {
        FLIP,
        ZERO,
        NOISE,
        SWAP,
        DUPLICATE,
        SHIFT_BACK,
        SHIFT_ON,
        TRUNCATE,
        EXTEND
    }

    static Arbitrary<Damage> any() {
        Arbitrary<Place> places = Arbitraries.frequency(
                Tuple.of(8, Place.SLOTS),
                Tuple.of(2, Place.FREED),
                Tuple.of(1, Place.HEADER),
                Tuple.of(2, Place.DICTIONARY));
        Arbitrary<Integer> points = Arbitraries.integers().between(0, 9_999).withoutEdgeCases();
        return Combinators.combine(
                        places,
                        Arbitraries.of(Kind.class),
                        points,
                        points,
                        Arbitraries.integers().between(1, 200).withoutEdgeCases())
                .as(Damage::new);
    }

    /** Replaces the file by a damaged one of perhaps another length. */
    void doTo(Map<String, byte[]> files) {
        String file = place == Place.DICTIONARY ? "endpoints.dict" : "journal.ring";
        files.put(file, damaged(files.get(file)));
    }

    private byte[] damaged(byte[] bytes) {
        int begin = begin(bytes.length);
        int end = end(bytes.length);
        if (end - begin < 1) {
            return bytes;
        }
        int here = begin + (int) ((long) (end - begin) * at / 10_000);
        int few = Math.min(length, end - here);
        Random random = new Random(31L * at + length);
        byte[] damaged = bytes.clone();
        switch (kind) {
            case FLIP -> damaged[here] ^= (byte) (1 << length % 8);
            case ZERO -> Arrays.fill(damaged, here, here + few, (byte) 0);
            case NOISE -> {
                byte[] noise = new byte[few];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, damaged, here, few);
            }
            case SWAP -> {
                exchange(bytes, damaged, begin, end, true);
            }
            case DUPLICATE -> exchange(bytes, damaged, begin, end, false);
            case SHIFT_BACK -> {
                System.arraycopy(bytes, here + few, damaged, here, bytes.length - here - few);
                damaged = Arrays.copyOf(damaged, bytes.length - few);
            }
            case SHIFT_ON -> {
                damaged = Arrays.copyOf(bytes, bytes.length + length);
                System.arraycopy(bytes, here, damaged, here + length, bytes.length - here);
            }
            case TRUNCATE -> damaged = Arrays.copyOf(bytes, here);
            case EXTEND -> {
                damaged = Arrays.copyOf(bytes, bytes.length + 10 * length);
                for (int i = bytes.length; i < damaged.length; i++) {
                    damaged[i] = (byte) random.nextInt();
                }
            }
        }
        return damaged;
    }

    /** Whole cells change places, or one takes the place of another. */
    private void exchange(byte[] bytes, byte[] damaged, int begin, int end, boolean both) {
        int cell = place == Place.DICTIONARY ? EndpointDictionary.CELL_BYTES : place == Place.SLOTS ? 64 : 8;
        int cells = (end - begin) / cell;
        if (cells == 0) {
            return;
        }
        int to = begin + cells * at / 10_000 * cell;
        int from = begin + cells * other / 10_000 * cell;
        int count = Math.min(cell * (1 + length % 4), end - Math.max(from, to));
        System.arraycopy(bytes, from, damaged, to, count);
        if (both) {
            System.arraycopy(bytes, to, damaged, from, count);
        }
    }

    private int begin(int length) {
        return Math.min(
                length,
                switch (place) {
                    case SLOTS -> RingFile.HEADER_BYTES;
                    case FREED -> RingFile.FREED_OFFSET;
                    case HEADER, DICTIONARY -> 0;
                });
    }

    private int end(int length) {
        return Math.min(
                length,
                switch (place) {
                    case SLOTS, DICTIONARY -> length;
                    case FREED -> RingFile.FREED_OFFSET + 4 * RingFile.FREED_STRIDE;
                    case HEADER -> RingFile.FREED_OFFSET;
                });
    }
}
