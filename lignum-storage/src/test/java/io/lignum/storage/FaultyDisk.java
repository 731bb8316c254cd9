package io.lignum.storage;

import io.lignum.storage.env.DirectoryLock;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.ForceCallback;
import io.lignum.storage.env.NioDisk;
import io.lignum.storage.env.OpenMode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The real disk, or another one, with faults that a test makes at its calls. Any thread. */
final class FaultyDisk implements Disk {

    /** A call that can fail. */
    enum Call {
        OPEN,
        CREATE,
        READ,
        WRITE,
        FORCE,
        FORCE_DIRECTORY,
        RENAME,
        DELETE,
        LIST
    }

    /** Decides about each call. */
    interface Fault {
        /** Throws what the call is to fail with. */
        void before(Call call, Path path) throws IOException;

        /**
         * Sees, and may change, what a call of read has put into {@code target} from {@code from}
         * on.
         */
        default void afterRead(Path path, ByteBuffer target, int from) {}
    }

    static final Fault NONE = (call, path) -> {};

    private final Disk real;
    private volatile Fault fault = NONE;
    private volatile boolean outOfInodes;
    private final AtomicInteger probes = new AtomicInteger();

    FaultyDisk() {
        this(new NioDisk());
    }

    /** With faults at the calls of another disk. */
    FaultyDisk(Disk real) {
        this.real = real;
    }

    void fault(Fault value) {
        fault = value;
    }

    /** Whether the file system has no inode for a new file. */
    void outOfInodes(boolean value) {
        outOfInodes = value;
    }

    @Override
    public boolean canCreateFiles(Path directory) throws IOException {
        probes.incrementAndGet();
        return !outOfInodes && real.canCreateFiles(directory);
    }

    /** How many times it was asked whether files can be created. */
    int probes() {
        return probes.get();
    }

    @Override
    public DiskFile open(Path path, OpenMode mode) throws IOException {
        boolean creates = mode == OpenMode.CREATE_NEW || mode == OpenMode.WRITE;
        fault.before(creates ? Call.CREATE : Call.OPEN, path);
        return new FaultyFile(real.open(path, mode), path);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return real.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) throws IOException {
        return real.isDirectory(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        fault.before(Call.LIST, directory);
        return real.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        real.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        fault.before(Call.RENAME, from);
        real.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        fault.before(Call.DELETE, path);
        real.delete(path);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        fault.before(Call.FORCE_DIRECTORY, directory);
        real.forceDirectory(directory);
    }

    @Override
    public long lastModifiedMillis(Path path) throws IOException {
        return real.lastModifiedMillis(path);
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return real.usableBytes(path);
    }

    @Override
    public DirectoryLock lock(Path lockFile, String holder) throws IOException {
        return real.lock(lockFile, holder);
    }

    @Override
    public Optional<String> lockHolder(Path lockFile) throws IOException {
        return real.lockHolder(lockFile);
    }

    private final class FaultyFile implements DiskFile {

        private final DiskFile file;
        private final Path path;

        FaultyFile(DiskFile file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            fault.before(Call.READ, path);
            int from = target.position();
            int n = file.read(target, position);
            fault.afterRead(path, target, from);
            return n;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            fault.before(Call.WRITE, path);
            file.write(source, position);
        }

        @Override
        public void force(ForceCallback done) {
            try {
                fault.before(Call.FORCE, path);
            } catch (IOException e) {
                done.completed(e);
                return;
            }
            file.force(done);
        }

        @Override
        public void force() throws IOException {
            fault.before(Call.FORCE, path);
            file.force();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
