package io.lignum.client.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.api.ErrorDetail;
import io.lignum.client.LignumException;
import io.lignum.client.internal.errors.Errors;
import io.lignum.record.sources.RepositoryFiles;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The client retries the errors that docs/errors.md lists as retriable, and no others. */
class RetriableErrorsTest {

    private static final Pattern ROW =
            Pattern.compile("\\| `([A-Z_]+)` \\| \\d+ \\| [A-Z_]+ \\| \\d+ \\| (yes|no) \\|");

    @Test
    void codesOfNodes_areRetriedAsTheTableSays() throws IOException {
        Map<String, Boolean> retried = new TreeMap<>();
        documented().keySet().forEach(code -> retried.put(code, Errors.isRetriable(error(code))));
        assertThat(retried).isEqualTo(documented());
    }

    @Test
    void errorsOfOneKind_areAllRetriedOrAllNot() throws IOException {
        Map<Class<?>, Boolean> kinds = new HashMap<>();
        for (String code : documented().keySet()) {
            LignumException error = error(code);
            boolean retried = Errors.isRetriable(error);
            assertThat(kinds.putIfAbsent(error.getClass(), retried))
                    .as("whether %s is retried", code)
                    .isIn(null, retried);
        }
    }

    private static LignumException error(String code) {
        return WireErrors.of(ErrorDetail.newBuilder().setCode(code).build(), true);
    }

    /** The column "retry" of the table, by code. */
    private static Map<String, Boolean> documented() throws IOException {
        String page = Files.readString(RepositoryFiles.ROOT.resolve("docs").resolve("errors.md"));
        Map<String, Boolean> rows = new TreeMap<>();
        ROW.matcher(page)
                .results()
                .forEach(row -> rows.put(row.group(1), row.group(2).equals("yes")));
        assertThat(rows).hasSizeGreaterThan(30);
        return rows;
    }
}
