package io.lignum.client.internal.producer;

import io.lignum.api.ErrorDetail;
import io.lignum.api.LeaderHint;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.client.FakeLog;
import io.lignum.client.FakeNode;
import io.lignum.client.internal.net.Address;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A cluster of three nodes without a network, for {@link FailoverRun}: leaders fail with appends
 * that are committed, or not, or never will be; old leaders continue for a while; nodes name wrong
 * leaders, each other, or none. All choices are from the seed.
 */
final class FailoverCluster {

    static final int NODES = 3;

    /** An answer that waits for the commit of its batch. */
    private record Held(FailoverLink link, ProduceResponse response) {}

    static final class Node {
        final Address address;
        boolean up = true;
        /** Leads, or does not know yet that it does not. */
        boolean leads;

        FakeLog log = new FakeLog();
        final ArrayDeque<Held> held = new ArrayDeque<>();
        /** Batches of lost connections that are still to be read. */
        final ArrayDeque<ProduceRequest> late = new ArrayDeque<>();
        /** The node that it believes to lead. */
        Optional<Node> view = Optional.empty();

        long epoch;

        Node(int number) {
            this.address = new Address("node-" + number, 1);
        }
    }

    private final Random random;
    private final boolean forgetful;
    private final Consumer<Node> crashed;
    private final List<Node> all = new ArrayList<>();
    private Optional<Node> leader = Optional.empty();
    private Node last;
    private long committed;
    private long epoch;
    private boolean healed;

    /** Continues to lead although it is isolated. */
    private Optional<Node> isolated = Optional.empty();

    /**
     * @param forgetful whether elections lose committed records
     * @param crashed called with a node whose connections are lost
     */
    FailoverCluster(Random random, boolean forgetful, Consumer<Node> crashed) {
        this.random = random;
        this.forgetful = forgetful;
        this.crashed = crashed;
        for (int i = 0; i < NODES; i++) {
            all.add(new Node(i));
        }
        last = all.get(0);
        elect(last);
    }

    List<Node> nodes() {
        return all;
    }

    Node any() {
        return all.get(random.nextInt(NODES));
    }

    Optional<Node> leader() {
        return leader;
    }

    /** Takes over what is committed, and perhaps some of what is not. */
    void elect(Node next) {
        long least = forgetful ? Math.max(0, committed - random.nextInt(30)) : committed;
        long end = last.log.end();
        next.log = last.log.prefix(
                least + (end > least ? random.nextInt((int) (end - least) + 1) : 0));
        // What is not a whole batch is not taken, but never less than is committed.
        committed = next.log.end();
        next.up = true;
        next.leads = true;
        next.held.clear();
        next.view = Optional.of(next);
        epoch++;
        next.epoch = epoch;
        leader = Optional.of(next);
        last = next;
    }

    void loseLeader() {
        Node old = leader.orElseThrow();
        leader = Optional.empty();
        int dice = random.nextInt(3);
        if (dice == 0) {
            crash(old);
        } else if (dice == 1) {
            stepDown(old);
        } // else it continues to lead, and nothing of it will be committed.
    }

    private void crash(Node node) {
        node.up = false;
        node.leads = false;
        node.held.clear();
        node.late.clear();
        crashed.accept(node);
    }

    private void stepDown(Node node) {
        node.leads = false;
        node.view = Optional.empty();
        while (!node.held.isEmpty()) {
            Held held = node.held.poll();
            held.link.responses.add(refusal(
                    held.response.getCorrelationId(),
                    "COMMIT_UNKNOWN",
                    ErrorDetail.Outcome.UNKNOWN,
                    Optional.empty()));
        }
    }

    private static ProduceResponse refusal(
            long number, String code, ErrorDetail.Outcome outcome, Optional<Node> hint) {
        ErrorDetail.Builder detail = FakeNode.detail(code, outcome).toBuilder();
        hint.ifPresent(node -> detail.setLeader(LeaderHint.newBuilder()
                .setHost(node.address.host())
                .setGrpcPort(node.address.port())));
        return ProduceResponse.newBuilder()
                .setCorrelationId(number)
                .setError(detail)
                .build();
    }

    void commit() {
        leader.ifPresent(node -> {
            committed = node.log.end();
            while (!node.held.isEmpty()) {
                Held held = node.held.poll();
                held.link.responses.add(held.response);
            }
        });
    }

    void arrive(Node node, FailoverLink link, ProduceRequest request) {
        long number = request.getCorrelationId();
        if (!node.leads) {
            Optional<Node> hint = healed ? leader : hint(node);
            link.responses.add(
                    refusal(number, "NOT_LEADER", ErrorDetail.Outcome.NOT_APPLIED, hint));
            return;
        }
        if (isolated.equals(Optional.of(node))) {
            refuseIsolated(link, number);
            return;
        }
        int dice = healed ? 100 : random.nextInt(40);
        if (request.getAppend().getBatch().getRaw().size() > 2_000) {
            link.responses.add(refusal(
                    number,
                    "MESSAGE_TOO_LARGE",
                    ErrorDetail.Outcome.NOT_APPLIED,
                    Optional.empty()));
        } else if (dice < 3) {
            link.responses.add(refusal(
                    number,
                    List.of("NOT_ENOUGH_REPLICAS", "OVERLOADED", "CORRUPT_LOG").get(dice),
                    ErrorDetail.Outcome.NOT_APPLIED,
                    Optional.empty()));
        } else {
            node.held.add(new Held(link, node.log.append(request)));
        }
    }

    private void refuseIsolated(FailoverLink link, long number) {
        boolean unknown = random.nextInt(3) == 0;
        link.responses.add(refusal(
                number,
                unknown ? "COMMIT_UNKNOWN" : "NOT_ENOUGH_REPLICAS",
                unknown ? ErrorDetail.Outcome.UNKNOWN : ErrorDetail.Outcome.NOT_APPLIED,
                Optional.empty()));
    }

    private Optional<Node> hint(Node from) {
        int dice = random.nextInt(NODES + 2);
        return dice < NODES ? Optional.of(all.get(dice)) : from.view;
    }

    /** All nodes run and know the leader. */
    void heal() {
        healed = true;
        if (leader.isEmpty()) {
            elect(all.get(random.nextInt(NODES)));
        }
        for (Node node : all) {
            node.up = true;
            node.leads = leader.equals(Optional.of(node));
            node.view = leader;
            node.epoch = epoch;
        }
    }

    /**
     * Cuts the leader off: another node is elected and needs a moment before it leads, and the old
     * one refuses all appends. Returns the new leader.
     */
    Node isolateLeader() {
        Node old = leader.orElseThrow();
        Node next = all.get((all.indexOf(old) + 1 + random.nextInt(NODES - 1)) % NODES);
        isolated = leader;
        long before = epoch;
        elect(next);
        old.epoch = before;
        all.stream().filter(node -> node != old).forEach(node -> {
            node.epoch = epoch;
            node.leads = false;
            node.view = Optional.empty();
        });
        return next;
    }

    /** The elected node leads, and all nodes but the isolated one know it. */
    void leads(Node next) {
        next.leads = true;
        all.stream()
                .filter(node -> !isolated.equals(Optional.of(node)))
                .forEach(node -> node.view = leader);
    }

    /** The node runs, and learns who leads. */
    void learn(Node node) {
        if (!leader.equals(Optional.of(node)) && node.leads) {
            stepDown(node);
        }
        node.up = true;
        node.view = leader;
        node.epoch = epoch;
    }
}
