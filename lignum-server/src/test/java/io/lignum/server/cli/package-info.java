@NullMarked
package io.lignum.server.cli;

import org.jspecify.annotations.NullMarked;
