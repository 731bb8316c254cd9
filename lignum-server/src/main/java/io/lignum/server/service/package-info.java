/** What a node does, between its listeners and the engine. */
@NullMarked
package io.lignum.server.service;

import org.jspecify.annotations.NullMarked;
