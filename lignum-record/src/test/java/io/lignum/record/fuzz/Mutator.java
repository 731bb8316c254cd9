package io.lignum.record.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Makes hostile bytes of sound ones: the same ones for the same seed. */
public final class Mutator {

    /** What breaks arithmetic, in the widths that formats have. */
    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        2,
        -2,
        7,
        49,
        Byte.MAX_VALUE,
        Short.MAX_VALUE,
        Short.MIN_VALUE,
        0xFFFF,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE - 11,
        Integer.MIN_VALUE,
        0xFFFF_FFFFL,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
    };

    private static final int MOST_DAMAGES = 4;
    private static final int MOST_INSERTED = 64;
    private static final int MOST_BYTES = 1 << 20;

    private final Random random;

    public Mutator(long seed) {
        random = new Random(seed);
    }

    /** What else a round decides, so that one seed decides all of it. */
    public Random random() {
        return random;
    }

    /** Bytes that were never anything. */
    public byte[] noise(int mostBytes) {
        byte[] noise = new byte[random.nextInt(mostBytes + 1)];
        random.nextBytes(noise);
        return noise;
    }

    /** One to four damages to a copy. */
    public byte[] mutate(byte[] sound) {
        return mutate(sound, sound);
    }

    /** As {@link #mutate(byte[])}; parts of {@code other} may get into it. */
    public byte[] mutate(byte[] sound, byte[] other) {
        byte[] hostile = sound.clone();
        for (int left = 1 + random.nextInt(MOST_DAMAGES); left > 0; left--) {
            hostile = damage(hostile, other);
        }
        return hostile.length <= MOST_BYTES ? hostile : Arrays.copyOf(hostile, MOST_BYTES);
    }

    private byte[] damage(byte[] bytes, byte[] other) {
        int at = random.nextInt(bytes.length + 1);
        return switch (random.nextInt(9)) {
            case 0 -> flip(bytes);
            case 1 -> overwrite(bytes, at, number());
            case 2 -> overwrite(bytes, at, varint(extreme()));
            case 3 -> overwrite(bytes, at, noise(MOST_INSERTED));
            case 4 -> Arrays.copyOf(bytes, at);
            case 5 -> spliced(bytes, at, new byte[0], Math.min(bytes.length, at + few(bytes)));
            case 6 -> spliced(bytes, at, part(bytes), at);
            case 7 -> spliced(bytes, at, random.nextBoolean() ? number() : noise(16), at);
            default -> spliced(bytes, at, part(other), Math.min(bytes.length, at + few(bytes)));
        };
    }

    private byte[] flip(byte[] bytes) {
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return bytes;
    }

    /** One of the numbers that break arithmetic, in one of the widths and both byte orders. */
    public byte[] number() {
        int width = 1 << random.nextInt(4);
        byte[] wide = ByteBuffer.allocate(Long.BYTES).putLong(extreme()).array();
        byte[] number = Arrays.copyOfRange(wide, Long.BYTES - width, Long.BYTES);
        if (random.nextInt(4) == 0) {
            for (int i = 0; i < width / 2; i++) {
                byte swapped = number[i];
                number[i] = number[width - 1 - i];
                number[width - 1 - i] = swapped;
            }
        }
        return number;
    }

    /** A number at the edge of what some type holds, or next to it. */
    public long extreme() {
        long edge = EXTREMES[random.nextInt(EXTREMES.length)];
        return random.nextInt(4) == 0 ? edge + random.nextInt(5) - 2 : edge;
    }

    private static byte[] varint(long number) {
        byte[] bytes = new byte[10];
        int length = 0;
        long rest = number;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return Arrays.copyOf(bytes, length);
    }

    private static byte[] overwrite(byte[] bytes, int at, byte[] with) {
        System.arraycopy(with, 0, bytes, at, Math.min(with.length, bytes.length - at));
        return bytes;
    }

    /** Mostly few, now and then up to all of them. */
    private int few(byte[] bytes) {
        int bound = random.nextInt(4) == 0 ? bytes.length : Math.min(bytes.length, 16);
        return random.nextInt(bound + 1);
    }

    private byte[] part(byte[] of) {
        int from = random.nextInt(of.length + 1);
        return Arrays.copyOfRange(of, from, Math.min(of.length, from + few(of)));
    }

    /** Puts {@code middle} in the place of the bytes from {@code at} to {@code end}. */
    private static byte[] spliced(byte[] bytes, int at, byte[] middle, int end) {
        return ByteBuffer.allocate(at + middle.length + bytes.length - end)
                .put(bytes, 0, at)
                .put(middle)
                .put(bytes, end, bytes.length - end)
                .array();
    }
}
