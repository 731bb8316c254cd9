/**
 * TLS of the listeners: reads the PEM files, checks them, and replaces them in a running node.
 * Independent of the protocol: the listeners take the current state for each new connection.
 */
@NullMarked
package io.lignum.server.tls;

import org.jspecify.annotations.NullMarked;
