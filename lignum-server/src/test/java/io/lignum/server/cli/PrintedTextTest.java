package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;

class PrintedTextTest {

    private final StringWriter err = new StringWriter();

    private int print(OutputStream out, int code) {
        PrintedText text = new PrintedText(out);
        text.writer().print("server:\n");
        return text.write(code, new PrintWriter(err));
    }

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int oneByte) throws IOException {
                throw new IOException(message);
            }
        };
    }

    @Test
    void textThatIsWritten_leavesTheExitCode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(print(out, Exit.OK)).isEqualTo(Exit.OK);
        assertThat(out).hasToString("server:\n");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void textThatAFullDiskDoesNotTake_isAFailure() {
        assertThat(print(failing("No space left on device"), Exit.OK)).isEqualTo(Exit.FAILED);
        assertThat(err)
                .hasToString("lignum: cannot write the output: No space left on device"
                        + System.lineSeparator());
        assertThat(print(failing("No space left on device"), Exit.USAGE)).isEqualTo(Exit.USAGE);
    }

    @Test
    void readerThatHasClosed_isNoFailure() {
        assertThat(print(failing("Broken pipe"), Exit.OK)).isEqualTo(Exit.OK);
        assertThat(err.toString()).isEmpty();
    }
}
