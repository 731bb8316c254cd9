/**
 * The gRPC listener. Protobuf types come in and go out here and are seen nowhere else.
 *
 * <p>Four kinds of threads, none of which waits for an append or for a client: the transport's
 * event loops; a small pool for the callbacks of calls; a small pool for what touches files; one
 * timer.
 */
@NullMarked
package io.lignum.server.grpc;

import org.jspecify.annotations.NullMarked;
