package io.lignum.server.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The rights of seven principals to each call: {@code authorization-table.tsv}. An expectation is
 * {@code ok}, which means that access is not the reason if the call fails, or the HTTP status of
 * the refusal.
 */
final class AuthorizationTable {

    private static final String FILE = "authorization-table.tsv";

    private final List<String> principals;
    private final Map<String, List<String>> rows = new LinkedHashMap<>();

    AuthorizationTable() {
        List<List<String>> lines = new ArrayList<>();
        for (String line : read().split("\n", -1)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                lines.add(List.of(line.strip().split("\\s\\s+|\t", -1)));
            }
        }
        principals = lines.get(0).subList(1, lines.get(0).size());
        for (List<String> line : lines.subList(1, lines.size())) {
            if (line.size() != principals.size() + 1) {
                throw new IllegalStateException("a row of another length: " + line);
            }
            rows.put(line.get(0), line.subList(1, line.size()));
        }
    }

    private static String read() {
        try (InputStream in =
                Objects.requireNonNull(AuthorizationTable.class.getResourceAsStream(FILE), FILE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> principals() {
        return principals;
    }

    List<String> calls() {
        return List.copyOf(rows.keySet());
    }

    String expected(String call, String principal) {
        return Objects.requireNonNull(rows.get(call)).get(principals.indexOf(principal));
    }
}
