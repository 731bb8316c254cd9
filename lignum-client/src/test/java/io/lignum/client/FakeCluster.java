package io.lignum.client;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.lignum.api.ClusterNode;
import io.lignum.api.ErrorDetail;
import io.lignum.api.Fetched;
import io.lignum.api.LeaderHint;
import io.lignum.api.LignumClusterGrpc;
import io.lignum.api.ListNodesRequest;
import io.lignum.api.ListNodesResponse;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.api.SubscribeRequest;
import io.lignum.client.internal.net.Address;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Several {@link FakeNode}s that share one log, of which at most one leads. What followers know of
 * the log and of the leader is as a test wants it.
 */
final class FakeCluster implements AutoCloseable {

    /** One of the nodes. */
    static final class Member {
        final String id;
        final FakeNode node;
        final AtomicInteger listed = new AtomicInteger();
        volatile boolean alive = true;
        /** How much of the log it has; a leader has all. */
        volatile long behindAt = Long.MAX_VALUE;
        /** Whom it names when it is asked to lead; empty: as it is. */
        volatile Optional<Member> liesAbout = Optional.empty();
        /** Sends batches on to the leader if it may. */
        volatile boolean forwards;
        /** The port that clients get; 0: the real one. */
        volatile int advertisedPort;
        /** The epoch that it knows; 0: the cluster's. */
        volatile int staysInEpoch;
        /** Says nothing about who leads. */
        volatile boolean knowsNoLeader;

        Member(String id, FakeNode node) {
            this.id = id;
            this.node = node;
        }

        Address advertised() {
            Address address = Address.parse(node.address());
            return advertisedPort == 0 ? address : new Address(address.host(), advertisedPort);
        }
    }

    final FakeLog log = new FakeLog();
    final List<Member> members = new ArrayList<>();
    private volatile Optional<Member> leader;
    private final AtomicInteger epoch = new AtomicInteger(1);

    private FakeCluster(int size) throws IOException {
        for (int i = 0; i < size; i++) {
            String id = "node-" + i;
            FakeNode node = FakeNode.start(log, new Cluster(i));
            Member member = new Member(id, node);
            members.add(member);
            node.onProduce = (count, request, out) -> produce(member, request, out);
            node.onSubscribe = (count, request, out) -> subscribe(member, request, out);
        }
        leader = Optional.of(members.get(0));
    }

    static FakeCluster of(int size) throws IOException {
        return new FakeCluster(size);
    }

    Member member(int index) {
        return members.get(index);
    }

    void lead(int index) {
        leader = Optional.of(members.get(index));
        epoch.incrementAndGet();
    }

    /** Another one is elected: a later epoch, whose leader is not known yet. */
    void elect() {
        leader = Optional.empty();
        epoch.incrementAndGet();
    }

    /** Leads the epoch that there is. */
    void beginToLead(int index) {
        leader = Optional.of(members.get(index));
    }

    void removeLeader() {
        leader = Optional.empty();
    }

    void kill(int index) {
        Member member = members.get(index);
        member.alive = false;
        if (leader.equals(Optional.of(member))) {
            leader = Optional.empty();
        }
        member.node.close();
    }

    /** With small time-outs, and the addresses of so many nodes, the last ones first. */
    LignumClient client(int addresses) {
        return LignumClient.builder()
                .addresses(IntStream.range(0, addresses)
                        .mapToObj(i -> members.get(members.size() - 1 - i).node.address())
                        .toList())
                .requestTimeout(Duration.ofSeconds(5))
                .build();
    }

    boolean isLeader(Member member) {
        return leader.equals(Optional.of(member));
    }

    void produce(Member member, ProduceRequest request, StreamObserver<ProduceResponse> out) {
        boolean sendOn = member.forwards && !request.getAppend().getNoForward();
        if (isLeader(member) || (sendOn && leader.isPresent())) {
            member.node.answer(request, out);
        } else {
            out.onNext(notLeader(member, request));
        }
    }

    private ProduceResponse notLeader(Member member, ProduceRequest request) {
        ProduceResponse refusal =
                FakeNode.refusal(request, "NOT_LEADER", ErrorDetail.Outcome.NOT_APPLIED);
        Optional<Member> named = named(member);
        if (named.isEmpty()) {
            return refusal;
        }
        Address address = named.get().advertised();
        return refusal.toBuilder()
                .setError(refusal.getError().toBuilder()
                        .setLeader(LeaderHint.newBuilder()
                                .setNodeId(named.get().id)
                                .setHost(address.host())
                                .setGrpcPort(address.port())))
                .build();
    }

    private Optional<Member> named(Member by) {
        if (by.knowsNoLeader) {
            return Optional.empty();
        }
        return by.liesAbout.isPresent() ? by.liesAbout : leader;
    }

    void subscribe(Member member, SubscribeRequest request, StreamObserver<Fetched> out) {
        long end = isLeader(member) ? Long.MAX_VALUE : member.behindAt;
        if (request.hasMinHw() && Math.min(end, log.end()) < request.getMinHw()) {
            out.onError(FakeNode.failure(
                    Status.Code.UNAVAILABLE, "NOT_CAUGHT_UP", ErrorDetail.Outcome.NOT_APPLIED));
            return;
        }
        member.node.serve(request, out, end);
    }

    private ListNodesResponse list(Member by) {
        ListNodesResponse.Builder list = ListNodesResponse.newBuilder()
                .setClusterId("c")
                .setEpoch(by.staysInEpoch == 0 ? epoch.get() : by.staysInEpoch);
        Optional<Member> named = named(by);
        for (Member member : members) {
            Address address = member.advertised();
            list.addNode(ClusterNode.newBuilder()
                    .setNodeId(member.id)
                    .setHost(address.host())
                    .setGrpcPort(address.port())
                    .setLeader(named.equals(Optional.of(member)))
                    .setAlive(member.alive));
        }
        named.ifPresent(member -> list.setLeader(member.id));
        return list.build();
    }

    private final class Cluster extends LignumClusterGrpc.LignumClusterImplBase {
        private final int index;

        Cluster(int index) {
            this.index = index;
        }

        @Override
        public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> out) {
            Member member = members.get(index);
            member.listed.incrementAndGet();
            out.onNext(list(member));
            out.onCompleted();
        }
    }

    @Override
    public void close() {
        members.forEach(member -> member.node.close());
    }
}
