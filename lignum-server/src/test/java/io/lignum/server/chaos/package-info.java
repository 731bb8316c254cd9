/** Real nodes, real faults, and a judge of all that their clients saw. */
@NullMarked
package io.lignum.server.chaos;

import org.jspecify.annotations.NullMarked;
