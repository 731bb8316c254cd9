package io.lignum.storage.env;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Everything the engine needs from outside.
 *
 * @param disk where files live
 * @param clock what time it is
 * @param random where topic ids come from
 * @param executor runs commits (write and force) of topics; it must run tasks in some thread or
 *     step of its own and never inside {@code execute} itself. How many it runs at a time bounds
 *     how many files are forced at a time.
 */
public record Environment(
        Disk disk, EngineClock clock, RandomGenerator random, Executor executor) {}
