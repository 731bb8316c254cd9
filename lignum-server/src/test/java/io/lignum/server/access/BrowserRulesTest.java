package io.lignum.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.access.Refusal.Reason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class BrowserRulesTest {

    private static final String FIREFOX =
            "Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0";

    private static BrowserRules rules(SecurityMode mode, String... allowedHosts) {
        return new BrowserRules(new AccessConfig(
                mode,
                false,
                Set.of("oak-1.example", "0.0.0.0"),
                Set.of(allowedHosts),
                AccessFixture.LOGINS));
    }

    private static final BrowserRules PROTECTED = rules(SecurityMode.PROTECTED);

    private static Optional<Reason> reason(
            BrowserRules rules, String method, String host, Map<String, String> headers) {
        WebRequest request = new WebRequest(
                method,
                "http",
                List.of(host),
                name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of());
        return rules.check(request).map(Refusal::reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:8080",
                "LocalHost:8080",
                "localhost.:8080",
                "lignum.localhost:8080",
                "127.0.0.1:8080",
                "10.0.0.7",
                "[::1]:8080",
                "[fe80::1]",
                "oak-1.example:8080",
                "OAK-1.example.",
            })
    void ownNamesAndAddresses_areServed(String host) {
        assertThat(reason(PROTECTED, "DELETE", host, Map.of())).isEmpty();
    }

    @Test
    void nameOfTheSystem_isServed() throws UnknownHostException {
        String name = InetAddress.getLocalHost().getHostName();
        assertThat(reason(PROTECTED, "GET", name + ":8080", Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "evillocalhost",
                "127.0.0.1.evil.example",
                "1.2.3",
                "2130706433",
                "[::1].evil.example",
                "localhost:8080.evil.example",
                "localhost:8080:9080",
                "localhost@evil.example",
                "localhost, evil.example",
                "sub.oak-1.example",
                "::1",
                ".",
                "",
            })
    void otherNames_areRefusedAsRebound(String host) {
        assertThat(reason(PROTECTED, "GET", host, Map.of())).hasValue(Reason.HOST_NAME);
    }

    @Test
    void requestWithoutAnyHost_isOfNoBrowserAndServed() {
        WebRequest http10 = new WebRequest("GET", "http", List.of(), name -> List.of());
        assertThat(PROTECTED.check(http10)).isEmpty();
    }

    @Test
    void oneOfTwoHostsForeign_isRefused() {
        WebRequest absolute = new WebRequest(
                "GET", "http", List.of("localhost", "evil.example"), name -> List.of());
        assertThat(PROTECTED.check(absolute)).map(Refusal::reason).hasValue(Reason.HOST_NAME);
    }

    @Test
    void open_looksAtNamesOnlyWhenSomeAreGiven() {
        BrowserRules open = rules(SecurityMode.OPEN);
        BrowserRules named = rules(SecurityMode.OPEN, "logs.example");
        assertThat(reason(open, "GET", "any.name", Map.of())).isEmpty();
        assertThat(reason(named, "GET", "any.name", Map.of())).hasValue(Reason.HOST_NAME);
        assertThat(reason(named, "GET", "logs.example:8080", Map.of())).isEmpty();
        assertThat(reason(named, "GET", "oak-1.example:8080", Map.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "same-origin, false",
        "none, false",
        "same-site, true",
        "cross-site, true",
        "CROSS-SITE, true",
        "'', true",
        "whatever comes next, true",
    })
    void whatTheBrowserSaysOfThePage_decides(String site, boolean refused) {
        for (SecurityMode mode : SecurityMode.values()) {
            for (String method : List.of("GET", "POST", "DELETE")) {
                Optional<Reason> reason = reason(
                        rules(mode), method, "localhost:8080", Map.of("Sec-Fetch-Site", site));
                assertThat(reason)
                        .isEqualTo(refused ? Optional.of(Reason.CROSS_ORIGIN) : Optional.empty());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8080, http://localhost:8080, false",
        "localhost:8080, HTTP://LOCALHOST:8080, false",
        "localhost, http://localhost, false",
        "localhost:80, http://localhost, false",
        "localhost, http://localhost:80, false",
        "[::1]:8080, http://[::1]:8080, false",
        "localhost:8080, http://localhost:3000, true",
        "localhost:8080, http://localhost, true",
        "localhost:8080, https://localhost:8080, true",
        "localhost:8080, http://127.0.0.1:8080, true",
        "localhost:8080, http://evil.example, true",
        "localhost:8080, http://localhost:8080.evil.example, true",
        "localhost:8080, null, true",
        "localhost:8080, '', true",
    })
    void originOfThePage_mustBeTheNodes(String host, String origin, boolean refused) {
        assertThat(reason(PROTECTED, "POST", host, Map.of("Origin", origin)))
                .isEqualTo(refused ? Optional.of(Reason.CROSS_ORIGIN) : Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, POST, true",
        "text/plain;charset=UTF-8, POST, true",
        "Multipart/Form-Data; boundary=x, POST, true",
        "application/json, POST, false",
        "text/plain, GET, false",
    })
    void formOfAnOldBrowser_isRefused(String type, String method, boolean refused) {
        Map<String, String> headers = Map.of("User-Agent", FIREFOX, "Content-Type", type);
        assertThat(reason(PROTECTED, method, "localhost", headers))
                .isEqualTo(refused ? Optional.of(Reason.CROSS_ORIGIN) : Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "curl/8.5.0, application/x-www-form-urlencoded",
        "curl/8.5.0, text/plain",
        "Go-http-client/1.1, text/plain",
        "node, text/plain;charset=UTF-8",
    })
    void programs_maySendAnyContentType(String agent, String type) {
        Map<String, String> headers = Map.of("User-Agent", agent, "Content-Type", type);
        assertThat(reason(PROTECTED, "POST", "localhost:8080", headers)).isEmpty();
    }

    @Test
    void textOfTheCaller_isShownShortAndPlain() {
        WebRequest request = new WebRequest(
                "GET", "http", List.of("e\nvil\u202e" + "x".repeat(5_000)), name -> List.of());
        String message = PROTECTED.check(request).orElseThrow().message();
        assertThat(message).contains("e?vil?xxx").hasSizeLessThan(300);
    }
}
