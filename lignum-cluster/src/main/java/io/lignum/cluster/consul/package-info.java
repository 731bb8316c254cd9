/**
 * The coordinator implemented with Consul, through its agent's HTTP interface. Only this package
 * knows consul-client.
 */
@NullMarked
package io.lignum.cluster.consul;

import org.jspecify.annotations.NullMarked;
