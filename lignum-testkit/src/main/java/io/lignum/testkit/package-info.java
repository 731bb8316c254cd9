/**
 * Clusters of Lignum inside a test's JVM, with faults. Start with {@link
 * io.lignum.testkit.LignumCluster} in a JUnit test, or with {@link
 * io.lignum.testkit.LignumTestCluster} in any other program: both start nodes, connect clients,
 * stop nodes and partition the network between them.
 */
@NullMarked
package io.lignum.testkit;

import org.jspecify.annotations.NullMarked;
