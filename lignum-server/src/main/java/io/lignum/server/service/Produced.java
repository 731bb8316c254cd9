package io.lignum.server.service;

import java.util.Optional;

/**
 * Where messages stand that were appended.
 *
 * @param firstOffset of the first one; the others follow without gaps
 * @param duplicate they were there already, from the same producer
 * @param leader id of the node that led and took them; empty on a standalone node
 */
public record Produced(long firstOffset, int count, boolean duplicate, Optional<String> leader) {}
