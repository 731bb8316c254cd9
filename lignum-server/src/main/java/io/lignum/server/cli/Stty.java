package io.lignum.server.cli;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Switches the echo of the process's terminal with stty(1), which finds the terminal at its
 * standard input. {@code java.io.Console} does not serve: it exists only while standard output is a
 * terminal, too.
 */
final class Stty implements Terminal.Echo {

    private static final int SECONDS = 5;

    @Override
    public void show(boolean shown) throws IOException {
        Process process = new ProcessBuilder("stty", shown ? "echo" : "-echo")
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
