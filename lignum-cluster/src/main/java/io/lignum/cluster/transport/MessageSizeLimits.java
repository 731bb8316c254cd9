package io.lignum.cluster.transport;

import com.google.protobuf.MessageLite;

/**
 * Refuses messages that are too large for a peer before they are sent: throws an
 * IllegalArgumentException, since the sender must keep the limit. Stateless; any thread.
 */
final class MessageSizeLimits {

    private MessageSizeLimits() {}

    static <T extends MessageLite> T check(T message, int maxBytes) {
        int size = message.getSerializedSize();
        if (size > maxBytes) {
            throw new IllegalArgumentException(
                    "a message of " + size + " bytes where peers take " + maxBytes);
        }
        return message;
    }
}
