package io.lignum.server.service;

/**
 * The limit that a call reached.
 *
 * @param name its key in config.yml
 * @param value as configured, in the key's unit
 */
public record LimitHit(String name, long value) {}
