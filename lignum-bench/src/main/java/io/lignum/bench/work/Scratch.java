package io.lignum.bench.work;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A temporary directory that is deleted at the end, so that later rounds do not find or flush its
 * files.
 */
public final class Scratch implements AutoCloseable {

    private final Path path;

    public Scratch(Path parent, String name) throws IOException {
        path = parent.resolve(name);
        delete(path);
        Files.createDirectories(path);
    }

    public Path path() {
        return path;
    }

    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(directory)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path each : deepestFirst) {
            // The rival's threads may delete a file at the same time.
            Files.deleteIfExists(each);
        }
    }

    @Override
    public void close() throws IOException {
        delete(path);
    }
}
