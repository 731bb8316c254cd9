package io.lignum.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The page's example is the one that is compiled and run. */
class DocsTest {

    @Test
    void exampleOfThePage_isTheOneThatRuns() throws IOException {
        Path root = Path.of("..");
        String source = Files.readString(
                root.resolve("examples/src/test/java/io/lignum/examples/OrdersTest.java"));
        String mark = "// docs begin\n";
        String shown = source.substring(source.indexOf(mark) + mark.length());
        assertThat(Files.readString(root.resolve("docs/testkit.md")))
                .contains("```java\n" + shown + "```");
    }
}
