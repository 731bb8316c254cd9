package io.lignum.server.readme;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keeps words out of identifiers, texts and docs that docs/glossary.md has better ones for. */
class GlossaryTest {

    private static final Path ROOT = Path.of("..");

    /** Stems, found at the beginning of a word and of a part of an identifier. */
    private static final List<String> BANNED =
            List.of("door", "heir", "anew", "reign", "vouch", "quarrel");

    private static final Pattern WORD = Pattern.compile("[A-Z]?[a-z]+");

    @Test
    void sourcesAndDocs_useTheWordsOfTheGlossary() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files()) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                Matcher word = WORD.matcher(lines.get(i));
                while (word.find()) {
                    if (isBanned(word.group().toLowerCase(Locale.ROOT))) {
                        found.add(file + ":" + (i + 1) + ": " + word.group());
                    }
                }
            }
        }
        assertThat(found).as("see docs/glossary.md").isEmpty();
    }

    private static boolean isBanned(String word) {
        return BANNED.stream().anyMatch(word::startsWith);
    }

    private static List<Path> files() throws IOException {
        List<Path> roots = new ArrayList<>(List.of(
                ROOT.resolve("docs"),
                ROOT.resolve("README.md"),
                ROOT.resolve("CHANGELOG.md"),
                ROOT.resolve("config.yml"),
                ROOT.resolve("Makefile"),
                ROOT.resolve("proto")));
        try (Stream<Path> modules = Files.list(ROOT)) {
            modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .forEach(roots::add);
        }
        List<Path> files = new ArrayList<>();
        for (Path root : roots) {
            try (Stream<Path> tree = Files.walk(root)) {
                files.addAll(tree.filter(Files::isRegularFile)
                        .filter(GlossaryTest::isText)
                        .collect(Collectors.toList()));
            }
        }
        return files;
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        return !name.equals("GlossaryTest.java")
                && Stream.of(".java", ".proto", ".md", ".yml", ".yaml", "Makefile")
                        .anyMatch(name::endsWith);
    }
}
