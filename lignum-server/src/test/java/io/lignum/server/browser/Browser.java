package io.lignum.server.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Chromium without a window, controlled by chromedriver over the W3C's WebDriver protocol. The
 * few commands needed are JSON over HTTP, so no library is. Every name resolves to the loopback
 * address, and certificates are not checked. One thread.
 */
final class Browser implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("started successfully on port ([0-9]+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process driver;
    private final String session;

    private Browser(Process driver, String base, Path profile) {
        this.driver = driver;
        List<String> arguments = List.of(
                "--headless=new",
                "--no-sandbox", // Chromium has none for root.
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + profile,
                "--host-resolver-rules=MAP * 127.0.0.1");
        Map<String, Object> wanted = Map.of(
                "acceptInsecureCerts",
                true,
                "goog:chromeOptions",
                Map.of("args", arguments, "binary", executable("chromium").toString()));
        JsonNode made = send(
                "POST", base + "/session", Map.of("capabilities", Map.of("alwaysMatch", wanted)));
        session = base + "/session/" + made.get("sessionId").asText();
        send("POST", session + "/timeouts", Map.of("script", 60_000, "pageLoad", 60_000));
    }

    /** @param directory an empty one, for its profile and its log */
    static Browser start(Path directory) throws IOException {
        Process driver = new ProcessBuilder(executable("chromedriver").toString(), "--port=0")
                .redirectError(directory.resolve("chromedriver.log").toFile())
                .start();
        try {
            return new Browser(
                    driver, "http://127.0.0.1:" + port(driver), directory.resolve("profile"));
        } catch (RuntimeException | IOException failed) {
            driver.destroy();
            throw failed;
        }
    }

    private static Path executable(String name) {
        for (String directory : System.getenv("PATH").split(":", -1)) {
            Path file = Path.of(directory, name);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        throw new IllegalStateException(
                name + " is missing; on Debian: apt-get install chromium chromium-driver");
    }

    private static String port(Process driver) throws IOException {
        BufferedReader out = new BufferedReader(
                new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher port = PORT.matcher(line);
            if (port.find()) {
                return port.group(1);
            }
        }
        throw new IOException("chromedriver ended without a port");
    }

    /** Loads a page, and returns when it is complete. */
    void open(String url) {
        send("POST", session + "/url", Map.of("url", url));
    }

    /**
     * Runs a script within the page. The script calls the last of its arguments with its result.
     */
    JsonNode run(String script, Object... arguments) {
        return send(
                "POST",
                session + "/execute/async",
                Map.of("script", script, "args", List.of(arguments)));
    }

    private JsonNode send(String method, String url, Map<String, ?> body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofMinutes(2))
                    .method(method, BodyPublishers.ofString(JSON.writeValueAsString(body)))
                    .build();
            var response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(url + ": " + response.body());
            }
            return JSON.readTree(response.body()).get("value");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            send("DELETE", session, Map.of());
        } finally {
            driver.destroy();
        }
    }
}
