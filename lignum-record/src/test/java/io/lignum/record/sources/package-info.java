/** The repository's own files, for tests that hold sources and documentation to a rule. */
@NullMarked
package io.lignum.record.sources;

import org.jspecify.annotations.NullMarked;
