package io.lignum.server.config;

/** Text from outside, made safe and short for one line of a terminal. */
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
