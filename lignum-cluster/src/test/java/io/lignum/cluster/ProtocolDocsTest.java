package io.lignum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.sources.RepositoryFiles;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Holds docs/protocol.md against the code: every rule has code and tests that name it, and no other
 * number is used.
 */
final class ProtocolDocsTest {

    private static final int RULES = 40;
    private static final int INVARIANTS = 16;
    private static final Path PAGE = RepositoryFiles.ROOT.resolve("docs/protocol.md");

    /**
     * A number in prose: in a comment, a string or a page. Identifiers have no word boundary before
     * it.
     */
    private static final Pattern NUMBER = Pattern.compile("\\b([RV][1-9][0-9]?)\\b");

    private static final Pattern RANGE =
            Pattern.compile("\\b([RV])([1-9][0-9]?) to [RV]([1-9][0-9]?)\\b");
    private static final Pattern RULE = Pattern.compile("(?s)\\*\\*(R\\d+)\\. .*");
    private static final Pattern INVARIANT =
            Pattern.compile("\\| \\*\\*(V\\d+)\\*\\* \\| .* \\| (.*) \\|");
    private static final Pattern CLASS = Pattern.compile("`(\\w+)`");

    /** A rule of the page and the classes that it points to. */
    private record Entry(List<String> code, List<String> tests) {}

    private static final Map<String, Entry> PAGE_ENTRIES = new LinkedHashMap<>();
    private static final Map<String, Set<String>> MAIN = new LinkedHashMap<>();
    private static final Map<String, Set<String>> TEST = new LinkedHashMap<>();

    @BeforeAll
    static void readPageAndSources() throws IOException {
        String page = Files.readString(PAGE);
        for (String paragraph : page.split("\n\n", -1)) {
            Matcher rule = RULE.matcher(paragraph);
            if (rule.matches()) {
                String[] parts = paragraph.split("\\*Code:\\*|\\*Tests:\\*", -1);
                assertThat(parts).as("%s names code and tests", rule.group(1)).hasSize(3);
                PAGE_ENTRIES.put(rule.group(1), new Entry(classes(parts[1]), classes(parts[2])));
            }
        }
        Matcher invariant = INVARIANT.matcher(page);
        while (invariant.find()) {
            PAGE_ENTRIES.put(invariant.group(1), new Entry(List.of(), classes(invariant.group(2))));
        }
        for (Path file : RepositoryFiles.java()) {
            Map<String, Set<String>> known =
                    file.toString().replace('\\', '/').contains("/src/main/") ? MAIN : TEST;
            String name = file.getFileName().toString().replace(".java", "");
            known.computeIfAbsent(name, any -> new HashSet<>())
                    .addAll(numbers(Files.readString(file)));
        }
    }

    @Test
    void page_hasEveryRuleAndInvariantOnce_inOrder() {
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= RULES; i++) {
            expected.add("R" + i);
        }
        for (int i = 1; i <= INVARIANTS; i++) {
            expected.add("V" + i);
        }
        assertThat(PAGE_ENTRIES.keySet()).containsExactlyElementsOf(expected);
    }

    @Test
    void everyRule_isNamedByTheCodeAndTheTestsThatThePageLists() {
        PAGE_ENTRIES.forEach((rule, entry) -> {
            if (rule.startsWith("R")) {
                assertThat(entry.code()).as("code of %s", rule).isNotEmpty();
            }
            assertThat(entry.tests()).as("tests of %s", rule).isNotEmpty();
            assertNamed(rule, entry.code(), MAIN);
            assertNamed(rule, entry.tests(), TEST);
        });
    }

    @Test
    void everyNumberInCode_isListedOnThePage() {
        MAIN.forEach((name, rules) -> rules.forEach(rule -> {
            assertThat(PAGE_ENTRIES).as("rules that %s names", name).containsKey(rule);
            Entry entry = Objects.requireNonNull(PAGE_ENTRIES.get(rule));
            if (rule.startsWith("R")) {
                assertThat(entry.code()).as("code of %s on the page", rule).contains(name);
            }
        }));
    }

    @Test
    void everyNumberInTestsAndDocs_isARuleOfThePage() throws IOException {
        TEST.forEach((name, rules) -> assertThat(PAGE_ENTRIES.keySet())
                .as("rules that %s names", name)
                .containsAll(rules));
        for (Path page : RepositoryFiles.pages()) {
            assertThat(PAGE_ENTRIES.keySet())
                    .as("rules that %s names", page.getFileName())
                    .containsAll(numbers(Files.readString(page)));
        }
    }

    private static void assertNamed(
            String rule, List<String> classes, Map<String, Set<String>> sources) {
        for (String name : classes) {
            assertThat(sources).as("class %s, listed under %s", name, rule).containsKey(name);
            assertThat(sources.get(name)).as("rules that %s names", name).contains(rule);
        }
    }

    private static List<String> classes(String text) {
        return CLASS.matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toList());
    }

    private static Set<String> numbers(String text) {
        Set<String> found = new TreeSet<>();
        NUMBER.matcher(text).results().forEach(match -> found.add(match.group(1)));
        RANGE.matcher(text).results().forEach(match -> {
            for (int i = Integer.parseInt(match.group(2));
                    i <= Integer.parseInt(match.group(3));
                    i++) {
                found.add(match.group(1) + i);
            }
        });
        return found;
    }
}
