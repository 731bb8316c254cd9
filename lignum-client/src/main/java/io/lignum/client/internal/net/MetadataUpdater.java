package io.lignum.client.internal.net;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.lignum.api.ClusterNode;
import io.lignum.api.LignumClusterGrpc;
import io.lignum.api.ListNodesRequest;
import io.lignum.api.ListNodesResponse;
import io.lignum.client.LignumException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the client's list of nodes up to date, and searches for the leader, once for all producers
 * and consumers. It asks one node when the client is first used; that node and a random other one
 * every half minute while the client is in use, since an isolated leader does not know of its
 * successor; and all nodes repeatedly while a producer or consumer searches for the leader. Calls
 * that work do not wait for any of this.
 *
 * <p>On the I/O thread, except for methods that say otherwise. If a task fails unexpectedly the
 * next one is tried as planned.
 */
public final class MetadataUpdater {

    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** The longest pause between rounds of a search. */
    private static final long SEARCH_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    /** A search ends this long after the last request for it. */
    private static final long WANTED_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** A search that found and lost a leader restarts if it is older than this. */
    private static final long RESTART_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How long the first users of a client wait for the first list. */
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The most nodes that are asked at once. */
    private static final int MOST_ASKED = 16;

    /** Called after every change, on the I/O thread. */
    public interface Listener {
        void nodesChanged();
    }

    private static final Logger LOG = LoggerFactory.getLogger(MetadataUpdater.class);

    private final IoTasks tasks;
    private final Channels channels;
    private final ClusterMetadata nodes;
    private final long answerNanos;
    private final Set<Address> asked = new HashSet<>();
    private final Set<Listener> listeners = new LinkedHashSet<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private final Backoff backoff = Backoff.ofSearch(SEARCH_NANOS);
    private boolean searching;
    private long startedNanos;
    private long wantedNanos;

    /** A leader was known at some time since the search began. */
    private boolean found;

    private @Nullable Future<?> nextRound;

    /** Whether a node has answered with its list. Written on the I/O thread. */
    private volatile boolean listed;

    private volatile boolean closed;

    public MetadataUpdater(
            EventLoop loop, Channels channels, ClusterMetadata nodes, Duration requestTimeout) {
        this.tasks = new IoTasks(loop, this::failed);
        this.channels = channels;
        this.nodes = nodes;
        this.answerNanos = Math.min(ANSWER_NANOS, requestTimeout.toNanos());
    }

    /**
     * A node is about to be used. Requests the list of nodes if it is missing, without delaying the
     * use. Any thread.
     */
    public void used() {
        if (!listed) {
            tasks.execute(() -> {
                if (!listed) {
                    ask(nodes.toCall());
                }
            });
        }
    }

    /**
     * Runs the task when the nodes are known or do not answer soon; at once if there is only one.
     */
    public void whenListed(Runnable task) {
        if (listed || nodes.isAlone()) {
            task.run();
            return;
        }
        if (waiting.isEmpty()) {
            var unused = tasks.schedule(this::runWaiting, FIRST_NANOS);
            askAll();
        }
        waiting.add(task);
    }

    private void runWaiting() {
        List<Runnable> tasksToRun = List.copyOf(waiting);
        waiting.clear();
        tasksToRun.forEach(Runnable::run);
    }

    public void add(Listener listener) {
        listeners.add(listener);
    }

    public void remove(Listener listener) {
        listeners.remove(listener);
    }

    /** A caller needs a leader, or doubts the current one. Any thread. */
    public void search() {
        if (!tasks.isIoThread()) {
            tasks.execute(this::search);
            return;
        }
        long now = System.nanoTime();
        wantedNanos = now;
        boolean fresh = found && nodes.leader().isEmpty() && now - startedNanos > RESTART_NANOS;
        if ((!searching || fresh) && !nodes.isAlone()) {
            Future<?> planned = nextRound;
            if (planned != null) {
                planned.cancel(false);
            }
            searching = true;
            found = false;
            startedNanos = now;
            backoff.reset();
            round();
        }
    }

    private void round() {
        if (closed || System.nanoTime() - wantedNanos > WANTED_NANOS) {
            searching = false;
            return;
        }
        nextRound = tasks.schedule(this::round, backoff.nextNanos());
        nodes.searched();
        askAll();
        found |= nodes.leader().isPresent();
    }

    private void askAll() {
        nodes.candidates().stream().limit(MOST_ASKED).forEach(this::ask);
    }

