package io.lignum.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.lignum.api.LignumLogGrpc;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Executor;

/**
 * Selects the executor of a call's callbacks: those of a {@link ProduceStream} run on the
 * connection's event loop, which saves two hand-overs per batch; all others on the pool of calls.
 * gRPC asks once for each call, on the connection's event loop.
 */
final class CallExecutors implements ServerCallExecutorSupplier {

    private static final String PRODUCE = LignumLogGrpc.getProduceMethod().getFullMethodName();

    @Override
    public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
        boolean produces = call.getMethodDescriptor().getFullMethodName().equals(PRODUCE);
        return produces ? Runnable::run : null; // null: the server's default
    }
}
