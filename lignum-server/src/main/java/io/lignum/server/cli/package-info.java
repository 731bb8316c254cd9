/** The commands of {@code lignum} except {@code serve}: client commands and offline commands. */
@org.jspecify.annotations.NullMarked
package io.lignum.server.cli;
