package io.lignum.testkit;

import io.lignum.storage.env.DirectoryLock;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.NioDisk;
import io.lignum.storage.env.OpenMode;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The real disk, as one run of a node sees it: with the faults of the test. When the run ends, it
 * closes all files and releases the directory lock, as the kernel does for a process. Any thread.
 */
final class NodeDisk implements Disk {

    /** An operation on the real disk. */
    interface Work<T> {
        T run() throws IOException;
    }

    private final Disk real = new NioDisk();
    private final NodeRun run;
    private final DiskFaults faults;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();

    NodeDisk(NodeRun run, DiskFaults faults) {
        this.run = run;
        this.faults = faults;
    }

    NodeRun run() {
        return run;
    }

    DiskFaults faults() {
        return faults;
    }

    /** Ends the run: waits for operations in progress, and closes all files. */
    void end() {
        run.end();
        open.forEach(one -> {
            try {
                close(one);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Performs an operation, unless the run has ended. Waits while the node is paused. */
    <T> T during(Work<T> work) throws IOException {
        run.enter();
        try {
            return work.run();
        } finally {
            run.leave();
        }
    }

    /** Closes a file or lock of this disk. Allowed at any time and repeatedly. */
    void close(Closeable one) throws IOException {
        if (open.remove(one)) {
            one.close();
        }
    }

    @Override
    public DiskFile open(Path path, OpenMode mode) throws IOException {
        return during(() -> {
            if (faults.isFull() && mode != OpenMode.READ && !real.exists(path)) {
                throw new DiskFullException("no space left on the disk for " + path);
            }
            DiskFile file = real.open(path, mode);
            open.add(file);
            return new NodeDiskFile(this, file);
        });
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return during(() -> real.exists(path));
    }

    @Override
    public boolean isDirectory(Path path) throws IOException {
        return during(() -> real.isDirectory(path));
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return during(() -> real.list(directory));
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        during(() -> {
            if (faults.isFull() && !real.exists(directory)) {
                throw new DiskFullException("no space left on the disk for " + directory);
            }
            real.createDirectories(directory);
            return directory;
        });
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        during(() -> {
            real.rename(from, to);
            return to;
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        during(() -> {
            real.delete(path);
            return path;
        });
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        during(() -> {
            if (faults.isFailing()) {
                throw new IOException("input/output error, made by the test");
            }
            real.forceDirectory(directory);
            return directory;
        });
    }

    @Override
    public long lastModifiedMillis(Path path) throws IOException {
        return during(() -> real.lastModifiedMillis(path));
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return during(() -> faults.isFull() ? 0 : real.usableBytes(path));
    }

    @Override
    public DirectoryLock lock(Path lockFile, String holder) throws IOException {
        return during(() -> {
            DirectoryLock lock = real.lock(lockFile, holder);
            open.add(lock);
            return new DirectoryLock() {
                @Override
                public boolean isInPlace() throws IOException {
                    return during(lock::isInPlace);
                }

                @Override
                public void close() throws IOException {
                    NodeDisk.this.close(lock);
                }
            };
        });
    }

    @Override
    public Optional<String> lockHolder(Path lockFile) throws IOException {
        return during(() -> real.lockHolder(lockFile));
    }
}
