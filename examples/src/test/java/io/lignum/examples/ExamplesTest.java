package io.lignum.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Every example runs and says what it should. */
class ExamplesTest {

    private interface Program {
        void run(String[] arguments) throws Exception;
    }

    @TempDir
    Path directory;

    @Test
    void embedEngine_runs() throws Exception {
        assertThat(output(EmbedEngine::main, directory.toString()))
                .contains("appended at offset 2", "0 one coffee", "2 the bill");
    }

    @Test
    void embedNode_runs() throws Exception {
        assertThat(output(EmbedNode::main, directory.toString()))
                .contains("message commited", "one coffee", "\"count\":1");
    }

    @Test
    void produceAndConsume_runs() throws Exception {
        assertThat(output(ProduceAndConsume::main))
                .contains("sent 10000 orders, offsets 0 to 9999", "the sum is 49995000");
    }

    private static synchronized String output(Program program, String... arguments)
            throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            program.run(arguments);
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
