/** A real Consul server for the tests of all modules. */
@NullMarked
package io.lignum.cluster.testing;

import org.jspecify.annotations.NullMarked;
