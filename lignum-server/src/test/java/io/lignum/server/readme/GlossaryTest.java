package io.lignum.server.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.sources.RepositoryFiles;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Keeps words out of identifiers, texts and docs that docs/glossary.md has better ones for. */
class GlossaryTest {

    /** Stems, found at the beginning of a word and of a part of an identifier. */
    private static final List<String> STEMS = List.of(
            "door",
            "heir",
            "anew",
            "reign",
            "vouch",
            "quarrel",
            "nobody",
            "somebody",
            "gone",
            "room",
            "begun");

    private static final Pattern WORD = Pattern.compile("[A-Z]?[a-z]+");

    /** Words and phrases of texts; a phrase may go over the end of a line. */
    private static final Pattern PHRASE = Pattern.compile("(?i)\\b(whoever|whomever|beside|told|"
            + "of whom|knows better|(is|are|was|were|be) none|(?<!condition (is|was) )met|"
            + "(?<!\\bneither\\b.{0,120})nor|"
            + "carr(y|ies|ied|ying) (it |them )?out)\\b");

    private static final Pattern LINE_END = Pattern.compile("\\s*\\R\\s*(?://|\\*|#)?\\s*");

    @Test
    void sourcesAndDocs_useTheWordsOfTheGlossary() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files()) {
            String text = Files.readString(file);
            WORD.matcher(text)
                    .results()
                    .filter(word -> isBanned(word.group().toLowerCase(Locale.ROOT)))
                    .forEach(word -> found.add(file + ": " + around(text, word.start())));
            String joined = LINE_END.matcher(text).replaceAll(" ");
            Matcher phrase = PHRASE.matcher(joined);
            while (phrase.find()) {
                found.add(file + ": " + around(joined, phrase.start()));
            }
        }
        assertThat(found).as("see docs/glossary.md").isEmpty();
    }

    private static boolean isBanned(String word) {
        return STEMS.stream().anyMatch(word::startsWith);
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
