package io.lignum.record.sources;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Lists the repository's files for tests that compare them with each other. A test runs in its
 * module's directory, so the root is one above it. Build output is left out.
 */
public final class RepositoryFiles {

    public static final Path ROOT = Path.of("..");

    private RepositoryFiles() {}

    /** The Java sources of every module, tests included. */
    public static List<Path> java() throws IOException {
        return sources(file -> file.getFileName().toString().endsWith(".java"));
    }

    /** The files under {@code src} of every module that {@code wanted} accepts. */
    public static List<Path> sources(Predicate<Path> wanted) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.sorted().toList()) {
                files.addAll(under(module.resolve("src"), wanted));
            }
        }
        return files;
    }

    /** The pages of the documentation: those of {@code docs} and those of the root. */
    public static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (Path directory : List.of(ROOT, ROOT.resolve("docs"))) {
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
            }
        }
        return pages;
    }

    /** The files below {@code directory}, in order; none if there is no such directory. */
    public static List<Path> under(Path directory, Predicate<Path> wanted) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.filter(Files::isRegularFile).filter(wanted).sorted().toList();
        }
    }
}
