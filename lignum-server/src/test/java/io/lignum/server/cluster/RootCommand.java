package io.lignum.server.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Commands such as ip and mount. Any thread. */
public final class RootCommand {

    private RootCommand() {}

    /**
     * What it prints, stripped; an IllegalStateException that begins with that if it fails or is
     * not there.
     */
    public static String run(String... command) {
        String line = String.join(" ", command);
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip();
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException(out + "\nis what ended with " + code + ": " + line);
            }
            return out;
        } catch (IOException e) {
            throw new IllegalStateException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(line + " was interrupted", e);
        }
    }

    /** The same for clean-up that goes on whatever fails. */
    public static void attempt(String... command) {
        try {
            run(command);
        } catch (IllegalStateException failure) {
            System.out.println(failure.getMessage());
        }
    }
}
