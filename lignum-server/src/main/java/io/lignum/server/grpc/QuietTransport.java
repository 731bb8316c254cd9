package io.lignum.server.grpc;

import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;

import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Keeps stack traces out of the log that any client can cause: messages that are too large, bytes
 * that are not HTTP/2, aborted streams. It logs each of these as one line at debug level; other
 * messages of the transport stay. {@link GrpcServer} installs it; the transport's loggers call it
 * on any thread.
 */
final class QuietTransport implements Filter {

    private static final String TRANSPORT = "io.grpc.netty.shaded.io.grpc.netty.";

    /**
     * Strong references, since the logging system would otherwise drop the loggers and their
     * filters.
     */
    private static final List<Logger> LOGGERS = Stream.of(
                    "NettyServerStream", "NettyServerHandler", "NettyServerTransport.connections")
            .map(name -> Logger.getLogger(TRANSPORT + name))
            .toList();

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(QuietTransport.class);

    private QuietTransport() {}

    static void install() {
        for (Logger logger : LOGGERS) {
            if (!(logger.getFilter() instanceof QuietTransport)) {
                logger.setFilter(new QuietTransport());
            }
        }
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        Throwable cause = record.getThrown();
        if (cause == null || !isOfTheClient(cause)) {
            return true;
        }
        LOG.debug("{}: {}", record.getMessage(), cause.toString());
        return false;
    }

    private static boolean isOfTheClient(Throwable cause) {
        return cause instanceof Http2Exception
                || cause instanceof IOException
                || Status.fromThrowable(cause).getCode() == Status.Code.RESOURCE_EXHAUSTED;
    }
}
