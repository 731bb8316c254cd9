/**
 * Reads the node's settings from defaults, {@code config.yml} and environment variables, and checks
 * them. {@code ConfigKey} lists all keys, {@code ConfigRules} holds the checks across keys, and
 * {@code ServerConfig} is the result.
 */
@NullMarked
package io.lignum.server.config;

import org.jspecify.annotations.NullMarked;
