package io.lignum.server.chaos;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All operations on one topic, in memory and in a file that outlives the run. Any thread. */
final class History implements AutoCloseable {

    private final List<ClientOperation> operations = new ArrayList<>();
    private final BufferedWriter file;
    private boolean closed;

    History(Path path) {
        try {
            file = Files.newBufferedWriter(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ignores operations after the history was checked. */
    synchronized void add(ClientOperation one) {
        if (closed) {
            return;
        }
        operations.add(one);
        try {
            file.write(one.toJson());
            file.newLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized List<ClientOperation> operations() {
        return List.copyOf(operations);
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
