package io.lignum.storage.env;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file with positioned access.
 *
 * <p>Any thread. An interrupt of the calling thread neither fails a call nor closes the file, so
 * that users' threads may do I/O.
 */
public interface DiskFile extends Closeable {

    /**
     * Reads bytes from {@code position} on.
     *
     * @return how many, at least 1 unless the target is full; -1 at the end of the file
     */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Writes all that remains in {@code source}.
     *
     * @throws DiskFullException the disk is full; a prefix may have been written
     */
    void write(ByteBuffer source, long position) throws IOException;

    /**
     * Requests that all that was written before this call be made durable (fdatasync). The
     * completion may run inside this call, as on the real disk, or later, as in a simulation.
     */
    void force(ForceCallback done);

    /** Makes all that was written durable (fdatasync) before it returns. */
    void force() throws IOException;

    /** Length in bytes. */
    long size() throws IOException;

    /** Shortens the file to {@code size} bytes; does nothing when it is not longer. */
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
}
