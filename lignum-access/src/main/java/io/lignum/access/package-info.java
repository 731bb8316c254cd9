/**
 * Who may do what: principals, actions, resources, grants, and the rules that decide. Knows no
 * protocol and no log.
 */
@NullMarked
package io.lignum.access;

import org.jspecify.annotations.NullMarked;
