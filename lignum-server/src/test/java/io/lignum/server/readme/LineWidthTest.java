package io.lignum.server.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.sources.RepositoryFiles;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Checks the width of sources and pages; the formatter does not wrap comments. */
class LineWidthTest {

    private static final int SOURCE_COLUMNS = 100;
    private static final int PAGE_COLUMNS = 120;

    /** A line of code may be wider only for a text that cannot be broken. */
    @Test
    void sources_fitTheirWidth() throws IOException {
        List<String> wide = new ArrayList<>();
        for (Path file : RepositoryFiles.java()) {
            wide.addAll(wideLines(file, line -> isComment(line) || !line.contains("\"")));
        }
        for (Path file : scripts()) {
            wide.addAll(wideLines(file, LineWidthTest::isComment));
        }
        assertThat(wide).isEmpty();
    }

    private static List<Path> scripts() throws IOException {
        List<Path> files = new ArrayList<>(
                RepositoryFiles.sources(file -> file.toString().endsWith(".proto")));
        for (String directory : List.of("bin", ".ci", "proto")) {
            try (Stream<Path> listed = Files.list(RepositoryFiles.ROOT.resolve(directory))) {
                files.addAll(listed.filter(Files::isRegularFile).sorted().toList());
            }
        }
        for (String name : List.of("Makefile", "config.yml", "Dockerfile", "docker-compose.yml")) {
            files.add(RepositoryFiles.ROOT.resolve(name));
        }
        return files;
    }

    private static List<String> wideLines(Path file, Predicate<String> held) throws IOException {
        List<String> wide = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (columns(lines.get(i)) > SOURCE_COLUMNS && held.test(lines.get(i))) {
                wide.add(file + ":" + (i + 1));
            }
        }
        return wide;
    }

    /** Rows of tables and lines of examples cannot be broken. */
    @Test
    void pages_fitTheirWidth() throws IOException {
        List<String> wide = new ArrayList<>();
        for (Path page : RepositoryFiles.pages()) {
            List<String> lines = Files.readAllLines(page);
            boolean example = false;
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                example ^= line.strip().startsWith("```");
                if (!example && !line.startsWith("|") && columns(line) > PAGE_COLUMNS) {
                    wide.add(page + ":" + (i + 1));
                }
            }
        }
        assertThat(wide).isEmpty();
    }

    private static boolean isComment(String line) {
        String text = line.strip();
        return Stream.of("//", "*", "/*", "#").anyMatch(text::startsWith);
    }

    private static int columns(String line) {
        return line.codePointCount(0, line.length());
    }
}
