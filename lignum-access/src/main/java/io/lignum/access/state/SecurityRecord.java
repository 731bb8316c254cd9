package io.lignum.access.state;

/**
 * A change as it stands in the log.
 *
 * @param id of this change, so that the node that appended it finds its result
 * @param by the principal that demanded it, as text
 * @param atMillis when, in ms since the epoch, by the clock of the node that took the demand
 */
public record SecurityRecord(String id, String by, long atMillis, SecurityChange change) {}
