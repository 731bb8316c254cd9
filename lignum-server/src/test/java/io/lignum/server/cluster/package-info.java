/** Nodes of a cluster, through their listeners. */
@NullMarked
package io.lignum.server.cluster;

import org.jspecify.annotations.NullMarked;
