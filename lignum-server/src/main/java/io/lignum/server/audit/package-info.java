/**
 * Writes down who did what: logins, refusals, and changes of users, topics and the cluster. One
 * line of JSON each. Contains no secrets and no records.
 */
@NullMarked
package io.lignum.server.audit;

import org.jspecify.annotations.NullMarked;
