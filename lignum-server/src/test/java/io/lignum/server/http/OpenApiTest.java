package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;
import io.lignum.server.service.ErrorCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The node's OpenAPI file matches its routes. */
class OpenApiTest {

    @TempDir
    Path directory;

    @Test
    void pathsAndMethods_areThoseThatAreServed() {
        try (TestNode node = TestNode.start(directory)) {
            Set<String> documented = new TreeSet<>();
            paths(node)
                    .forEach((path, methods) -> methods.keySet()
                            .forEach(method ->
                                    documented.add(method.toUpperCase(Locale.ROOT) + " " + path)));
            Set<String> served = new TreeSet<>();
            Routes routes = HttpServer.routesOf(node.node().service());
            routes.all().forEach(route -> served.add(route.method().name() + " " + route.path()));
            assertThat(documented).isEqualTo(served);
        }
    }

    @Test
    void queryParameters_areThoseThatAreTaken() {
        try (TestNode node = TestNode.start(directory)) {
            node.call("PUT", "/api/topics/t", null);
            paths(node)
                    .forEach((path, methods) -> methods.forEach((method, operation) -> {
                        if (path.startsWith("/api/")) {
                            assertThat(known(node, method, path))
                                    .as(method + " " + path)
                                    .isEqualTo(described(operation));
                        }
                    }));
        }
    }

    /** What the node can answer before or instead of the call's own response. */
    @Test
    void statuses_includeThoseOfEachKindOfRequest() {
        try (TestNode node = TestNode.start(directory)) {
            paths(node)
                    .forEach((path, methods) -> methods.forEach((method, operation) -> {
                        Set<String> expected = new TreeSet<>(Set.of("200"));
                        if (path.startsWith("/api/")) {
                            expected.addAll(Set.of("403", "421", "429", "500", "503"));
                        }
                        if (operation.containsKey("requestBody")) {
                            expected.addAll(Set.of("400", "408", "413", "415"));
                        }
                        assertThat(statuses(operation))
                                .as(method + " " + path)
                                .containsAll(expected);
                    }));
        }
    }

    @Test
    void statuses_areThoseOfAllErrorCodes() {
        Set<String> expected = new TreeSet<>(Set.of("200", "307", "404", "408", "415"));
        for (ErrorCode code : ErrorCode.values()) {
            expected.add(String.valueOf(HttpStatuses.of(code)));
        }
        try (TestNode node = TestNode.start(directory)) {
            Set<String> documented = new TreeSet<>();
            paths(node)
                    .values()
                    .forEach(methods -> methods.values()
                            .forEach(operation -> documented.addAll(statuses(operation))));
            assertThat(documented).isEqualTo(expected);
        }
    }

    private static Set<String> statuses(Map<String, Object> operation) {
        Map<?, ?> responses = (Map<?, ?>) Objects.requireNonNull(operation.get("responses"));
        Set<String> statuses = new TreeSet<>();
        responses.keySet().forEach(status -> statuses.add(String.valueOf(status)));
        return statuses;
    }

    @Test
    void references_leadSomewhere() {
        try (TestNode node = TestNode.start(directory)) {
            String file = node.get("/openapi.yaml").body();
            Matcher matcher =
                    Pattern.compile("#/components/(?:schemas|responses)/(\\w+)").matcher(file);
            while (matcher.find()) {
                assertThat(file).contains("\n    " + matcher.group(1) + ":\n");
            }
        }
    }

    /** The known parameters, from the error for an unknown one. */
    private static Set<String> known(TestNode node, String method, String path) {
        String real = path.replace("{name}", "t").replace("{offset}", "0").replace("{id}", "0")
                + "?nonsense=1";
        String body = method.equals("post") ? "{\"topic\":\"t\",\"message\":\"x\"}" : null;
        String error = node.call(method.toUpperCase(Locale.ROOT), real, body).body();
        Matcher matcher =
                Pattern.compile("known are ([\\w, ]+)|this call has none").matcher(error);
        assertThat(matcher.find()).as(error).isTrue();
        return matcher.group(1) == null ? Set.of() : words(matcher.group(1));
    }

    private static Set<String> words(String list) {
        Set<String> words = new TreeSet<>(Set.of(list.split(", ", -1)));
        words.remove("");
        return words;
    }

    private static Set<String> described(Map<String, Object> operation) {
        Set<String> names = new TreeSet<>();
        if (operation.get("parameters") instanceof Iterable<?> parameters) {
            for (Object parameter : parameters) {
                Map<?, ?> fields = (Map<?, ?>) parameter;
                if ("query".equals(fields.get("in"))) {
                    names.add(String.valueOf(fields.get("name")));
                }
            }
        }
        return names;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Map<String, Object>>> paths(TestNode node) {
        Map<String, Object> file = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(node.get("/openapi.yaml").body());
        return (Map<String, Map<String, Map<String, Object>>>)
                Objects.requireNonNull(file.get("paths"));
    }
}
