package io.lignum.server.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The first message of a TLS client, built field by field, also as no JDK would send it (RFC 8446,
 * section 4.1.2). Immutable.
 *
 * @param version of the field {@code legacy_version}; 0x0303 is TLS 1.2
 * @param supported the versions of the extension {@code supported_versions}; empty: without it
 * @param suites numbers of the cipher suites, preferred ones first
 * @param compressions 0: without, 1: deflate
 * @param group of the key exchange
 * @param shareBytes length of the client's public key in that group
 */
record ClientHello(
        int version,
        List<Integer> supported,
        List<Integer> suites,
        List<Integer> compressions,
        int group,
        int shareBytes) {

    static final int SSL_3 = 0x0300;
    static final int TLS_1_0 = 0x0301;
    static final int TLS_1_1 = 0x0302;
    static final int TLS_1_2 = 0x0303;
    static final int TLS_1_3 = 0x0304;

    static final int HANDSHAKE = 22;

    private static final int CLIENT_HELLO = 1;
    private static final int RANDOM_BYTES = 32;
    private static final int X25519 = 0x001d;
    private static final int P_256 = 0x0017;

    /** All that the JDK knows, so that a refusal is about the suite or the version. */
    private static final int[] SIGNATURES = {
        0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203
    };

    ClientHello {
        supported = List.copyOf(supported);
        suites = List.copyOf(suites);
        compressions = List.copyOf(compressions);
    }

    /** Of a client that speaks one version, offers every suite there is, and no compression. */
    static ClientHello of(int version) {
        return version == TLS_1_3
                ? new ClientHello(
                        TLS_1_2,
                        List.of(TLS_1_3),
                        allSuites(0x1301, 0x1305),
                        List.of(0),
                        X25519,
                        32)
                : new ClientHello(version, List.of(), oldSuites(), List.of(0), X25519, 32);
    }

    /** Every suite before TLS 1.3, except the two that are signals. */
    private static List<Integer> oldSuites() {
        return IntStream.concat(
                        IntStream.concat(
                                IntStream.rangeClosed(0x0000, 0x00c7),
                                IntStream.rangeClosed(0xc001, 0xc0b5)),
                        IntStream.rangeClosed(0xcca8, 0xccae))
                .boxed()
                .toList();
    }

    private static List<Integer> allSuites(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    ClientHello withSuites(List<Integer> others) {
        return new ClientHello(version, supported, others, compressions, group, shareBytes);
    }

    ClientHello withCompressions(Integer... others) {
        return new ClientHello(version, supported, suites, List.of(others), group, shareBytes);
    }

    ClientHello withGroup(int other, int bytes) {
        return new ClientHello(version, supported, suites, compressions, other, bytes);
    }

    /** The message in one record. */
    byte[] record() {
        byte[] message = message();
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) HANDSHAKE)
                .putShort((short) Math.min(version, TLS_1_0))
                .putShort((short) message.length)
                .put(message)
                .array();
    }

    /** The handshake message without the head of a record. */
    byte[] message() {
        Bytes body = new Bytes().number(2, version);
        for (int i = 0; i < RANDOM_BYTES; i++) {
            body.number(1, i * 7);
        }
        body.vector(1, new Bytes().zeros(RANDOM_BYTES)); // A session that no server knows.
        body.vector(2, numbers(2, suites));
        body.vector(1, numbers(1, compressions));
        body.vector(2, extensions());
        return new Bytes().number(1, CLIENT_HELLO).vector(3, body).array();
    }

    private Bytes extensions() {
        List<Integer> signatures = IntStream.of(SIGNATURES).boxed().toList();
        Bytes all = new Bytes()
                .extension(10, new Bytes().vector(2, numbers(2, groups())))
                .extension(11, new Bytes().vector(1, new Bytes().number(1, 0)))
                .extension(13, new Bytes().vector(2, numbers(2, signatures)))
                .extension(16, new Bytes().vector(2, protocols("h2", "http/1.1")))
                .extension(0xff01, new Bytes().number(1, 0));
        if (!supported.isEmpty()) {
            Bytes share = new Bytes().number(2, group).vector(2, new Bytes().base(shareBytes));
            all.extension(43, new Bytes().vector(1, numbers(2, supported)))
                    .extension(51, new Bytes().vector(2, share));
        }
        return all;
    }

    /** Signatures of the node's certificate need its curve. */
    private List<Integer> groups() {
        return group == X25519 ? List.of(X25519, P_256) : List.of(group);
    }

    private static Bytes protocols(String... names) {
        Bytes all = new Bytes();
        for (String name : names) {
            all.number(1, name.length());
            name.chars().forEach(one -> all.number(1, one));
        }
        return all;
    }

    private static Bytes numbers(int width, List<Integer> values) {
        Bytes all = new Bytes();
        values.forEach(value -> all.number(width, value));
        return all;
    }

    /** A growing array of bytes with the encodings of TLS. */
    private static final class Bytes {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Bytes number(int width, int value) {
            for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
                out.write(value >> shift);
            }
            return this;
        }

        Bytes zeros(int count) {
            out.writeBytes(new byte[count]);
            return this;
        }

        /** A public key of X25519, the base point, or a number of a finite field. */
        Bytes base(int length) {
            return number(1, 9).zeros(length - 1);
        }

        /** The contents behind their length. */
        Bytes vector(int width, Bytes contents) {
            number(width, contents.out.size());
            out.writeBytes(contents.array());
            return this;
        }

        Bytes extension(int type, Bytes contents) {
            return number(2, type).vector(2, contents);
        }

        byte[] array() {
            return out.toByteArray();
        }
    }
}
