package io.lignum.server.config;

/**
 * Shortens text from outside and replaces control characters, so that it fits one line of a
 * terminal.
 */
final class Shown {

    private static final int MAX = 120;

    private Shown() {}

    static String text(String raw) {
        StringBuilder shown = new StringBuilder();
        raw.codePoints().limit(MAX).forEach(point -> {
            if (Character.isISOControl(point)) {
                shown.append("\\u%04x".formatted(point));
            } else {
                shown.appendCodePoint(point);
            }
        });
        return raw.length() > MAX ? shown + "..." : shown.toString();
    }
}
