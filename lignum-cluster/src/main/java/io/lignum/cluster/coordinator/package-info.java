/**
 * The interface between the cluster and its coordinator. Implemented with Consul, and in memory for
 * tests.
 */
@NullMarked
package io.lignum.cluster.coordinator;

import org.jspecify.annotations.NullMarked;
