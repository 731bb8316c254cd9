package io.lignum.cluster.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the Consul binary for tests. */
public final class ConsulBinary {

    private ConsulBinary() {}

    /**
     * Named by {@code CONSUL_BIN}, on the path, or in {@code .ci/tools} of this directory or one
     * above.
     */
    public static Path find() {
        Optional<Path> named = Optional.ofNullable(System.getenv("CONSUL_BIN")).map(Path::of);
        Stream<Path> onPath = Arrays.stream(Optional.ofNullable(System.getenv("PATH"))
                        .orElse("")
                        .split(File.pathSeparator))
                .map(directory -> Path.of(directory, "consul"));
        Stream<Path> above = Stream.iterate(
                        Optional.of(Path.of("").toAbsolutePath()),
                        Optional::isPresent,
                        directory -> directory.map(Path::getParent))
                .flatMap(Optional::stream)
                .map(directory -> directory.resolve(".ci/tools/consul"));
        return named.or(() -> Stream.concat(onPath, above)
                        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                        .findFirst())
                .orElseThrow(() -> new IllegalStateException(
                        "This test needs a real Consul and found none: `make consul` installs one"
                                + " (or set CONSUL_BIN)."));
    }
}
