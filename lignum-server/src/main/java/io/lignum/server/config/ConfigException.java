package io.lignum.server.config;

import java.util.List;

/**
 * Thrown when the settings cannot be used. The message names every wrong key, its value, and what
 * to change.
 */
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

    /** The problems, one sentence each; never empty. */
    public List<String> problems() {
        return problems;
    }
}
