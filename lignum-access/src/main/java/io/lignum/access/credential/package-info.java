/**
 * Passwords, tokens and SCRAM: what proves who a caller is. Knows no protocol and keeps no state.
 */
@NullMarked
package io.lignum.access.credential;

import org.jspecify.annotations.NullMarked;
