/**
 * The network between nodes, over gRPC. The messages of {@code internal.proto} are generated into
 * this package and are not visible outside it.
 */
@NullMarked
package io.lignum.cluster.transport;

import org.jspecify.annotations.NullMarked;
