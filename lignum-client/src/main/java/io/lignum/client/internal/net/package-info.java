/**
 * Connections to nodes: channels, I/O threads, what the client knows of the cluster, single calls,
 * and the translation of errors from the wire.
 */
@NullMarked
package io.lignum.client.internal.net;

import org.jspecify.annotations.NullMarked;
