package io.lignum.server.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;

/** Finds the known key that is most similar to an unknown one, for the error message. */
final class NearestKey {

    private NearestKey() {}

    /**
     * Returns the known key with the smallest edit distance from {@code path}, sections included;
     * of several, one that is as long.
     */
    static String to(String path) {
        return nearest(
                path, Arrays.stream(ConfigKey.values()).map(ConfigKey::path).toList());
    }

    static String nearest(String wanted, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt((String name) -> distance(wanted, name))
                        .thenComparingInt(name -> Math.abs(name.length() - wanted.length()))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    /** The Levenshtein distance. */
    static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        int[] current = new int[right.length() + 1];
        Arrays.setAll(previous, column -> column);
        for (int row = 1; row <= left.length(); row++) {
            current[0] = row;
            for (int column = 1; column <= right.length(); column++) {
                int swap = left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1;
                current[column] = Math.min(
                        previous[column - 1] + swap,
                        Math.min(previous[column], current[column - 1]) + 1);
            }
            int[] done = previous;
            previous = current;
            current = done;
        }
        return previous[right.length()];
    }
}
