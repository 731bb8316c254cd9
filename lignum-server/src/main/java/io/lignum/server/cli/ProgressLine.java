package io.lignum.server.cli;

/**
 * A progress line on a terminal, updated twice a second; nothing without a terminal. The length of
 * a stream is unknown, so it shows counts, not a bar. Used by one thread.
 */
final class ProgressLine {

    private static final long INTERVAL_NANOS = 500_000_000;

    private final Terminal terminal;
    private final long started = System.nanoTime();
    private long shownAt = started;
    private long shownBytes;
    private int width;

    ProgressLine(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * Updates the progress. This is cheap when nothing is displayed.
     *
     * @param total bytes in total, 0 if unknown
     */
    void at(long records, long bytes, long total) {
        if (!terminal.errIsTerminal()) {
            return;
        }
        long now = System.nanoTime();
        if (now - shownAt < INTERVAL_NANOS) {
            return;
        }
        double rate = (double) (bytes - shownBytes) / ((double) (now - shownAt) / 1e9);
        String share = total > 0 ? " (" + 100 * bytes / total + " %)" : "";
        show(NumberFormats.grouped(records) + " records, " + NumberFormats.bytes(bytes) + share
                + ", " + NumberFormats.rate(rate) + "/s");
        shownAt = now;
        shownBytes = bytes;
    }

    private void show(String line) {
        String padding = " ".repeat(Math.max(0, width - line.length()));
        terminal.err().print("\r" + line + padding);
        terminal.err().flush();
        width = line.length();
    }

    /** Erases the line. */
    void clear() {
        if (width > 0) {
            show("");
            terminal.err().print("\r");
            terminal.err().flush();
            width = 0;
        }
    }

    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }
}
