package io.lignum.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.testing.ConsulProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The example that needs a Consul. */
class EmbedClusterNodeIT {

    @TempDir
    Path directory;

    @Test
    void embedClusterNode_runs() {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ConsulProcess consul = ConsulProcess.start(directory.resolve("consul"))) {
            System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
            EmbedClusterNode.main(new String[] {
                "127.0.0.1", Integer.toString(consul.httpPort()), directory.toString()
            });
        } finally {
            System.setOut(before);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("offset 0, and a leader took it: true")
                .contains("the other node has one coffee");
    }
}
