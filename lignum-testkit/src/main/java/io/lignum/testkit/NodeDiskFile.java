package io.lignum.testkit;

import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.ForceCallback;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Passes calls to a real file, with the faults of its {@link NodeDisk}. */
final class NodeDiskFile implements DiskFile {

    /** How often a slow force checks whether the disk was healed. */
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(10);

    private final NodeDisk disk;
    private final DiskFile real;

    NodeDiskFile(NodeDisk disk, DiskFile real) {
        this.disk = disk;
        this.real = real;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return disk.during(() -> real.read(target, position));
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        disk.during(() -> {
            // Bytes below the end of the file have disk space already, also on a real full disk.
            if (disk.faults().isFull() && position + source.remaining() > real.size()) {
                throw new DiskFullException("no space left on the disk");
            }
            real.write(source, position);
            return source;
        });
    }

    @Override
    public void force(ForceCallback done) {
        IOException failure = null;
        try {
            force();
        } catch (IOException e) {
            failure = e;
        }
        done.completed(failure); // Outside of the run, since the callback may wait.
    }

    @Override
    public void force() throws IOException {
        long startNanos = System.nanoTime();
        while (disk.run().isActive()
                && System.nanoTime() - startNanos < disk.faults().forceDelay().toNanos()) {
            disk.run().sleep(CHECK_INTERVAL);
        }
        disk.during(() -> {
            if (disk.faults().isFailing()) {
                throw new IOException("input/output error, made by the test");
            }
            real.force();
            return real;
        });
    }

    @Override
    public long size() throws IOException {
        return disk.during(real::size);
    }

    @Override
    public void truncate(long size) throws IOException {
        disk.during(() -> {
            real.truncate(size);
            return real;
        });
    }

    @Override
    public void close() throws IOException {
        disk.close(real);
    }
}
