package io.lignum.server.grpc;

import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;

/**
 * Resets each HTTP/2 stream whose response has ended before its request (RFC 9113, section 8.1,
 * error code NO_ERROR). The transport alone would leave it open: it reads no more of the request,
 * so the stream's window is never refilled, the client cannot send the rest, and the stream counts
 * against the limit of concurrent streams until the connection is closed. Added to each accepted
 * connection; runs on its event loop.
 */
final class HalfClosedStreams extends ChannelInboundHandlerAdapter {

    // The HTTP/2 handler is added after the protocol is negotiated, so this looks for it after each
    // read until it is there. No stream can have ended by then, since later tasks of the event loop
    // write the responses.
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
        ChannelHandlerContext http2 = context.pipeline().context(Http2ConnectionHandler.class);
        if (http2 != null && !context.isRemoved()) {
            Http2ConnectionHandler handler = (Http2ConnectionHandler) http2.handler();
            handler.connection().addListener(new Listener(handler, http2));
            context.pipeline().remove(this);
        }
    }

    private static final class Listener extends Http2ConnectionAdapter {

        private final Http2ConnectionHandler handler;
        private final ChannelHandlerContext context;

        Listener(Http2ConnectionHandler handler, ChannelHandlerContext context) {
            this.handler = handler;
            this.context = context;
        }

        @Override
        public void onStreamHalfClosed(Http2Stream stream) {
            if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
                // In a separate task, since the transport is writing the trailers.
                context.executor().execute(() -> reset(stream));
            }
        }

        private void reset(Http2Stream stream) {
            if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
                var unused = handler.resetStream(
                        context, stream.id(), Http2Error.NO_ERROR.code(), context.newPromise());
                context.flush();
            }
        }
    }
}
