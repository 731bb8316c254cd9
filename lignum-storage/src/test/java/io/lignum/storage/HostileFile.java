package io.lignum.storage;

import io.lignum.record.RecordBatch;
import io.lignum.record.fuzz.Mutator;
import io.lignum.storage.internal.segment.Checkpoint;
import io.lignum.storage.internal.segment.SegmentManifest;
import io.lignum.storage.internal.segment.SegmentNames;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Hostile content for a file of a store: damaged, another topic's, or with its checksums made right
 * again.
 *
 * @param isForgedSegment the batches in it may be others, and no check could find that
 */
record HostileFile(byte[] bytes, boolean isForgedSegment) {

    private static final int MANIFEST_HEADER = 8;
    private static final int MANIFEST_ENTRY = 48;

    static HostileFile of(Path path, Map<Path, byte[]> sound, Mutator mutator) {
        byte[] own = sound.getOrDefault(path, new byte[0]);
        String name = String.valueOf(path.getFileName());
        boolean segment = isSegment(name);
        byte[] other = other(path, sound, mutator);
        return switch (mutator.random().nextInt(10)) {
            case 0 -> new HostileFile(other, segment);
            case 1 -> new HostileFile(mutator.noise(own.length + 100), false);
            case 2, 3, 4 -> new HostileFile(mutator.mutate(own, other), false);
            default -> new HostileFile(sealed(name, own, mutator), segment);
        };
    }

    private static boolean isSegment(String name) {
        return SegmentNames.baseOffset(name, SegmentNames.SEALED).isPresent()
                || SegmentNames.baseOffset(name, SegmentNames.ACTIVE).isPresent();
    }

    /** A file of the same kind. */
    private static byte[] other(Path path, Map<Path, byte[]> sound, Mutator mutator) {
        String name = String.valueOf(path.getFileName());
        String kind = name.substring(Math.max(0, name.lastIndexOf('.')));
        List<byte[]> others = sound.entrySet().stream()
                .filter(file -> file.getKey().toString().endsWith(kind))
                .map(Map.Entry::getValue)
                .toList();
        return others.get(mutator.random().nextInt(others.size()));
    }

    private static byte[] sealed(String name, byte[] own, Mutator mutator) {
        if (name.equals(Checkpoint.NAME)) {
            return sealedAtEnd(own, 8, own.length - 4, mutator);
        }
        if (name.endsWith(SegmentNames.INDEX)) {
            return sealedAtEnd(own, 0, own.length - 12, mutator);
        }
        if (name.equals(SegmentManifest.NAME)) {
            return sealedEntry(own, mutator);
        }
        if (name.equals(TopicMeta.FILE)) {
            return sealedText(own, mutator);
        }
        return isSegment(name) ? sealedBatch(own, mutator) : mutator.mutate(own);
    }

    /** Damages what is between, of the same length or another. */
    private static byte[] between(byte[] own, int from, int to, Mutator mutator) {
        byte[] middle = new byte[to - from];
        System.arraycopy(own, from, middle, 0, middle.length);
        middle = mutator.mutate(middle);
        return ByteBuffer.allocate(from + middle.length + own.length - to)
                .put(own, 0, from)
                .put(middle)
                .put(own, to, own.length - to)
                .array();
    }

    private static byte[] sealedAtEnd(byte[] own, int from, int to, Mutator mutator) {
        byte[] hostile = between(own, from, to, mutator);
        int crcAt = hostile.length - 4;
        if (own.length - to == 12) {
            int entries = (hostile.length - 12) / 20;
            byte[] whole = new byte[20 * entries + 12];
            System.arraycopy(hostile, 0, whole, 0, 20 * entries);
            System.arraycopy(hostile, hostile.length - 12, whole, 20 * entries, 12);
            hostile = whole;
            crcAt = hostile.length - 4;
            ByteBuffer.wrap(hostile).putInt(hostile.length - 8, entries);
        }
        ByteBuffer.wrap(hostile).putInt(crcAt, crc(hostile, 0, crcAt));
        return hostile;
    }

    private static byte[] sealedEntry(byte[] own, Mutator mutator) {
        int entries = (own.length - MANIFEST_HEADER) / MANIFEST_ENTRY;
        if (entries == 0) {
            return mutator.mutate(own);
        }
        byte[] hostile = own.clone();
        int at = MANIFEST_HEADER + MANIFEST_ENTRY * mutator.random().nextInt(entries);
        byte[] number = mutator.number();
        System.arraycopy(
                number,
                0,
                hostile,
                at + mutator.random().nextInt(44 - number.length),
                number.length);
        ByteBuffer.wrap(hostile).putInt(at + 44, crc(hostile, at, at + 44));
        return hostile;
    }

    private static byte[] sealedText(byte[] own, Mutator mutator) {
        String text = new String(own, StandardCharsets.ISO_8859_1);
        int crcAt = text.lastIndexOf("crc32c=");
        byte[] hostile = between(own, 0, crcAt, mutator);
        int end = hostile.length - (own.length - crcAt);
        String seal = "crc32c=" + Integer.toHexString(crc(hostile, 0, end)) + "\n";
        return ByteBuffer.allocate(end + seal.length())
                .put(hostile, 0, end)
                .put(seal.getBytes(StandardCharsets.UTF_8))
                .array();
    }

    /** A batch whose header or records are damaged under a checksum that is right. */
    private static byte[] sealedBatch(byte[] own, Mutator mutator) {
        if (own.length < RecordBatch.HEADER_BYTES) {
            return mutator.mutate(own);
        }
        byte[] hostile = own.clone();
        ByteBuffer bytes = ByteBuffer.wrap(hostile);
        int at = 0;
        int skip = mutator.random().nextInt(8);
        while (skip-- > 0 && next(bytes, at) < hostile.length - RecordBatch.HEADER_BYTES) {
            at = next(bytes, at);
        }
        byte[] number = mutator.number();
        int field = at + mutator.random().nextInt(80);
        if (field + number.length <= hostile.length) {
            System.arraycopy(number, 0, hostile, field, number.length);
        }
        long end = Math.min(hostile.length, Math.max(at + 61L, next(bytes, at)));
        bytes.putInt(at + 17, crc(hostile, at + 21, (int) end));
        return hostile;
    }

    private static int next(ByteBuffer bytes, int at) {
        return (int) Math.min(
                bytes.limit(), Math.max(at, at + RecordBatch.at(bytes, at).claimedSizeInBytes()));
    }

    private static int crc(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }
}
