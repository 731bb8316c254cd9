package io.lignum.storage.env;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Accesses a file through {@link AsynchronousFileChannel}, whose I/O runs on the calling thread.
 *
 * <p>A {@code FileChannel} would be closed for all threads by an interrupt of any thread inside it,
 * and users' threads append and read through the engine. The asynchronous channel is not
 * interruptible; given an executor that runs tasks at once it is an ordinary positioned read and
 * write.
 */
final class NioDiskFile implements DiskFile {

    private final AsynchronousFileChannel channel;

    NioDiskFile(Path path, OpenMode mode) throws IOException {
        channel = AsynchronousFileChannel.open(path, options(mode), CallerRunsExecutor.INSTANCE);
    }

    private static Set<OpenOption> options(OpenMode mode) {
        return switch (mode) {
            case READ -> Set.of(StandardOpenOption.READ);
            case UPDATE -> Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
            case WRITE ->
                Set.of(
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE);
            case CREATE_NEW ->
                Set.of(
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE_NEW);
        };
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return await(channel.read(target, position));
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            try {
                at += await(channel.write(source, at));
            } catch (IOException e) {
                throw DiskErrors.translateWrite(e, this::takesItsBytesAgain);
            }
        }
    }

    /** Writes the first byte again and forces it: a healthy disk may refuse growth. */
    private boolean takesItsBytesAgain() {
        ByteBuffer first = ByteBuffer.allocate(1);
        try {
            boolean isEmpty = read(first, 0) < 1;
            if (isEmpty) {
                return false;
            }
            boolean written = await(channel.write(first.flip(), 0)) == 1;
            force();
            return written;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void force(ForceCallback done) {
        IOException failure = null;
        try {
            force();
        } catch (IOException e) {
            failure = e;
        }
        done.completed(failure);
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** The result of I/O that has finished, so this neither waits nor can be interrupted. */
    static int await(Future<Integer> result) throws IOException {
        if (!result.isDone()) {
            throw new IllegalStateException("I/O left the calling thread");
        }
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw rethrow(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException("a finished result was waited for", e);
        }
    }

    private static IOException rethrow(@Nullable Throwable cause) {
        if (cause instanceof IOException io) {
            return io;
        }
        if (cause instanceof RuntimeException bug) {
            throw bug;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IOException(cause);
    }
}
