/**
 * Decides which calls are served. Independent of the protocol: the HTTP and gRPC listeners describe
 * the call and its origin.
 */
@NullMarked
package io.lignum.server.access;

import org.jspecify.annotations.NullMarked;
