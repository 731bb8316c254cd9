/** The coordinator that is Consul, reached through its agent's HTTP interface. */
@NullMarked
package io.lignum.cluster.consul;

import org.jspecify.annotations.NullMarked;
