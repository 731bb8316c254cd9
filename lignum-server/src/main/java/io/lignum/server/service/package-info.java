/** What a node does, between its doors and the engine. */
@NullMarked
package io.lignum.server.service;

import org.jspecify.annotations.NullMarked;
