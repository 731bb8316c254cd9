package io.lignum.server.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.sources.RepositoryFiles;
import io.lignum.server.TestNode;
import io.lignum.storage.StoreConfig;
import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.RecordComponent;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The README's examples run, and the limits page has the code's values. */
class ReadmeTest {

    private static final Path ROOT = Path.of("..");
    private static final Path SOURCES = Path.of("src/test/java/io/lignum/server/readme");
    private static final Pattern ROW = Pattern.compile("\\| `([\\w.-]+)` \\| ([^|]+) \\|.*");
    private static final Pattern CURL =
            Pattern.compile("curl (?:-X (\\w+) )?'?localhost:8080([^' ]+)'?(?: -d '([^']*)')?");

    private final String readme;

    @TempDir
    Path directory;

    ReadmeTest() throws IOException {
        readme = Files.readString(ROOT.resolve("README.md"));
    }

    @Test
    void engineExample_isShownAsItIs_andPrintsWhatIsSaid() throws IOException {
        assertThat(readme).contains("```java\n" + shown("EmbeddedEngine.java") + "```");
        assertThat(printed(EmbeddedEngine::run)).isEqualTo("0 one coffee\n1 one tea\n");
    }

    @Test
    void nodeExample_isShownAsItIs_andRuns() throws IOException {
        assertThat(readme).contains("```java\n" + shown("EmbeddedNode.java") + "```");
        assertThat(printed(EmbeddedNode::run))
                .matches("http://127\\.0\\.0\\.1:[0-9]+/api/message\n");
    }

    @Test
    void clientExample_isShownAsItIs_andPrintsWhatIsSaid() throws IOException {
        assertThat(readme).contains("```java\n" + shown("ProduceConsume.java") + "```");
        assertThat(printed(ProduceConsume::run)).isEqualTo("one coffee\none tea\n");
    }

    /** Returns the lines between the markers, without indentation and with System.out. */
    private static String shown(String file) throws IOException {
        String source = Files.readString(SOURCES.resolve(file));
        return source.substring(
                        source.indexOf("// README begin\n") + "// README begin\n".length(),
                        source.indexOf("        // README end"))
                .replaceAll("(?m)^ {8}", "")
                .replace("out.println", "System.out.println");
    }

    private String printed(BiConsumer<Path, PrintStream> example) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        example.accept(directory, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8).replace("\r", "");
    }

    @Test
    void curlExamples_answerWhatIsShown() throws Exception {
        List<String> lines = readme.lines().toList();
        int run = 0;
        try (TestNode node = TestNode.start(directory)) {
            for (int i = 0; i + 1 < lines.size(); i++) {
                Matcher curl = CURL.matcher(lines.get(i));
                if (curl.matches()) {
                    assertThat("# " + answer(node, curl)).isEqualTo(lines.get(i + 1));
                    run++;
                }
            }
        }
        assertThat(run).isEqualTo(3);
    }

    private static String answer(TestNode node, Matcher curl) throws Exception {
        String method = curl.group(1);
        String body = curl.group(3);
        HttpRequest request = HttpRequest.newBuilder(node.uri(curl.group(2)))
                .method(
                        method == null ? "GET" : method,
                        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = TestNode.send(request);
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body().strip();
    }

    @Test
    void limitsOfTheEngine_areThoseOfTheCode() throws Exception {
        Map<String, String> shown = rows("## Of the engine");
        Map<String, String> expected = new LinkedHashMap<>();
        for (RecordComponent limit : StoreConfig.class.getRecordComponents()) {
            if (!List.of("defaults", "listener").contains(limit.getName())) {
                expected.put(
                        limit.getName(),
                        String.valueOf(limit.getAccessor().invoke(StoreConfig.DEFAULT)));
            }
        }
        for (String limit : List.of("segmentMaxRecords", "segmentMaxBytes", "segmentMaxAge")) {
            expected.put(
                    limit,
                    String.valueOf(TopicConfig.class.getMethod(limit).invoke(TopicConfig.DEFAULT)));
        }
        assertThat(shown).isEqualTo(expected);
    }

    /** Another test compares that page with the code. */
    @Test
    void limitsOfTheNode_areThoseOfTheConfigurationPage() throws IOException {
        Map<String, String> shown = rows("## Of the node");
        assertThat(shown).hasSizeGreaterThan(10);
        String page = Files.readString(ROOT.resolve("docs/configuration.md"));
        shown.forEach(
                (key, value) -> assertThat(page).contains("| `" + key + "` | `" + value + "` |"));
    }

    /**
     * The first two columns of a section's tables on the limits page; numbers without separators.
     */
    private static Map<String, String> rows(String heading) throws IOException {
        Map<String, String> rows = new LinkedHashMap<>();
        String page = Files.readString(ROOT.resolve("docs/limits.md"));
        assertThat(page).contains("\n" + heading + "\n");
        String section = page.substring(page.indexOf(heading + "\n") + heading.length());
        section.lines().takeWhile(line -> !line.startsWith("#")).forEach(line -> {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.put(row.group(1), row.group(2).replace(",", "").strip());
            }
        });
        return rows;
    }

    @Test
    void versionShown_isTheOneThatIsBuilt() throws IOException {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        Matcher version = Pattern.compile("<version>([^<]+)</version>").matcher(pom);
        assertThat(version.find()).isTrue();
        assertThat(readme).contains("`io.lignum:lignum-storage:" + version.group(1) + "`");
    }

    @Test
    void links_leadToPagesAndHeadingsThatExist() throws IOException {
        Pattern link = Pattern.compile("]\\((?!https?:)([^)#]*)(?:#([^)]*))?\\)");
        for (Path page : RepositoryFiles.pages()) {
            Matcher links = link.matcher(Files.readString(page));
            while (links.find()) {
                Path target = links.group(1).isEmpty() ? page : page.resolveSibling(links.group(1));
                assertThat(target).as("%s in %s", links.group(), page).exists();
                if (links.group(2) != null) {
                    assertThat(anchors(target))
                            .as("%s in %s", links.group(), page)
                            .contains(links.group(2));
                }
            }
        }
    }

    /** A heading's anchor: its words in lower case with dashes between, without punctuation. */
    private static List<String> anchors(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
