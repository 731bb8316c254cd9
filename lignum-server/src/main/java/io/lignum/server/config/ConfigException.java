package io.lignum.server.config;

import java.util.List;

/** The settings cannot be used. The message names every key at fault, its value, and the fix. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    ConfigException(String problem) {
        this(List.of(problem));
    }

    /** One sentence each, never empty. */
    public List<String> problems() {
        return problems;
    }
}
