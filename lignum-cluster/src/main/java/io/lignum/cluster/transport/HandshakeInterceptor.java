package io.lignum.cluster.transport;

import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs before all calls. It answers the calls of the handshake from their metadata. Other calls
 * pass on an authenticated connection; on any other they are refused before a message is read. gRPC
 * calls it on the event loop of the connection.
 */
final class HandshakeInterceptor implements ServerInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(HandshakeInterceptor.class);

    private final SharedSecretAuth auth;

    HandshakeInterceptor(SharedSecretAuth auth) {
        this.auth = auth;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        InboundConnection connection = call.getAttributes().get(InboundConnection.ATTRIBUTE);
        if (connection == null) {
            throw new IllegalStateException("a call on a connection that never became ready");
        }
        connection.heard();
        String method = call.getMethodDescriptor().getFullMethodName();
        if (method.equals(PeerMethods.HELLO.getFullMethodName())) {
            greet(call, headers, connection);
        } else if (method.equals(PeerMethods.PROVE.getFullMethodName())) {
            check(call, headers, connection);
        } else if (!connection.isProved()) {
            refuse(call, connection, "this connection is not authenticated");
        } else if (method.equals(PeerMethods.PING.getFullMethodName())) {
            call.close(Status.OK, new Metadata());
        } else {
            return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(
                    next.startCall(call, headers)) {
                @Override
                public void onMessage(Q message) {
                    connection.heard();
                    super.onMessage(message);
                }
            };
        }
        return new ServerCall.Listener<>() {};
    }

    private void greet(ServerCall<?, ?> call, Metadata headers, InboundConnection connection) {
        byte[] cluster = headers.get(PeerMethods.CLUSTER);
        byte[] nonce = headers.get(PeerMethods.NONCE);
        if (!PeerMethods.PROTOCOL_VERSION.equals(headers.get(PeerMethods.PROTOCOL))) {
            refuse(call, connection, "this node speaks protocol " + PeerMethods.PROTOCOL_VERSION);
        } else if (cluster == null || !auth.isSameCluster(cluster)) {
            refuse(call, connection, "this node is of another cluster");
        } else if (nonce == null || nonce.length != SharedSecretAuth.NONCE_BYTES) {
            refuse(call, connection, "no nonce of " + SharedSecretAuth.NONCE_BYTES + " bytes");
        } else {
            SharedSecretAuth.Challenge challenge = connection.greet(nonce);
            if (challenge == null) {
                refuse(call, connection, "a second Hello on the same connection");
                return;
            }
            Metadata answer = new Metadata();
            answer.put(PeerMethods.NONCE, challenge.serverNonce());
            answer.put(PeerMethods.PROOF, auth.prove(SharedSecretAuth.Side.SERVER, challenge));
            call.close(Status.OK, answer);
        }
    }

    private static void check(
            ServerCall<?, ?> call, Metadata headers, InboundConnection connection) {
        byte[] proof = headers.get(PeerMethods.PROOF);
        if (proof != null && connection.prove(proof)) {
            call.close(Status.OK, new Metadata());
        } else {
            refuse(call, connection, PeerMethods.WRONG_PROOF);
        }
    }

    private static void refuse(ServerCall<?, ?> call, InboundConnection connection, String why) {
        LOG.debug("{} was refused: {}", connection.remote, why);
        call.close(Status.UNAUTHENTICATED.withDescription(why), new Metadata());
    }
}
