package io.lignum.server.access;

import io.lignum.server.access.Refusal.Reason;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells the requests of other sites' web pages from all others (cross-site request forgery, DNS
 * rebinding). The order of the rules is that of the Fetch metadata specification's advice to
 * servers: what the browser says of the page ({@code Sec-Fetch-Site}), else the page's origin, else
 * what only a form of an old browser would send. A program such as curl sends none of these.
 */
final class BrowserRules {

    private static final Set<String> OWN_PAGE = Set.of("same-origin", "none");

    /** What a form sends without asking first, and JSON can be hidden in. */
    private static final List<String> FORM_TYPES = List.of("text/plain", "multipart/form-data");

    private static final Pattern BROWSER = Pattern.compile("(Mozilla|Opera)/.*", Pattern.DOTALL);

    private final boolean checksHosts;
    private final HostNames names;

    BrowserRules(AccessConfig config) {
        checksHosts = config.mode() == SecurityMode.PROTECTED
                || !config.allowedHosts().isEmpty();
        names = new HostNames(config);
    }

    Optional<Refusal> check(WebRequest request) {
        return checkHosts(request).or(() -> checkOrigin(request));
    }

    private Optional<Refusal> checkHosts(WebRequest request) {
        return request.hosts().stream()
                .filter(host -> checksHosts && !names.contains(host))
                .findFirst()
                .map(host -> new Refusal(
                        Reason.HOST_NAME,
                        ("this node is not called '%s' as far as it knows: if that is one of its"
                                        + " names, add it to http.allowed-hosts on the node")
                                .formatted(shown(host))));
    }

    private static Optional<Refusal> checkOrigin(WebRequest request) {
        List<String> sites = request.all("Sec-Fetch-Site");
        List<String> origins = request.all("Origin");
        if (!sites.isEmpty()) {
            return foreign(
                    "Sec-Fetch-Site",
                    sites,
                    site -> OWN_PAGE.contains(site.toLowerCase(Locale.ROOT)));
        }
        if (!origins.isEmpty()) {
            return foreign("Origin", origins, origin -> isOwn(origin, request));
        }
        if (!request.changesNothing()
                && request.first("User-Agent").filter(BrowserRules::isBrowser).isPresent()) {
            return foreign("Content-Type", request.all("Content-Type"), type -> !isOfForm(type));
        }
        return Optional.empty();
    }

    private interface Accepted {
        boolean test(String value);
    }

    private static Optional<Refusal> foreign(String header, List<String> values, Accepted own) {
        return values.stream()
                .filter(value -> !own.test(value.strip()))
                .findFirst()
                .map(value -> new Refusal(
                        Reason.CROSS_ORIGIN,
                        ("a web page of another site cannot use this node (%s: %s): call it from a"
                                        + " program, or from a page that has the node's own origin")
                                .formatted(header, shown(value))));
    }

    private static boolean isOwn(String origin, WebRequest request) {
        return !request.hosts().isEmpty()
                && request.hosts().stream()
                        .allMatch(host -> withPort(origin, request.scheme())
                                .equals(withPort(
                                        request.scheme() + "://" + host, request.scheme())));
    }

    /** An origin in its full form; the port of the scheme is the one that is left out. */
    private static String withPort(String origin, String scheme) {
        String lower = origin.toLowerCase(Locale.ROOT);
        String standard = scheme.equals("https") ? ":443" : ":80";
        return lower.matches(".*:\\d+") ? lower : lower + standard;
    }

    private static boolean isBrowser(String userAgent) {
        return BROWSER.matcher(userAgent).matches();
    }

    private static boolean isOfForm(String contentType) {
        String type = contentType.toLowerCase(Locale.ROOT);
        return FORM_TYPES.stream().anyMatch(type::startsWith);
    }

    /** Text of the caller, short and fit for a line of a log. */
    private static String shown(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() <= 100 ? plain : plain.substring(0, 100) + "...";
    }
}
