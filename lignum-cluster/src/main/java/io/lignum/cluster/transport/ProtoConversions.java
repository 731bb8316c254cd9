package io.lignum.cluster.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.NodeAddress;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Converts and checks parts of messages; {@link MalformedException} names what is wrong. The codecs
 * call it. Stateless; any thread.
 */
final class ProtoConversions {

    /** Names of nodes and hosts, codes and commands, in characters. */
    static final int MAX_NAME = 255;

    /** Names of topics, in characters. */
    static final int MAX_TOPIC = 1024;

    /** Texts for people, in characters. */
    static final int MAX_TEXT = 8 * 1024;

    private static final int ID_BYTES = 16;

    private ProtoConversions() {}

    static ByteString id(UUID id) {
        ByteBuffer bytes = ByteBuffer.allocate(ID_BYTES);
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return UnsafeByteOperations.unsafeWrap(bytes.flip());
    }

    static UUID id(ByteString bytes) {
        if (bytes.size() != ID_BYTES) {
            throw new MalformedException("an id of " + bytes.size() + " bytes");
        }
        ByteBuffer view = bytes.asReadOnlyByteBuffer();
        return new UUID(view.getLong(), view.getLong());
    }

    static Wire.Member member(Member member) {
        return Wire.Member.newBuilder()
                .setNodeId(member.nodeId())
                .setIncarnation(id(member.incarnation()))
                .build();
    }

    static Member member(Wire.Member member) {
        return new Member(name(member.getNodeId()), id(member.getIncarnation()));
    }

    static Wire.Address address(NodeAddress address) {
        return Wire.Address.newBuilder()
                .setHost(address.host())
                .setInternalPort(address.internalPort())
                .setHttpPort(address.httpPort())
                .setGrpcPort(address.grpcPort())
                .build();
    }

    static NodeAddress address(Wire.Address address) {
        return new NodeAddress(
                name(address.getHost()),
                port(address.getInternalPort()),
                port(address.getHttpPort()),
                port(address.getGrpcPort()));
    }

    private static int port(int port) {
        if (port < 0 || port > 65_535) {
            throw new MalformedException("a port of " + port);
        }
        return port;
    }

    /** A view of the buffer, which must not change any more. */
    static ByteString bytes(ByteBuffer bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.duplicate());
    }

    /** A view of the message's own bytes. */
    static ByteBuffer bytes(ByteString bytes) {
        return bytes.asReadOnlyByteBuffer();
    }

    static int epoch(int epoch) {
        return (int) offset(epoch);
    }

    /** Checks an offset, or another number that is never negative. */
    static long offset(long offset) {
        if (offset < 0) {
            throw new MalformedException("an offset, epoch or size of " + offset);
        }
        return offset;
    }

    static OptionalInt epoch(boolean there, int epoch) {
        return there ? OptionalInt.of(epoch(epoch)) : OptionalInt.empty();
    }

    static OptionalLong offset(boolean there, long offset) {
        return there ? OptionalLong.of(offset(offset)) : OptionalLong.empty();
    }

    static String name(String name) {
        return atMost(name, MAX_NAME);
    }

    static String atMost(String text, int max) {
        if (text.length() > max) {
            throw new MalformedException(
                    "a text of " + text.length() + " characters where " + max + " are allowed");
        }
        return text;
    }

    /** For texts to send: cuts off the end of a long one. */
    static String shortened(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
        return text.substring(0, end);
    }
}
