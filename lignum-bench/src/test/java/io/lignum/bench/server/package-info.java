@NullMarked
package io.lignum.bench.server;

import org.jspecify.annotations.NullMarked;
