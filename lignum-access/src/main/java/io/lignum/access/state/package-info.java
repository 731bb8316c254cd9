/**
 * Users, tokens and grants as the result of a log of changes. All nodes apply the same changes in
 * the same order and so have the same state.
 */
@NullMarked
package io.lignum.access.state;

import org.jspecify.annotations.NullMarked;
