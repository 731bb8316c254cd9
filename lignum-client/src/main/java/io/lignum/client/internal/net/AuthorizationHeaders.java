package io.lignum.client.internal.net;

import io.lignum.client.Credentials;

import org.jspecify.annotations.Nullable;

/**
 * The values that a client's calls send in the header {@code authorization}. A value is used until
 * a connection is opened or a node refuses it; then the supplier of the credentials is called
 * again.
 *
 * <p>A call whose value was refused may be repeated with another value. That value is not replaced
 * for another repetition unless a node has accepted it in the meantime: otherwise a supplier that
 * returns a different value each time would make a call go on for ever.
 *
 * <p>Any thread. The supplier is called on the caller's thread, one call at a time.
 */
final class AuthorizationHeaders {

    /** A value, from one call of the supplier. */
    static final class Header {
        private final String value;

        /** Whether a call that is refused with this value may be repeated. */
        private boolean isReplaceable; // guarded by the AuthorizationHeaders

        private volatile boolean isAccepted;

        private Header(String value, boolean isReplaceable) {
            this.value = value;
            this.isReplaceable = isReplaceable;
        }

        String value() {
            return value;
        }
    }

    private final Credentials credentials;

    // Guarded by this.
    private @Nullable Header current;
    private boolean isRefused; // Since a node accepted a value.

    AuthorizationHeaders(Credentials credentials) {
        this.credentials = credentials;
    }

    /** A connection is opened: the next call asks the supplier. */
    synchronized void connecting() {
        current = null;
    }

    /**
     * The value for a call that starts now.
     *
     * @throws RuntimeException what the supplier has thrown
     */
    synchronized Header next() {
        Header header = current;
        if (header == null) {
            header = new Header(credentials.authorization(), !isRefused);
            current = header;
        }
        return header;
    }

    /** A node has accepted a call with this value. */
    void accepted(Header header) {
        if (!header.isAccepted) { // Without the lock: this is called for every call.
            header.isAccepted = true;
            acceptedFirst(header);
        }
    }

    private synchronized void acceptedFirst(Header header) {
        header.isReplaceable = true;
        isRefused = false;
    }

    /**
     * A node has refused a call with this value.
     *
     * @return whether the next call sends another value, so that this one may be repeated
     */
    synchronized boolean refused(Header header) {
        isRefused = true;
        if (current == header) {
            current = null;
        }
        return header.isReplaceable && isReplaced(header);
    }

    private boolean isReplaced(Header header) {
        boolean isReplaced;
        try {
            isReplaced = !next().value.equals(header.value);
        } catch (RuntimeException noOther) {
            return false; // The error of the node is reported; the next call gets this one.
        }
        if (!isReplaced) {
            current = null;
        }
        return isReplaced;
    }
}
