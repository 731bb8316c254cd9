package io.lignum.access;

import java.util.Locale;

/** An action on a {@link Resource}, which a {@link Grant} allows or denies. */
public enum Action {
    /** Sees that the resource exists, and its state and settings. */
    DESCRIBE(1 << 0),
    /** Reads records; of a group: is a member and commits offsets. */
    READ(1 << 1),
    /** Appends records. */
    WRITE(1 << 2),
    /** Creates the topic; on the cluster: any topic. */
    CREATE(1 << 3),
    /** Changes settings. */
    ALTER(1 << 4),
    /** Deletes the topic, or records of it. */
    DELETE(1 << 5),
    /** Reads the metrics of nodes. */
    METRICS(1 << 6),
    /** Moves the leadership, removes nodes, handles divergent files. */
    OPERATE(1 << 7),
    /** Changes users, tokens and grants. */
    SECURE(1 << 8);

    private final int bit;

    Action(int bit) {
        this.bit = bit;
    }

    /** As written in commands and records. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The action in a set of bits. */
    int bit() {
        return bit;
    }
}
