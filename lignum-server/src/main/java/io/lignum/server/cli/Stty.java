package io.lignum.server.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Switches the echo of the process's terminal with stty(1), which finds the terminal at its
 * standard input. {@code java.io.Console} does not serve: it exists only while standard output is a
 * terminal, too.
 */
final class Stty implements Terminal.Echo {

    private static final int SECONDS = 5;

    /** Ctrl-C at the terminal reaches this process's children, too: it must not end this one. */
    private static final List<String> SHOW = List.of("sh", "-c", "trap '' INT; exec stty echo");

    private static final List<String> HIDE = List.of("stty", "-echo");

    @Override
    public void show(boolean shown) throws IOException {
        Process process = new ProcessBuilder(shown ? SHOW : HIDE)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("stty did not end within " + SECONDS + " seconds");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while stty ran", e);
        }
        if (process.exitValue() != 0) {
            throw new IOException("stty failed with exit code " + process.exitValue());
        }
    }
}
