package io.lignum.storage.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Decides whether an I/O error is a shortage of disk space or of file handles. Java passes on no
 * error number, only the text that the C library has for it in the language of the process. So this
 * class asks four sources, the cheapest first:
 *
 * <ol>
 *   <li>the English texts;
 *   <li>their translations in the message catalogs of the C library ({@link ErrorTexts}): the only
 *       source for a quota that refuses the creation of a file;
 *   <li>the texts that this process gets for errors which Linux makes on demand: {@code /dev/full}
 *       is always full, {@code /proc/self/mem} cannot be read at address 0;
 *   <li>what else works at that moment: whether a file takes the bytes again that it has, whether a
 *       file that is always there can be opened.
 * </ol>
 *
 * <p>Any thread.
 */
final class DiskErrors {

    private static final Path FULL_DEVICE = Path.of("/dev/full");
    private static final Path NULL_DEVICE = Path.of("/dev/null");
    private static final Path MEMORY = Path.of("/proc/self/mem");

    private static final OpenFilesLimit HANDLES = OpenFilesLimit.open();

    /** Texts for a full disk or quota, in lower case; a failed write can add one. */
    private static final Set<String> FULL = new ConcurrentSkipListSet<>();

    /** Texts for a failed device. */
    private static final Set<String> FAILED = new ConcurrentSkipListSet<>();

    /** Texts for a missing file handle. */
    private static final Set<String> NO_HANDLE = new ConcurrentSkipListSet<>();

    static {
        ErrorTexts texts = ErrorTexts.ofThisProcess();
        texts.of("Input/output error").forEach(text -> FAILED.add(normal(text)));
        textOf(DiskErrors::readNoMemory).ifPresent(FAILED::add);
        texts.of("No space left on device").forEach(text -> FULL.add(normal(text)));
        texts.of("Disk quota exceeded").forEach(text -> FULL.add(normal(text)));
        textOf(DiskErrors::writeToFullDevice)
                .filter(text -> !FAILED.contains(text))
                .ifPresent(FULL::add);
        texts.of("Too many open files").forEach(text -> NO_HANDLE.add(normal(text)));
    }

    private interface Call {
        void run() throws IOException;
    }

    private DiskErrors() {}

    /** Learns now what this class cannot learn, or load, once no file handle is free. */
    static void prepare() {
        var unused = new TooManyOpenFilesException("loads the class");
    }

    private static Optional<String> textOf(Call failing) {
        try {
            failing.run();
            return Optional.empty();
        } catch (IOException e) {
            return isOfTheDevice(e) ? Optional.of(text(e)) : Optional.empty();
        }
    }

    private static void writeToFullDevice() throws IOException {
        try (AsynchronousFileChannel device = NioDisk.open(FULL_DEVICE, StandardOpenOption.WRITE)) {
            NioDiskFile.await(device.write(ByteBuffer.allocate(1), 0));
        }
    }

    private static void readNoMemory() throws IOException {
        try (AsynchronousFileChannel memory = NioDisk.open(MEMORY, StandardOpenOption.READ)) {
            NioDiskFile.await(memory.read(ByteBuffer.allocate(1), 0));
        }
    }

    /** False for a file system without that device, and for a sandbox that hides it. */
    private static boolean isOfTheDevice(IOException e) {
        return !(e instanceof FileSystemException) && e.getMessage() != null;
    }

    private static String text(IOException e) {
        String reason = e instanceof FileSystemException fs ? fs.getReason() : e.getMessage();
        return normal(String.valueOf(reason));
    }

    private static String normal(String text) {
        return text.toLowerCase(Locale.ROOT).strip();
    }

    static boolean isFull(IOException e) {
        String text = text(e);
        return FULL.stream().anyMatch(text::contains);
    }

    /** Translates the failure of a write, a creation or a rename. */
    static IOException translate(IOException e) {
        return isFull(e) ? full(e) : e;
    }

    private static DiskFullException full(IOException e) {
        return new DiskFullException(String.valueOf(e.getMessage()), e);
    }

    /**
     * Translates the failure of a write.
     *
     * @param rewrite writes bytes again that the file has, and forces them
     */
    static IOException translateWrite(IOException e, Rewrite rewrite) {
        String text = text(e);
        if (isFull(e)) {
            return full(e);
        }
        if (FAILED.contains(text) || !rewrite.succeeds()) {
            return e;
        }
        FULL.add(text); // The file takes the bytes that it has, and no more.
        return full(e);
    }

    /** Tries whether the file takes the bytes again that it has; false if it has none. */
    interface Rewrite {
        boolean succeeds();
    }

    /** Translates the failure to open or create a file. */
    static IOException translateOpen(IOException e, Path path) {
        if (e instanceof ShortageException || e instanceof NoSuchFileException) {
            return e;
        }
        String text = text(e);
        if (NO_HANDLE.stream().anyMatch(text::contains) || nothingOpens()) {
            OptionalLong most = HANDLES.now();
            String limit = most.isPresent() ? " of " + most.getAsLong() : "";
            return new TooManyOpenFilesException(
                    "no file handle is free to open " + path + ": the limit" + limit
                            + " (ulimit -n) is reached",
                    e);
        }
        return translate(e);
    }

    /** True when not even a device opens that every process may open. */
    private static boolean nothingOpens() {
        if (!Files.exists(NULL_DEVICE)) {
            return false;
        }
        try (AsynchronousFileChannel device = NioDisk.open(NULL_DEVICE, StandardOpenOption.READ)) {
            return !device.isOpen();
        } catch (IOException e) {
            return true;
        }
    }
}
