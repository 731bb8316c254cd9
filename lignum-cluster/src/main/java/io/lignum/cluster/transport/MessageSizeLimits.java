package io.lignum.cluster.transport;

import com.google.protobuf.MessageLite;

/** What is too large for a peer to take is refused before it is sent. */
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
