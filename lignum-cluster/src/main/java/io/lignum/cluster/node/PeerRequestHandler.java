package io.lignum.cluster.node;

import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.topics.LeaderForwarder;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;
import io.lignum.storage.AppendOptions;

import java.util.concurrent.CompletableFuture;

/**
 * Answers the requests of peers. Called on the network's threads; appends run there, all other
 * requests on the node loop.
 */
final class PeerRequestHandler implements PeerService {

    private final NodeContext context;
    private final PeerLogRequests logs;
    private final Appends appends;
    private final OperatorCommands operator;

    PeerRequestHandler(
            NodeContext context, PeerLogRequests logs, Appends appends, OperatorCommands operator) {
        this.context = context;
        this.logs = logs;
        this.appends = appends;
        this.operator = operator;
    }

    @Override
    public PeerStreamReceiver accept(PeerStream stream) {
        return logs.accept(stream);
    }

    @Override
    public CompletableFuture<PeerResponse> answer(PeerRequest question) {
        CompletableFuture<PeerResponse> answer;
        if (question instanceof PeerRequest.Append append) {
            answer = append(append);
        } else if (question instanceof PeerRequest.LogEndRequest ask) {
            answer = logs.logEnds(ask);
        } else if (question instanceof PeerRequest.ReadIndex read) {
            answer = logs.readIndex(read);
        } else if (question instanceof PeerRequest.Command command) {
            answer = context.call(() -> operator.execute(command.command()));
        } else {
            answer = logs.continuation((PeerRequest.Continuation) question);
        }
        return answer.handle((done, failure) -> {
            if (failure != null) {
                throw LeaderForwarder.toPeerError(failure);
            }
            return done;
        });
    }

    private CompletableFuture<PeerResponse> append(PeerRequest.Append append) {
        return appends.append(
                        append.topic(),
                        append.batch(),
                        new AppendOptions(append.expectedEnd(), null),
                        NotLeaderPolicy.REFUSE)
                .thenApply(done -> new PeerResponse.Appended(
                        done.leader().orElseThrow(),
                        done.firstOffset(),
                        done.count(),
                        done.duplicate()));
    }
}
