package io.lignum.server.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.server.TestNode;
import io.lignum.server.access.Principals;
import io.lignum.server.service.TopicPatch;
import io.lignum.server.tls.TestCertificates;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a web page of another site can do to a node, in a real browser. Each attack must fail at a
 * node, and succeed where nothing forbids it. {@code make browser} runs it.
 */
class BrowserCampaign {

    private static final String DATA = "what no page may read";

    @TempDir
    Path directory;

    private Browser browser;
    private RecordingSite site;

    @BeforeEach
    void start() throws IOException {
        browser = Browser.start(Files.createDirectory(directory.resolve("browser")));
        site = new RecordingSite();
    }

    @AfterEach
    void stop() {
        browser.close();
        site.close();
    }

    private TestNode node(String... settings) {
        TestNode node = TestNode.start(directory.resolve("data"), settings);
        node.node().session().topics().create("kept", TopicPatch.NONE).join();
        node.node()
                .session()
                .produce("kept", LogRecord.of(DATA), NotLeaderPolicy.FORWARD)
                .join();
        return node;
    }

    /** Opens a page, and attacks the target from there. */
    private JsonNode attack(String page, String target) throws IOException {
        browser.open(page);
        try (InputStream script = BrowserCampaign.class.getResourceAsStream("attacks.js")) {
            return browser.run(new String(script.readAllBytes(), StandardCharsets.UTF_8), target);
        }
    }

    private String page(String host) {
        return "http://" + host + ":" + site.port() + "/";
    }

    private static void assertNothingHappened(TestNode node, JsonNode result) {
        assertThat(result.toString()).doesNotContain(DATA, "opened", "loaded");
        assertThat(node.node().session().topics().list()).singleElement().satisfies(topic -> {
            assertThat(topic.name()).isEqualTo("kept");
            assertThat(topic.endOffset()).isEqualTo(1);
        });
    }

    /** So that the other tests are able to fail. */
    @Test
    void siteThatAllowsEverything_isWrittenToAndReadByAForeignPage() throws IOException {
        try (RecordingSite allowing = new RecordingSite()) {
            JsonNode result = attack(page("localhost"), "http://127.0.0.1:" + allowing.port());
            for (String way : new String[] {"get", "simple", "withHeader", "put", "events"}) {
                assertThat(result.get(way).asText()).as(way).contains(RecordingSite.DATA);
            }
            for (String way :
                    new String[] {"form", "simple", "withoutCors", "withHeader", "beacon"}) {
                Awaitility.await(way)
                        .until(() -> allowing.received().stream()
                                .anyMatch(line ->
                                        line.startsWith("POST") && line.contains('"' + way + '"')));
            }
            assertThat(allowing.received()).anyMatch(line -> line.startsWith("DELETE"));
        }
    }

    @Test
    void protectedNode_isNeitherWrittenToNorReadByForeignPages() throws IOException {
        try (TestNode node = node()) {
            String target = "http://127.0.0.1:" + node.node().httpPort();
            assertNothingHappened(node, attack(page("localhost"), target));
            assertNothingHappened(node, attack(page("127.0.0.1"), target));
            assertNothingHappened(node, attack(page("evil.example"), target));
        }
    }

    /** The page that is open is the node's own, under the name of the attacker. */
    @Test
    void protectedNode_isOutOfReachUnderAReboundName() throws IOException {
        try (TestNode node = node()) {
            String rebound = "http://evil.example:" + node.node().httpPort();
            assertNothingHappened(node, attack(rebound + "/ping", rebound));
        }
    }

    @Test
    void openNode_isReadUnderAReboundName_unlessItsNamesAreGiven() throws IOException {
        try (TestNode node = node("security.mode", "open")) {
            String rebound = "http://evil.example:" + node.node().httpPort();
            JsonNode result = attack(rebound + "/ping", rebound);
            assertThat(result.get("get").asText()).contains("kept");
        }
    }

    /** The browser knows a user's password, and would send it. */
    @Test
    void nodeWithLogins_isOutOfReach_evenForABrowserThatIsLoggedIn() throws IOException {
        String[] settings =
                TestCertificates.settings("security.mode", "on", "tls.mode", "required");
        try (TestNode node = node(settings)) {
            Principals.user(node.node().session().security(), "ada", "admin", "");
            String host = "127.0.0.1:" + node.node().httpPort();
            String password = Principals.PASSWORD.replace(" ", "%20");
            String own = "https://ada:" + password + "@" + host + "/api/topics";
            browser.open(own);
            JsonNode shown = browser.run("arguments[0](document.body.innerText)");
            assertThat(shown.asText()).as("the login works").contains("kept");
            for (String page : new String[] {"localhost", "127.0.0.1", "evil.example"}) {
                assertNothingHappened(node, attack(page(page), "https://" + host));
            }
            String rebound = "https://evil.example:" + node.node().httpPort();
            assertNothingHappened(node, attack(rebound + "/ping", rebound));
        }
    }
}
