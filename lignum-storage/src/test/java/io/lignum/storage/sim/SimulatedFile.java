package io.lignum.storage.sim;

import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.ForceCallback;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.Arrays;
import java.util.List;

/** An open file of a {@link SimulatedDisk}. */
final class SimulatedFile implements DiskFile {

    private final SimulatedDisk disk;
    private final SimulatedInode inode;
    private final boolean writable;
    private final int life;
    private boolean closed;

    SimulatedFile(SimulatedDisk disk, SimulatedInode inode, boolean writable) {
        this.disk = disk;
        this.inode = inode;
        this.writable = writable;
        life = disk.life();
    }

    private void check(boolean writes) throws IOException {
        disk.checkAlive(life);
        if (closed) {
            throw new ClosedChannelException();
        }
        if (writes && !writable) {
            throw new NonWritableChannelException();
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        check(false);
        disk.beforeRead();
        byte[] bytes = new byte[disk.shorten(target.remaining())];
        int n = inode.read(position, bytes, 0, bytes.length);
        if (n <= 0) {
            return bytes.length == 0 ? 0 : -1;
        }
        target.put(bytes, 0, n);
        return n;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        check(true);
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        int spaceBytes = disk.spaceFor(inode, position, bytes.length);
        if (spaceBytes < bytes.length) {
            byte[] prefix = Arrays.copyOf(bytes, spaceBytes);
            disk.perform(IoKind.WRITE, () -> inode.write(position, prefix));
            throw new DiskFullException("no space left on the simulated disk");
        }
        disk.performWrite(inode, position, bytes);
    }

    @Override
    public void force(ForceCallback done) {
        List<SimulatedInode.Change> request = inode.request();
        disk.later(() -> {
            if (disk.isAlive(life)) {
                IOException failure = null;
                try {
                    force(request);
                } catch (IOException e) {
                    failure = e;
                }
                done.completed(failure);
            }
        });
    }

    @Override
    public void force() throws IOException {
        check(false);
        force(inode.request());
    }

    private void force(List<SimulatedInode.Change> request) throws IOException {
        boolean forced = false;
        try {
            disk.perform(
                    IoKind.FORCE, () -> inode.forced(disk.forcesNothing() ? List.of() : request));
            forced = true;
        } finally {
            if (!forced && disk.isAlive(life)) {
                disk.forceFailed(inode, request);
            }
        }
    }

    @Override
    public long size() throws IOException {
        check(false);
        return inode.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        check(true);
        if (size < inode.size()) {
            disk.perform(IoKind.TRUNCATE, () -> inode.truncate(size));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            disk.fileClosed(life);
        }
    }
}
