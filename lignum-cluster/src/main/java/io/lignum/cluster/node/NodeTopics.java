package io.lignum.cluster.node;

import io.lignum.cluster.internal.topics.TopicCatalog;

/**
 * The parts of a node that deal with its topics.
 *
 * @param catalog applies the metadata log
 * @param events passes the catalog's changes on to the current role
 * @param damage handles damaged topics
 */
record NodeTopics(TopicCatalog catalog, CatalogEvents events, DamageHandler damage) {}
