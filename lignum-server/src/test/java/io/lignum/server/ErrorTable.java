package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.service.ErrorCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of docs/errors.md, for the tests that compare it with the code. */
public final class ErrorTable {

    /**
     * One row.
     *
     * @param grpc the name of the status
     */
    public record Row(int http, String grpc, int exit, boolean retriable) {}

    private static final Path PAGE = Path.of("..", "docs", "errors.md");
    private static final Pattern ROW = Pattern.compile(
            "\\| `([A-Z_]+)` \\| (\\d+) \\| ([A-Z_]+) \\| (\\d+) \\| (yes|no) \\| [^|]+ \\|");

    private ErrorTable() {}

    /** All rows; fails unless each code has exactly one. */
    public static Map<ErrorCode, Row> read() {
        Map<ErrorCode, Row> rows = new EnumMap<>(ErrorCode.class);
        Matcher row = ROW.matcher(text());
        while (row.find()) {
            Row read = new Row(
                    Integer.parseInt(row.group(2)),
                    row.group(3),
                    Integer.parseInt(row.group(4)),
                    row.group(5).equals("yes"));
            assertThat(rows.put(ErrorCode.valueOf(row.group(1)), read))
                    .as("another row of %s", row.group(1))
                    .isNull();
        }
        assertThat(rows).containsOnlyKeys(ErrorCode.values());
        return rows;
    }

    /** Compares one column with the code. */
    public static void assertColumn(
            Function<Row, Object> column, Function<ErrorCode, Object> code) {
        Map<ErrorCode, Row> rows = read();
        assertThat(Arrays.asList(ErrorCode.values()))
                .allSatisfy(error -> assertThat(column.apply(rows.get(error)))
                        .as(error.name())
                        .isEqualTo(code.apply(error)));
    }

    private static String text() {
        try {
            return Files.readString(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