    private void everyHalfMinute() {
        if (closed) {
            return;
        }
        long pause = ThreadLocalRandom.current().nextLong(EVERY_NANOS / 2, EVERY_NANOS);
        var unused = tasks.schedule(this::everyHalfMinute, pause);
        if (!listeners.isEmpty()) {
            Address first = nodes.toCall();
            ask(first);
            List<Address> others = nodes.othersThan(first);
            if (!others.isEmpty()) {
                ask(others.get(ThreadLocalRandom.current().nextInt(others.size())));
            }
            nodes.suspects().forEach(this::ask);
        }
    }

    private void ask(Address address) {
        if (closed || !asked.add(address)) {
            return; // The last call is not answered yet.
        }
        try {
            ManagedChannel channel = channels.to(address);
            ClientCall<ListNodesRequest, ListNodesResponse> call = channel.newCall(
                    LignumClusterGrpc.getListNodesMethod(),
                    CallOptions.DEFAULT.withDeadlineAfter(answerNanos, TimeUnit.NANOSECONDS));
            call.start(new Answer(address, channel), new Metadata());
            call.request(1);
            call.sendMessage(ListNodesRequest.getDefaultInstance());
            call.halfClose();
        } catch (LignumException clientClosed) {
            asked.remove(address);
        }
    }

    private final class Answer extends ClientCall.Listener<ListNodesResponse> {
        private final Address from;
        private final ManagedChannel channel;
        private @Nullable ListNodesResponse answer;

        Answer(Address from, ManagedChannel channel) {
            this.from = from;
            this.channel = channel;
        }

        @Override
        public void onMessage(ListNodesResponse message) {
            answer = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ListNodesResponse got = answer;
            tasks.execute(() -> answered(from, channel, status, got));
        }
    }

    private void answered(
            Address from,
            ManagedChannel channel,
            Status status,
            @Nullable ListNodesResponse answer) {
        asked.remove(from);
        if (closed) {
            return;
        }
        if (status.isOk() && answer != null) {
            boolean first = !listed;
            learn(from, answer);
            if (first && listed) {
                everyHalfMinuteFromNow();
            }
        } else if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            listed = true; // An older node, which is standalone.
            runWaiting();
        } else if (status.getCode() == Status.Code.UNAUTHENTICATED) {
            if (asked.isEmpty()) {
                runWaiting(); // Their own calls get the error, or use other credentials.
            }
        } else if (status.getCode() == Status.Code.PERMISSION_DENIED) {
            nodes.failed(from); // Another node may answer.
            if (asked.isEmpty()) {
                runWaiting();
            }
        } else if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            // A producer notices itself whether the leader answers.
            if (!nodes.leader().equals(Optional.of(from))) {
                nodes.failed(from);
            }
        } else if (status.getCode() == Status.Code.UNAVAILABLE) {
            nodes.failed(from);
            if (channels.forget(from, channel)) {
                channel.shutdown();
            }
        }
    }

    private void everyHalfMinuteFromNow() {
        var unused = tasks.schedule(this::everyHalfMinute, EVERY_NANOS / 2);
    }

    private void learn(Address from, ListNodesResponse answer) {
        // A node that does not know the others yet sends an empty list.
        listed = listed || answer.getNodeCount() > 0;
        boolean led = nodes.leader().isPresent();
        nodes.learn(from, listing(answer));
        found |= led || nodes.leader().isPresent();
        if (led && nodes.leader().isEmpty() && !listeners.isEmpty()) {
            search(); // The next leader is not ready yet.
        }
        channels.keepOnly(nodes.used());
        runWaiting();
        notifyListeners();
    }

    /** The client believes in another leader. */
    public void notifyListeners() {
        List.copyOf(listeners).forEach(Listener::nodesChanged);
    }

    private static ClusterMetadata.Listing listing(ListNodesResponse answer) {
        List<ClusterMetadata.Node> nodes = new ArrayList<>();
        for (ClusterNode node : answer.getNodeList()) {
            Optional<Address> address = Address.of(node.getHost(), node.getGrpcPort());
            if (address.isPresent() && !node.getDecommissioned()) {
                nodes.add(
                        new ClusterMetadata.Node(node.getNodeId(), address.get(), node.getAlive()));
            }
        }
        boolean clustered = !answer.getClusterId().isEmpty();
        return new ClusterMetadata.Listing(
                clustered,
                nodes,
                Optional.of(answer.getLeader()).filter(id -> !id.isEmpty()),
                Integer.toUnsignedLong(answer.getEpoch()));
    }

    /* What is scheduled goes on: the next round, or the next half minute, may succeed. */
    private void failed(Throwable unexpected) {
        LOG.error("The client failed to update its list of nodes", unexpected);
    }

    /** Ends all activity. Any thread. */
    void close() {
        closed = true;
    }
}
