package io.lignum.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A program on the module path, whose module requires only the client's. */
class ModulePathTest {

    /** What the client needs at run time; the rest of this class path belongs to the node. */
    private static final Pattern NEEDED = Pattern.compile(
            ".*/(lignum-(client|api|record)/target/.*|(grpc|protobuf-java|guava|failureaccess"
                    + "|slf4j-api|perfmark-api|gson|jspecify|proto-google-common-protos)-[^/]*)");

    private static final String MODULE = """
            module my.program {
                requires io.lignum.client;
            }
            """;

    private static final String PROGRAM = """
            package my.program;

            import io.lignum.client.Codecs;
            import io.lignum.client.LignumClient;
            import io.lignum.record.RecordHeader;

            import java.util.List;

            public final class Program {
                public static void main(String[] args) throws Exception {
                    try (LignumClient client = LignumClient.connect(args[0]);
                            var producer = client.producer("t").values(Codecs.utf8()).open()) {
                        System.out.println(producer.send("oak").get());
                        List<RecordHeader> none;
                        try (var consumer = client.consumer("t").fromOffset(0).open()) {
                            none = consumer.next().headers();
                        }
                        System.out.println("read with " + none.size() + " headers in "
                                + LignumClient.class.getModule().getDescriptor().toNameAndVersion()
                                + (LignumClient.class.getModule().getDescriptor().isAutomatic()
                                        ? ", automatic" : ""));
                    }
                }
            }
            """;

    @TempDir
    private Path directory;

    @Test
    void programThatRequiresTheClientAlone_sendsAndReads() throws Exception {
        String modules = Stream.of(
                        System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(NEEDED.asMatchPredicate())
                .filter(path -> !path.contains("test-classes") && !path.contains("-tests"))
                .collect(Collectors.joining(File.pathSeparator));
        Path classes = compile(modules);
        try (TestNode node = TestNode.start(directory.resolve("data"))) {
            Process program = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx64m",
                            "-XX:TieredStopAtLevel=1",
                            "--module-path",
                            classes + File.pathSeparator + modules,
                            "--module",
                            "my.program/my.program.Program",
                            "127.0.0.1:" + node.node().grpcPort())
                    .redirectErrorStream(true)
                    .start();
            String said =
                    new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(program.exitValue()).as(said).isZero();
            assertThat(said).contains("0\n").contains("read with 0 headers in io.lignum.client");
            assertThat(said).doesNotContain("automatic");
        }
    }

    private Path compile(String modules) throws IOException {
        Path source = Files.createDirectories(directory.resolve("source/my/program"));
        Path module = directory.resolve("source/module-info.java");
        Files.writeString(module, MODULE);
        Path program = Files.writeString(source.resolve("Program.java"), PROGRAM);
        Path classes = directory.resolve("classes");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        boolean compiled;
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            compiled = compiler.getTask(
                            said,
                            files,
                            null,
                            List.of("--module-path", modules, "-d", classes.toString()),
                            null,
                            files.getJavaFileObjects(module, program))
                    .call();
        }
        assertThat(compiled).as(said.toString()).isTrue();
        return classes;
    }
}
