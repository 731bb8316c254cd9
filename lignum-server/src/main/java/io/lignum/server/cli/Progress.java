package io.lignum.server.cli;

/**
 * One line on a terminal that is written over again twice a second; nothing where there is no
 * terminal. The length of a stream is not known, so it counts and does not draw a bar. One thread.
 */
final class Progress {

    private static final long INTERVAL_NANOS = 500_000_000;

    private final Terminal terminal;
    private final long started = System.nanoTime();
    private long shownAt = started;
    private long shownBytes;
    private int width;

    Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * Tells how far it is, which costs next to nothing when nobody is shown it.
     *
     * @param total bytes in all, 0 when unknown
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
        show(Figures.grouped(records) + " records, " + Figures.bytes(bytes) + share + ", "
                + Figures.rate(rate) + "/s");
        shownAt = now;
        shownBytes = bytes;
    }

    private void show(String line) {
        String padding = " ".repeat(Math.max(0, width - line.length()));
        terminal.err().print("\r" + line + padding);
        terminal.err().flush();
        width = line.length();
    }

    /** Takes the line away. */
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
