/**
 * Authentication: turns credentials into identities, and slows down those who guess. Knows no
 * protocol; threads and clocks come from its user.
 */
@NullMarked
package io.lignum.access.login;

import org.jspecify.annotations.NullMarked;
