package io.lignum.cluster.transport;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelFutureListener;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.lignum.record.Utf8;

/**
 * Tells a client that it must use TLS, in two frames of HTTP/2 (RFC 9113): SETTINGS, then GOAWAY
 * with the error INADEQUATE_SECURITY, whose text gRPC clients show. Then closes the connection.
 * Stateless.
 */
final class PlainRefusal {

    private static final int FRAME_HEAD_BYTES = 9;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int INADEQUATE_SECURITY = 12;
    private static final String TEXT = "this port requires TLS";

    private PlainRefusal() {}

    static void send(ChannelHandlerContext context) {
        byte[] text = Utf8.encode(TEXT);
        int length = 2 * Integer.BYTES + text.length;
        ByteBuf frames = context.alloc().buffer(2 * FRAME_HEAD_BYTES + length);
        head(frames, 0, SETTINGS);
        head(frames, length, GOAWAY);
        frames.writeInt(0).writeInt(INADEQUATE_SECURITY).writeBytes(text);
        // From the socket's end of the pipeline: no HTTP/2 handler is there.
        var unused = context.writeAndFlush(frames).addListener(ChannelFutureListener.CLOSE);
    }

    private static void head(ByteBuf to, int length, int type) {
        to.writeMedium(length).writeByte(type).writeByte(0).writeInt(0);
    }
}
