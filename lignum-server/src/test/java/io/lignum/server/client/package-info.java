@NullMarked
package io.lignum.server.client;

import org.jspecify.annotations.NullMarked;
