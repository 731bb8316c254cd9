package io.lignum.bench.work;

import java.util.Random;

/** The bytes to write: the same for all contenders; consecutive records differ. */
public final class Payload {

    private static final long SEED = 42;

    private Payload() {}

    public static byte[] of(int size) {
        byte[] bytes = new byte[size];
        new Random(SEED).nextBytes(bytes);
        return bytes;
    }
}
