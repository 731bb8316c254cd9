/**
 * The commands of {@code lignum} other than {@code serve}: those of a client, and the offline ones.
 */
@org.jspecify.annotations.NullMarked
package io.lignum.server.cli;
