package io.lignum.storage.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a file holds: as processes see it, as the disk has it for sure, and the changes between the
 * two, of which a power cut keeps any part.
 */
final class SimulatedInode {

    static final int SECTOR_BYTES = 512;
    private static final int PAGE_BYTES = 4096;

    /** A write, or without data a truncation to {@code position}. */
    static final class Change {
        private final long position;
        private final byte[] data;
        private final boolean truncates;

        Change(long position, byte[] data, boolean truncates) {
            this.position = position;
            this.data = data;
            this.truncates = truncates;
        }

        long end() {
            return position + data.length;
        }
    }

    private static final class Content {
        private byte[] bytes = new byte[0];
        private int size;

        Content copy() {
            Content copy = new Content();
            copy.bytes = Arrays.copyOf(bytes, size);
            copy.size = size;
            return copy;
        }

        void write(int position, byte[] data, int from, int length) {
            grow(position + length);
            System.arraycopy(data, from, bytes, position, length);
        }

        void grow(int newSize) {
            if (newSize > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(newSize, 2 * bytes.length));
            }
            size = Math.max(size, newSize);
        }

        void truncate(int newSize) {
            if (newSize < size) {
                Arrays.fill(bytes, newSize, size, (byte) 0);
                size = newSize;
            }
        }

        void apply(Change change) {
            if (change.truncates) {
                truncate((int) change.position);
            } else {
                write((int) change.position, change.data, 0, change.data.length);
            }
        }
    }

    private long lastModifiedMillis;
    private Content seen = new Content();
    private Content durable = new Content();
    private final List<Change> unforced = new ArrayList<>();

    /**
     * When it was last written to; survives a power cut, as it does for the most part on real
     * disks.
     */
    long lastModifiedMillis() {
        return lastModifiedMillis;
    }

    void modifiedAt(long millis) {
        lastModifiedMillis = millis;
    }

    int size() {
        return seen.size;
    }

    int read(long position, byte[] target, int from, int length) {
        int n = (int) Math.min(length, seen.size - position);
        if (n > 0) {
            System.arraycopy(seen.bytes, (int) position, target, from, n);
        }
        return n;
    }

    byte[] bytes() {
        return Arrays.copyOf(seen.bytes, seen.size);
    }

    void write(long position, byte[] data) {
        change(new Change(position, data, false));
    }

    void truncate(long size) {
        if (size < seen.size) {
            change(new Change(size, new byte[0], true));
        }
    }

    private void change(Change change) {
        seen.apply(change);
        unforced.add(change);
    }

    /** What a force that is requested now is about. */
    List<Change> request() {
        return List.copyOf(unforced);
    }

    void forced(List<Change> request) {
        for (Change change : request) {
            if (unforced.remove(change)) {
                durable.apply(change);
            }
        }
    }

    /**
     * As on Linux, the pages are clean after a failed force: visible, but only partly on disk. A
     * later force does not write the rest, and a power cut loses it.
     */
    void forceFailed(List<Change> request, RandomGenerator random) {
        double kept = mood(random);
        for (Change change : request) {
            if (!unforced.remove(change)) {
                continue;
            }
            if (!change.truncates) {
                keepPart(change, random, kept, SECTOR_BYTES);
            } else if (random.nextDouble() < kept) {
                durable.truncate((int) change.position);
            }
        }
    }

    private static double mood(RandomGenerator random) {
        return new double[] {0, 0.2, 0.8, 1}[random.nextInt(4)];
    }

    void flipBit(long position, int bit) {
        seen.bytes[(int) position] ^= (byte) (1 << bit);
        if (position < durable.size) {
            durable.bytes[(int) position] ^= (byte) (1 << bit);
        }
    }

    /** The power goes. In one of several moods, since each finds other bugs. */
    void crash(RandomGenerator random) {
        double kept = mood(random);
        int unit = random.nextBoolean() ? PAGE_BYTES : SECTOR_BYTES;
        boolean sizeFirst = random.nextBoolean();
        long lostTruncation = Long.MAX_VALUE;
        for (Change change : unforced) {
            if (change.truncates) {
                if (random.nextDouble() < kept) {
                    durable.truncate((int) change.position);
                } else {
                    lostTruncation = Math.min(lostTruncation, change.position);
                }
            } else if (change.end() <= lostTruncation) {
                keepPart(change, random, kept, unit);
                if (sizeFirst && random.nextDouble() < kept) {
                    durable.grow((int) change.end());
                }
            }
        }
        unforced.clear();
        seen = durable.copy();
        durable = durable.copy();
    }

    private void keepPart(Change change, RandomGenerator random, double kept, int unit) {
        long at = change.position;
        while (at < change.end()) {
            long next = Math.min(change.end(), (at / unit + 1) * unit);
            if (random.nextDouble() < kept) {
                durable.write(
                        (int) at, change.data, (int) (at - change.position), (int) (next - at));
            }
            at = next;
        }
    }
}
