package io.lignum.server.cli;

import java.io.IOException;

/**
 * Hides what the user types, and shows it again whatever ends the prompt. The command's thread and
 * the thread of an interrupt may call it at the same time: the echo is on in the end.
 */
final class HiddenInput {

    private final Terminal.Echo echo;
    private boolean isOver; // guarded by this

    HiddenInput(Terminal.Echo echo) {
        this.echo = echo;
    }

    /**
     * Hides what is typed from now on; does nothing after {@link #end}.
     *
     * @throws IOException the terminal shows what is typed
     */
    synchronized void begin() throws IOException {
        if (isOver) {
            return;
        }
        try {
            echo.show(false);
        } catch (IOException e) {
            fail(e); // It may have failed after it took effect.
        }
    }

    private void fail(IOException failure) throws IOException {
        try {
            end();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        throw failure;
    }

    /**
     * Shows what is typed from now on, for good.
     *
     * @throws IOException the terminal may still hide what is typed
     */
    synchronized void end() throws IOException {
        isOver = true;
        echo.show(true);
    }
}
