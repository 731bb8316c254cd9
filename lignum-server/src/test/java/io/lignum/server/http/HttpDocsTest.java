package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the examples of docs/http-api.md in order; the comment after an example is its response. */
class HttpDocsTest {

    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TempDir
    Path directory;

    @Test
    void examples_answerAsTheyAreShown() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("../docs/http-api.md"));
        int run = 0;
        try (TestNode node = TestNode.start(directory)) {
            // The example that needs the shell's printf, by other means.
            node.post("/api/messages?topic=bytes", "[{\"dataBase64\":\"/wA=\"}]");
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (!line.startsWith("curl ") || line.contains("|") || line.contains("-N")) {
                    continue;
                }
                HttpResponse<String> answer = run(node, line);
                assertThat(answer.statusCode()).as(line).isEqualTo(200);
                String next = lines.get(i + 1);
                if (next.startsWith("# ")) {
                    assertThat(answer.body()).as(line).isEqualTo(next.substring(2));
                }
                run++;
            }
        }
        assertThat(run).isGreaterThanOrEqualTo(11);
    }

    private static HttpResponse<String> run(TestNode node, String command) {
        String method = "GET";
        String body = null;
        String path = "";
        List<String> headers = new ArrayList<>();
        List<String> words = words(command);
        for (int i = 1; i < words.size(); i++) {
            switch (words.get(i)) {
                case "-X" -> method = words.get(++i);
                case "-d" -> body = words.get(++i);
                case "-H" -> headers.addAll(List.of(words.get(++i).split(": ", 2)));
                default -> path = words.get(i).replace("localhost:8080", "");
            }
        }
        return TestNode.send(node.request(method, path, body, headers.toArray(String[]::new)));
    }

    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(command);
        while (matcher.find()) {
            words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        }
        return words;
    }
}
