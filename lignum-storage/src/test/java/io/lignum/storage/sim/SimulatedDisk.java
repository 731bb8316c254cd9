package io.lignum.storage.sim;

import io.lignum.storage.env.DirectoryLock;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.TooManyOpenFilesException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * A disk in memory that knows which bytes and names were forced. <p>{@link #cutPower()} keeps what
 * was forced and, by the seed, an arbitrary part of the rest: any sectors of unforced writes, any
 * unforced truncations and file sizes, any unforced names. {@link #killProcess()} keeps everything
 * that was written. Both end every open file and lock. I/Os are counted; a test can cut the power
 * at any of them, make any of them fail, exhaust disk space and file handles, and flip bits. <p>The
 * bytes of a failed force stay visible and never become durable, as on Linux. <p>One thread.
 */
public final class SimulatedDisk implements Disk {

    @FunctionalInterface
    interface Effect {
        void run() throws IOException;
    }

    private final SimulatedTree tree = new SimulatedTree();
    private final DiskFaults faults = new DiskFaults();
    private final TreeMap<String, String> locks = new TreeMap<>();
    private final Random random;
    private Executor completions = Runnable::run;
    private long capacity = Long.MAX_VALUE / 2;
    private LongSupplier wallClock = () -> 0;
    private int failingReads;
    private boolean handlesShort;
    private boolean observed;
    private boolean shortReads;
    private boolean forcesNothing;
    private int life;
    private boolean dead;
    private int openFiles;
    private int mostOpenFiles;

    public SimulatedDisk(long seed) {
        random = new Random(seed);
    }

    // ---- faults

    /** I/Os so far, other than reads. */
    public long ioCount() {
        return faults.count();
    }

    /** The power goes in the k-th I/O from now, the first being 1: before it or after it. */
    public void cutPowerAt(long k) {
        faults.cutAt(k);
    }

    /**
     * The n-th I/O of a kind from now, the first being 1, fails. A write may have written a part.
     */
    public void failAt(IoKind kind, long nth, IOException failure) {
        faults.fail(kind, nth, failure);
    }

    /** So many reads from now on fail. */
    public void failReads(int count) {
        failingReads = count;
    }

    /**
     * From now on no file can be opened, as when the process has no file handle left; or it can
     * again.
     */
    public void limitHandles(boolean none) {
        handlesShort = none;
    }

    /** While a test looks at the disk itself, no I/O fails, and no planned power cut comes. */
    public void observe(boolean now) {
        observed = now;
    }

    /** Reads return fewer bytes than asked for, as they may. */
    public void readShort() {
        shortReads = true;
    }

    /** Whether forces of files answer without having forced anything, as some disks do. */
    public void forceNothing(boolean lies) {
        forcesNothing = lies;
    }

    boolean forcesNothing() {
        return forcesNothing;
    }

    /** Takes back what was planned and has not happened. */
    public void heal() {
        faults.clear();
        failingReads = 0;
        handlesShort = false;
    }

    /** What files are stamped with when they are written to. */
    public void stampBy(LongSupplier wallMillis) {
        wallClock = wallMillis;
    }

    /** Bytes that all files together may have. */
    public void limitCapacity(long bytes) {
        capacity = bytes;
    }

    /** A bit of a file rots, on the disk and in memory. */
    public void flipBit(Path path, long position, int bit) {
        inode(path).flipBit(position, bit);
    }

    /** Bytes in all files. */
    public long usedBytes() {
        long[] sum = new long[1];
        tree.eachFile(inode -> sum[0] += inode.size());
        return sum[0];
    }

    public boolean isDead() {
        return dead;
    }

    /** Power is lost and comes back. */
    public void cutPower() {
        cutPower(OptionalLong.empty());
    }

    /**
     * The same, and of the changes of names that were not forced those survive whose bit is set,
     * bit 0 being the oldest's, as far as they do not depend on one that is lost.
     */
    public void cutPower(long names) {
        cutPower(OptionalLong.of(names));
    }

    private void cutPower(OptionalLong names) {
        reboot();
        tree.crash(random, names);
    }

    /** How many changes of names a power cut may take back. */
    public int unforcedNames() {
        return tree.unforced();
    }

    /** The process dies; what it wrote is still in the memory of the operating system. */
    public void killProcess() {
        reboot();
    }

    private void reboot() {
        faults.clear();
        locks.clear();
        completions = Runnable::run;
        failingReads = 0;
        handlesShort = false;
        dead = false;
        openFiles = 0;
        life++;
    }

    /** Forces complete as tasks of this executor, from now until the next crash. */
    public void completeOn(Executor executor) {
        completions = executor;
    }

    // ---- for tests to look inside

    public int openFiles() {
        return openFiles;
    }

    public int mostOpenFiles() {
        return mostOpenFiles;
    }

    public byte[] bytes(Path path) {
        return inode(path).bytes();
    }

    /** Makes a file, or replaces its content, durably and uncounted. */
    public void put(Path path, byte[] content) throws IOException {
        makeDirectories(path.getParent());
        SimulatedInode inode = new SimulatedInode();
        inode.write(0, content);
        inode.forced(inode.request());
        tree.set(path, inode);
        tree.forceAll();
    }

    public void remove(Path path) throws IOException {
        tree.set(path, null);
        tree.forceAll();
    }

    /**
     * Contents of the files in a directory, not of those below; none if there is no such directory.
     */
    public List<byte[]> contents(Path directory) {
        if (!(tree.find(directory) instanceof SimulatedTree.Directory found)) {
            return List.of();
        }
        return found.names().stream()
                .map(directory::resolve)
                .filter(path -> tree.find(path) instanceof SimulatedInode)
                .map(this::bytes)
                .toList();
    }

    private SimulatedInode inode(Path path) {
        if (tree.find(path) instanceof SimulatedInode inode) {
            return inode;
        }
        throw new IllegalArgumentException("no such file: " + path);
    }

    // ---- for the files

    int life() {
        return life;
    }

    boolean isAlive(int theirs) {
        return !dead && life == theirs;
    }

    void checkAlive(int theirs) {
        if (!isAlive(theirs)) {
            throw new PowerCut("the process is dead");
        }
    }

    void later(Runnable completion) {
        completions.execute(completion);
    }

    void fileClosed(int theirs) {
        if (life == theirs) {
            openFiles--;
        }
    }

    void beforeRead() throws IOException {
        if (failingReads > 0 && !observed) {
            failingReads--;
            throw new IOException("simulated: Input/output error");
        }
    }

    int shorten(int bytes) {
        return shortReads && bytes > 1 ? 1 + random.nextInt(bytes) : bytes;
    }

    /** Number of the bytes for which there is space. */
    int spaceFor(SimulatedInode inode, long position, int bytes) {
        long needed = Math.max(0, position + bytes - inode.size());
        long missing = Math.max(0, needed - Math.max(0, capacity - usedBytes()));
        return (int) Math.max(0, bytes - missing);
    }

    void forceFailed(SimulatedInode inode, List<SimulatedInode.Change> request) {
        inode.forceFailed(request, random);
    }

    void performWrite(SimulatedInode inode, long position, byte[] bytes) throws IOException {
        boolean done = false;
        try {
            inode.modifiedAt(wallClock.getAsLong());
            perform(IoKind.WRITE, () -> inode.write(position, bytes));
            done = true;
        } finally {
            if (!done && !dead) {
                inode.write(position, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
            }
        }
    }

    void perform(IoKind kind, Effect effect) throws IOException {
        checkAlive(life);
        if (observed) { // A reader that is no part of the history may save an index.
            effect.run();
            return;
        }
        IOException failure = faults.next(kind);
        if (faults.isCut()) {
            if (random.nextBoolean()) {
                effect.run();
            }
            dead = true;
            throw new PowerCut("the power goes at " + kind);
        }
        if (failure != null) {
            throw failure;
        }
        effect.run();
    }

    // ---- Disk

    @Override
    public DiskFile open(Path path, OpenMode mode) throws IOException {
        checkAlive(life);
        checkHandle();
        Object found = tree.find(path);
        if (found == null && (mode == OpenMode.READ || mode == OpenMode.UPDATE)) {
            throw new NoSuchFileException(path.toString());
        }
        if (found != null && mode == OpenMode.CREATE_NEW) {
            throw new FileAlreadyExistsException(path.toString());
        }
        if (found == null) {
            if (usableBytes(path) <= 0) {
                throw new DiskFullException("no space left on the simulated disk");
            }
            perform(IoKind.CREATE, () -> tree.set(path, new SimulatedInode()));
        }
        openFiles++;
        mostOpenFiles = Math.max(mostOpenFiles, openFiles);
        return new SimulatedFile(this, inode(path), mode != OpenMode.READ);
    }

    private void checkHandle() throws TooManyOpenFilesException {
        if (handlesShort && !observed) {
            throw new TooManyOpenFilesException("simulated: Too many open files");
        }
    }

    @Override
    public boolean exists(Path path) {
        checkAlive(life);
        return tree.find(path) != null;
    }

    @Override
    public boolean isDirectory(Path path) {
        checkAlive(life);
        return tree.find(path) instanceof SimulatedTree.Directory;
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        checkAlive(life);
        return tree.directory(directory).names();
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        checkAlive(life);
        makeDirectories(directory);
    }

    private void makeDirectories(@Nullable Path directory) throws IOException {
        if (directory != null && tree.find(directory) == null) {
            makeDirectories(directory.toAbsolutePath().getParent());
            perform(IoKind.CREATE, () -> tree.set(directory, new SimulatedTree.Directory()));
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        perform(IoKind.RENAME, () -> tree.rename(from, to));
    }

    @Override
    public void delete(Path path) throws IOException {
        checkAlive(life);
        Object found = tree.find(path);
        if (found instanceof SimulatedTree.Directory directory
                && !directory.names().isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        if (found != null) {
            perform(IoKind.DELETE, () -> tree.set(path, null));
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        checkAlive(life);
        checkHandle();
        SimulatedTree.Directory found = tree.directory(directory);
        perform(IoKind.FORCE_DIRECTORY, () -> tree.force(found));
    }

    @Override
    public long lastModifiedMillis(Path path) throws IOException {
        checkAlive(life);
        if (tree.find(path) == null) {
            throw new NoSuchFileException(path.toString());
        }
        return inode(path).lastModifiedMillis();
    }

    @Override
    public long usableBytes(Path path) {
        checkAlive(life);
        return Math.max(0, capacity - usedBytes());
    }

    /**
     * The length of a process id would change where a crash tears the file, and with it the
     * history.
     */
    @Override
    public String holderName() {
        return "process 1234";
    }

    @Override
    public DirectoryLock lock(Path lockFile, String holder) throws IOException {
        checkAlive(life);
        String held = locks.putIfAbsent(lockFile.toString(), holder);
        if (held != null) {
            throw new DirectoryLock.HeldException(held);
        }
        if (tree.find(lockFile) == null) {
            tree.set(lockFile, new SimulatedInode());
        }
        SimulatedInode locked = inode(lockFile);
        locked.write(0, holder.getBytes(StandardCharsets.UTF_8));
        int mine = life;
        return new DirectoryLock() {
            @Override
            public boolean isInPlace() {
                return tree.find(lockFile) == locked;
            }

            @Override
            public void close() {
                if (life == mine) {
                    locks.remove(lockFile.toString());
                }
            }
        };
    }

    @Override
    public Optional<String> lockHolder(Path lockFile) {
        checkAlive(life);
        return Optional.ofNullable(locks.get(lockFile.toString()));
    }
}
