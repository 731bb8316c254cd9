/**
 * The gRPC listener. Protobuf types are used only in this package.
 *
 * <p>It has four kinds of threads, none of which waits for an append or for a client: the
 * transport's event loops, a small pool for the callbacks of calls, a small pool for file access,
 * and one timer.
 */
@NullMarked
package io.lignum.server.grpc;

import org.jspecify.annotations.NullMarked;
