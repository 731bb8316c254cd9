package io.lignum.cluster.peer;

/**
 * Where a node is reached.
 *
 * @param internalPort by other nodes
 * @param httpPort by clients; 0 if there is no such listener
 * @param grpcPort by clients; 0 if there is no such listener
 */
public record NodeAddress(String host, int internalPort, int httpPort, int grpcPort) {}
