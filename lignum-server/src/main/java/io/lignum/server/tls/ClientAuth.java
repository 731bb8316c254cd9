package io.lignum.server.tls;

/** Whether clients present a certificate when they connect with TLS. */
public enum ClientAuth {
    /** They are not asked for one. */
    NONE,
    /** They may present one; it must then be issued by a CA of tls.client-ca-file. */
    OPTIONAL,
    /** They must present one that is issued by a CA of tls.client-ca-file. */
    REQUIRED
}
