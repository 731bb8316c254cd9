/** Real nodes, real faults, and a checker of everything that their clients saw. */
@NullMarked
package io.lignum.server.chaos;

import org.jspecify.annotations.NullMarked;
