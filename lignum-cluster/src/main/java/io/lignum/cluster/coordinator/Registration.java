package io.lignum.cluster.coordinator;

/**
 * A node as the coordinator checks it.
 *
 * @param nodeId the node's id
 * @param serviceName the name that all nodes of the cluster register under
 * @param host where the coordinator reaches the node
 * @param port its internal port
 */
public record Registration(String nodeId, String serviceName, String host, int port) {}
