package io.lignum.cluster.peer;

import java.util.UUID;

/**
 * The identity of a node: its id, which never changes, and its incarnation, which it renews
 * whenever it cannot guarantee every byte that it acknowledged (R1).
 */
public record Member(String nodeId, UUID incarnation) {

    @Override
    public String toString() {
        return nodeId + "/" + incarnation.toString().substring(0, 8);
    }
}
