package io.lignum.access;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names one resource, or all whose names begin alike. As text: {@code topic:orders},
 * {@code topic:orders.*}, {@code group:*}, {@code cluster}.
 *
 * @param name a name, or a prefix; empty for the cluster
 * @param isPrefix whether names that begin so are meant; an empty prefix means all
 */
public record ResourcePattern(Resource.Type type, String name, boolean isPrefix) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{0,249}");

    public static final ResourcePattern CLUSTER =
            new ResourcePattern(Resource.Type.CLUSTER, "", false);

    /** @throws IllegalArgumentException the name is not valid */
    public ResourcePattern {
        if (!isValid(type, name, isPrefix)) {
            throw new IllegalArgumentException("a resource must be topic:NAME, topic:PREFIX*,"
                    + " group:NAME, group:PREFIX* or cluster; names have letters, digits, dots,"
                    + " underscores and dashes");
        }
    }

    /** Whether there is such a pattern. */
    public static boolean isValid(Resource.Type type, String name, boolean isPrefix) {
        return type == Resource.Type.CLUSTER
                ? name.isEmpty() && !isPrefix
                : NAME.matcher(name).matches() && (isPrefix || !name.isEmpty());
    }

    /** All resources of a kind. */
    static ResourcePattern all(Resource.Type type) {
        return type == Resource.Type.CLUSTER ? CLUSTER : new ResourcePattern(type, "", true);
    }

    /**
     * Parses a pattern from its text.
     *
     * @throws IllegalArgumentException the text names no resources
     */
    public static ResourcePattern parse(String text) {
        if (text.equals(Resource.Type.CLUSTER.text())) {
            return CLUSTER;
        }
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String name = colon < 0 ? "" : text.substring(colon + 1);
        Optional<Resource.Type> type = Arrays.stream(Resource.Type.values())
                .filter(candidate -> candidate != Resource.Type.CLUSTER)
                .filter(candidate -> candidate.text().equals(kind))
                .findFirst();
        boolean isPrefix = name.endsWith("*");
        return new ResourcePattern(
                type.orElse(Resource.Type.CLUSTER),
                isPrefix ? name.substring(0, name.length() - 1) : name,
                isPrefix || type.isEmpty()); // A prefix of the cluster is refused.
    }

    /** Whether the resource is one of these. */
    boolean matches(Resource resource) {
        return type == resource.type()
                && (isPrefix
                        ? resource.name().startsWith(name)
                        : resource.name().equals(name));
    }

    @Override
    public String toString() {
        return type == Resource.Type.CLUSTER
                ? type.text()
                : type.text() + ":" + name + (isPrefix ? "*" : "");
    }
}
