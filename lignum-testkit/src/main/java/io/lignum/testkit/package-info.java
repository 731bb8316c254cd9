/**
 * A cluster inside a test's own JVM, with the faults of the world at hand:
 * {@link io.lignum.testkit.LignumTestCluster} by itself, or {@link io.lignum.testkit.LignumCluster}
 * for JUnit.
 */
@NullMarked
package io.lignum.testkit;

import org.jspecify.annotations.NullMarked;
