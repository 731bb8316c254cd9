package io.lignum.cluster.coordinator;

import java.util.Optional;

/**
 * A key with its value and state.
 *
 * @param value never null; may be empty
 * @param modifyIndex rises at each change of value, lock or session; a write of an equal value
 *     changes nothing
 * @param lockIndex how often it was locked; a plain write resets it, so it is no fence
 * @param session the session that holds the lock
 */
public record Entry(
        String key, String value, long modifyIndex, long lockIndex, Optional<String> session) {}
