package io.lignum.server.access;

import io.lignum.server.access.Refusal.Reason;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Detects requests from web pages of other sites (cross-site request forgery, DNS rebinding). The
 * rules are applied in the order that the Fetch metadata specification recommends for servers:
 * first what the browser says about the page ({@code Sec-Fetch-Site}), then the page's origin, then
 * signs of a form in an old browser. Programs such as curl send none of these.
 */
final class BrowserRules {

    private static final Set<String> OWN_PAGE = Set.of("same-origin", "none");

    /**
     * Content types that forms send without a preflight request, and in which JSON can be hidden.
     */
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
                        ("'%s' is not a known name of this node: if it is one,"
                                        + " add it to http.allowed-hosts on the node")
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

    /** Returns the origin with its port, adding the scheme's default port if it is left out. */
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

    /** Shortens text from the caller and makes it safe for a line of the log. */
    private static String shown(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() <= 100 ? plain : plain.substring(0, 100) + "...";
    }
}
