/** The node's operations, independent of protocols: between the listeners and the engine. */
@NullMarked
package io.lignum.server.service;

import org.jspecify.annotations.NullMarked;
