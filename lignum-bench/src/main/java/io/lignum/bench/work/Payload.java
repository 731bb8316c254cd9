package io.lignum.bench.work;

import java.util.Random;

/** The bytes that are written: alike for all contenders, and no two records in a row alike. */
public final class Payload {

    private static final long SEED = 42;

    private Payload() {}

    public static byte[] of(int size) {
        byte[] bytes = new byte[size];
        new Random(SEED).nextBytes(bytes);
        return bytes;
    }
}
