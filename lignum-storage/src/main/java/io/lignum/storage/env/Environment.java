package io.lignum.storage.env;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Gives the engine everything that it needs from outside.
 *
 * @param disk stores the files
 * @param clock tells the time
 * @param random source of topic ids
 * @param executor runs commits (write and force) of topics. It must run tasks on some thread or
 *     step of its own, and never inside {@code execute}. The number of tasks that it runs at a time
 *     limits how many files are forced at a time
 */
public record Environment(
        Disk disk, EngineClock clock, RandomGenerator random, Executor executor) {}
