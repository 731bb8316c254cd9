/** Nodes of a cluster, through their doors. */
@NullMarked
package io.lignum.server.cluster;

import org.jspecify.annotations.NullMarked;
