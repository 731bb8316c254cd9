package io.lignum.cluster.coordinator;

import java.time.Duration;

/**
 * Durations of a session.
 *
 * @param ttl a session that is not renewed for this long ends; Consul's minimum is 10 s
 * @param lockDelay how long a lock cannot be taken after its session ended by itself or was
 *     destroyed
 */
public record SessionTimes(Duration ttl, Duration lockDelay) {}
