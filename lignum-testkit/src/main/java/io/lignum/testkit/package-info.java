/**
 * Clusters of Lignum inside a test's JVM, with faults: {@link
 * io.lignum.testkit.LignumTestCluster} for any program, {@link io.lignum.testkit.LignumCluster} for
 * JUnit.
 */
@NullMarked
package io.lignum.testkit;

import org.jspecify.annotations.NullMarked;
