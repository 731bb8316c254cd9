package io.lignum.server.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.sources.RepositoryFiles;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Keeps words out of identifiers, texts and docs that docs/glossary.md has better ones for. */
class GlossaryTest {

    /** Stems, found at the start of a word or of a part of an identifier, with replacements. */
    private static final Map<String, String> STEMS = Map.ofEntries(
            Map.entry("door", "listener, or the class's task"),
            Map.entry("heir", "successor"),
            Map.entry("anew", "again"),
            Map.entry("reign", "epoch, leadership"),
            Map.entry("vouch", "guarantee, acknowledge"),
            Map.entry("quarrel", "conflict"),
            Map.entry("nobody", "no node, no thread, no caller"),
            Map.entry("somebody", "another node, a caller"),
            Map.entry("gone", "removed, deleted, ended"),
            Map.entry("room", "space, capacity"),
            Map.entry("begun", "started"));

    private static final Pattern WORD = Pattern.compile("[A-Z]?[a-z]+");

    /** Words and phrases of texts, and what to write; a phrase may go over the end of a line. */
    private static final Map<Pattern, String> PHRASES = Map.of(
            phrase("whoever|whomever|of whom"), "name the actor",
            phrase("beside"), "besides, next to",
            phrase("told"), "notified, informed",
            phrase("knows better"), "has seen a higher epoch",
            phrase("(is|are|was|were|be) none"), "there is no ..., or say what it is not",
            phrase("(?<!condition (is|was) )met"), "observed, true",
            phrase("(?<!\\bneither\\b.{0,120})nor"), "and not, or",
            phrase("carr(y|ies|ied|ying) (it |them )?out"), "run, execute, do");

    private static final Pattern LINE_END = Pattern.compile("\\s*\\R\\s*(?://|\\*|#)?\\s*");

    @Test
    void sourcesAndDocs_useTheWordsOfTheGlossary() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files()) {
            String text = Files.readString(file);
            WORD.matcher(text).results().forEach(word -> {
                String better = better(word.group().toLowerCase(Locale.ROOT));
                if (better != null) {
                    found.add(finding(file, text, word.start(), better));
                }
            });
            String joined = LINE_END.matcher(text).replaceAll(" ");
            PHRASES.forEach((phrase, better) -> phrase.matcher(joined)
                    .results()
                    .forEach(match -> found.add(finding(file, joined, match.start(), better))));
        }
        assertThat(found).as("see docs/glossary.md").isEmpty();
    }

    private static Pattern phrase(String words) {
        return Pattern.compile("(?i)\\b(" + words + ")\\b");
    }

    /** Returns what to write instead of a word; null for a word that may be used. */
    private static @Nullable String better(String word) {
        return STEMS.entrySet().stream()
                .filter(stem -> word.startsWith(stem.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static String finding(Path file, String text, int position, String better) {
        return file + ": " + around(text, position) + " -> " + better;
    }

    private static String around(String text, int position) {
        int from = Math.max(0, position - 30);
        return text.substring(from, Math.min(text.length(), position + 40)).replace('\n', ' ');
    }

    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>(RepositoryFiles.sources(GlossaryTest::isText));
        files.addAll(RepositoryFiles.pages());
        files.addAll(RepositoryFiles.under(RepositoryFiles.ROOT.resolve("proto"), any -> true));
        files.addAll(RepositoryFiles.under(RepositoryFiles.ROOT.resolve("bin"), any -> true));
        files.add(RepositoryFiles.ROOT.resolve("config.yml"));
        files.add(RepositoryFiles.ROOT.resolve("Makefile"));
        return files;
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        return !name.equals("GlossaryTest.java")
                && Stream.of(".java", ".proto", ".md", ".yml", ".yaml").anyMatch(name::endsWith);
    }
}
