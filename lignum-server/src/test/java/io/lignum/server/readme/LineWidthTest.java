package io.lignum.server.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.sources.RepositoryFiles;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Holds the width of comments and pages, which the formatter of the sources does not. */
class LineWidthTest {

    private static final int COMMENT_COLUMNS = 100;
    private static final int PAGE_COLUMNS = 120;

    @Test
    void comments_fitTheWidthOfTheCode() throws IOException {
        List<String> wide = new ArrayList<>();
        for (Path file : RepositoryFiles.java()) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (isComment(lines.get(i)) && columns(lines.get(i)) > COMMENT_COLUMNS) {
                    wide.add(file + ":" + (i + 1));
                }
            }
        }
        assertThat(wide).isEmpty();
    }

    /** Rows of tables and lines of examples cannot be broken. */
    @Test
    void pages_fitTheirWidth() throws IOException {
        List<String> wide = new ArrayList<>();
        for (Path page : RepositoryFiles.pages()) {
            List<String> lines = Files.readAllLines(page);
            boolean example = false;
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                example ^= line.strip().startsWith("```");
                if (!example && !line.startsWith("|") && columns(line) > PAGE_COLUMNS) {
                    wide.add(page + ":" + (i + 1));
                }
            }
        }
        assertThat(wide).isEmpty();
    }

    @Test
    void shippedConfiguration_fitsTheWidthOfTheCode() throws IOException {
        assertThat(Files.readAllLines(RepositoryFiles.ROOT.resolve("config.yml")))
                .allMatch(line -> columns(line) <= COMMENT_COLUMNS);
    }

    private static boolean isComment(String line) {
        String text = line.strip();
        return text.startsWith("//") || text.startsWith("*") || text.startsWith("/*");
    }

    private static int columns(String line) {
        return line.codePointCount(0, line.length());
    }
}
