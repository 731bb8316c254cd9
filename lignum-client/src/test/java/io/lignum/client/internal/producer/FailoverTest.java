package io.lignum.client.internal.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.api.ErrorDetail;
import io.lignum.api.LeaderHint;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.client.FakeLog;
import io.lignum.client.FakeNode;
import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.net.Address;
import io.lignum.client.internal.net.BufferPool;
import io.lignum.client.internal.net.ClusterMetadata;
import io.lignum.client.internal.net.WireErrors;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/**
 * The producer's state machine and what it believes of the nodes, in a cluster without a network:
 * leaders die with appends that are committed, or not, or never will be; old leaders go on for a
 * while; nodes name wrong leaders, each other, or none; whole copies of batches arrive late. As a
 * seed will have it.
 */
class FailoverTest {

    private static final int STEPS = 3_000;
    private static final int NODES = 3;

    static LongStream seeds() {
        return LongStream.concat(
                LongStream.rangeClosed(1, 60), LongStream.of(Long.getLong("lignum.seed", 61)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyNodeLeads_everyRecordIsThereOnceInOrderOrFailedAsItSays(long seed) {
        new World(seed, false).run();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void failoversThatLoseAcknowledgedRecords_repeatNothingAndHangNowhere(long seed) {
        new World(seed, true).run();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void leaderThatIsCutOffAndRefusesAtOnce_isLeftForTheOneThatTheOthersName(long seed) {
        new World(seed, false).runIsolated();
    }

    /** An answer that waits for the commit of its batch. */
    private record Held(Link link, ProduceResponse response) {}

    private static final class Node {
        final Address address;
        boolean up = true;
        /** Leads, or does not know yet that it does not. */
        boolean leads;

        FakeLog log = new FakeLog();
        final ArrayDeque<Held> held = new ArrayDeque<>();
        /** Batches of lost connections that are still to be read. */
        final ArrayDeque<ProduceRequest> late = new ArrayDeque<>();
        /** Whom it takes for the leader. */
        Optional<Node> view = Optional.empty();

        long epoch;

        Node(int number) {
            this.address = new Address("node-" + number, 1);
        }
    }

    private static final class Link implements ProduceLink {
        final Node node;
        final ClusterMetadata nodes;
        final ArrayDeque<ProduceRequest> requests = new ArrayDeque<>();
        final ArrayDeque<ProduceResponse> responses = new ArrayDeque<>();
        boolean over;

        Link(Node node, ClusterMetadata nodes) {
            this.node = node;
            this.nodes = nodes;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public boolean isLeaderElsewhere() {
            return nodes.leader().filter(leader -> !leader.equals(node.address)).isPresent();
        }

        @Override
        public void send(Batch batch) {
            requests.add(ProduceRequests.of(batch));
        }

        @Override
        public void cancel(boolean stalled) {
            over = true;
            node.late.addAll(requests);
            requests.clear();
        }
    }

    private static final class World implements Deliveries, ProduceLink.Opener {
        private final long seed;
        private final Random random;
        private final boolean forgetful;
        private final List<Node> all = new ArrayList<>();
        private final ClusterMetadata nodes;
        private final Accumulator accumulator;
        private final Pipeline pipeline;
        private final List<CompletableFuture<Long>> futures = new ArrayList<>();
        private final List<Link> links = new ArrayList<>();
        private Optional<Node> leader = Optional.empty();
        private Node last;
        private long committed;
        private long epoch;
        private boolean searched;
        private boolean healed;
        /** Goes on leading although it is isolated. */
        private Optional<Node> isolated = Optional.empty();

        private int opened;
        private long now = System.nanoTime();

        World(long seed, boolean forgetful) {
            this.seed = seed;
            this.random = new Random(seed);
            this.forgetful = forgetful;
            for (int i = 0; i < NODES; i++) {
                all.add(new Node(i));
            }
            last = all.get(0);
            nodes = new ClusterMetadata(all.stream().map(node -> node.address).toList());
            ProducerSettings settings = ProducerSettings.of("t").with(draft -> {
                draft.batchBytes = 1_024;
                draft.deliveryTimeout = Duration.ofDays(1);
            });
            accumulator = new Accumulator(settings, new BufferPool(), () -> {}, () -> {});
            pipeline = new Pipeline(
                    accumulator, this, this, settings, Duration.ofSeconds(30).toNanos());
            elect(last);
        }

        // The cluster.

        /** Takes over what is committed, and perhaps some of what is not. */
        private void elect(Node next) {
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

        private void loseLeader() {
            Node old = leader.orElseThrow();
            leader = Optional.empty();
            int dice = random.nextInt(3);
            if (dice == 0) {
                die(old);
            } else if (dice == 1) {
                stepDown(old);
            } // else it goes on, and nothing of it will be committed.
        }

        private void die(Node node) {
            node.up = false;
            node.leads = false;
            node.held.clear();
            node.late.clear();
            for (Link link : List.copyOf(links)) {
                if (link.node == node) {
                    lose(link);
                }
            }
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

        private void commit() {
            leader.ifPresent(node -> {
                committed = node.log.end();
                while (!node.held.isEmpty()) {
                    Held held = node.held.poll();
                    held.link.responses.add(held.response);
                }
            });
        }

        private void arrive(Node node, Link link, ProduceRequest request) {
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
                        List.of("NOT_ENOUGH_REPLICAS", "OVERLOADED", "CORRUPT_LOG")
                                .get(dice),
                        ErrorDetail.Outcome.NOT_APPLIED,
                        Optional.empty()));
            } else {
                node.held.add(new Held(link, node.log.append(request)));
            }
        }

        private void refuseIsolated(Link link, long number) {
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

        // The client's side.

        @Override
        public Optional<ProduceLink> open() {
            Optional<ClusterMetadata.Way> way = nodes.toProduce();
            searched |= way.isEmpty();
            opened++;
            return way.map(to -> {
                Link link = new Link(node(to.address()), nodes);
                links.add(link);
                return link;
            });
        }

        private Node node(Address address) {
            return all.stream()
                    .filter(node -> node.address.equals(address))
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public void search() {
            searched = true;
        }

        private void list(Node from) {
            if (!from.up) {
                nodes.failed(from.address);
                return;
            }
            Optional<Node> named = from.leads ? Optional.of(from) : from.view;
            nodes.learn(
                    from.address,
                    new ClusterMetadata.Listing(
                            true,
                            all.stream()
                                    .map(node -> new ClusterMetadata.Node(
                                            node.address.host(), node.address, node.up))
                                    .toList(),
                            named.map(node -> node.address.host()),
                            from.epoch));
            if (nodes.leader().isPresent()) {
                pipeline.leaderFound(now);
            }
        }

        @Override
        public void succeeded(Batch batch, long firstOffset) {
            batch.futures().complete(firstOffset);
        }

        @Override
        public void failed(Batch batch, LignumException error) {
            batch.futures().fail(error);
        }

        private void lose(Link link) {
            links.remove(link);
            if (!link.over) {
                link.cancel(false);
                nodes.failed(link.node.address);
                pipeline.ended(link, Errors.disconnected("lost", Outcome.UNKNOWN), now);
            }
        }

        private void deliverRequest(Link link) {
            ProduceRequest request = link.over ? null : link.requests.poll();
            if (!link.over && !link.node.up) {
                lose(link);
            } else if (request != null) {
                arrive(link.node, link, request);
            }
        }

        private void deliverResponse(Link link) {
            ProduceResponse response = link.over ? null : link.responses.poll();
            if (response == null) {
                return;
            }
            if (!response.hasError()) {
                nodes.appended(link.node.address);
                pipeline.appended(link, GrpcProduceLink.answer(response), now);
                return;
            }
            LignumException error = WireErrors.of(response.getError(), true);
            if (error instanceof LignumException.NotLeader) {
                nodes.notLeading(link.node.address, WireErrors.leader(response.getError()));
                searched |= nodes.leader().isEmpty();
            }
            searched |= Errors.isOfDoubtfulLeader(error);
            pipeline.refused(link, response.getCorrelationId(), error, now);
        }

        // What happens.

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            finish();
            check();
        }

        private void finish() {
            heal();
            int before = opened;
            for (int i = 0; i < 100_000 && !allDone(); i++) {
                all.forEach(this::list);
                turn();
            }
            assertThat(opened - before).as("links opened, seed " + seed).isLessThan(100);
        }

        private void turn() {
            now += Duration.ofMillis(300).toNanos();
            pipeline.run(now);
            List.copyOf(links).forEach(this::deliverRequest);
            commit();
            List.copyOf(links).forEach(this::deliverResponse);
        }

        /**
         * After the usual confusion the leader is cut off, and only who asks the others finds out.
         */
        void runIsolated() {
            for (int i = 0; i < STEPS / 10; i++) {
                step();
            }
            finish();
            Node old = leader.orElseThrow();
            Node next = all.get((all.indexOf(old) + 1 + random.nextInt(NODES - 1)) % NODES);
            isolated = leader;
            long before = epoch;
            elect(next);
            old.epoch = before;
            all.stream().filter(node -> node != old).forEach(node -> {
                node.epoch = epoch;
                node.leads = false; // It has the epoch, and needs a moment before it leads.
                node.view = Optional.empty();
            });
            searched = false;
            for (int i = 0; i < 200 && (i < 20 || !allDone()); i++) {
                if (i < 20) {
                    send();
                } else {
                    next.leads = true;
                    all.stream().filter(node -> node != old).forEach(node -> node.view = leader);
                }
                if (searched) {
                    searched = random.nextInt(3) > 0; // An answer may be lost.
                    list(all.get(random.nextInt(NODES)));
                }
                turn();
            }
            check();
        }

        private void heal() {
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

        private boolean allDone() {
            return futures.stream().allMatch(CompletableFuture::isDone);
        }

        private void step() {
            now += random.nextInt(20_000_000);
            links.removeIf(link -> link.over);
            int dice = random.nextInt(100);
            Node any = all.get(random.nextInt(NODES));
            if (dice < 30) {
                send();
            } else if (dice < 50) {
                List.copyOf(links).forEach(this::deliverRequest);
            } else if (dice < 65) {
                List.copyOf(links).forEach(this::deliverResponse);
            } else if (dice < 80) {
                commit();
            } else if (dice < 84) {
                links.stream().findAny().ifPresent(this::lose);
            } else if (dice < 90 && searched) {
                searched = false;
                list(any);
            } else if (dice < 94) {
                readLate(any);
            } else if (dice < 98) {
                tell(any);
            } else if (leader.isPresent()) {
                loseLeader();
            } else {
                elect(any);
            }
            pipeline.run(now);
        }

        private void send() {
            String text = futures.size() + "-" + "x".repeat(random.nextInt(300));
            if (random.nextInt(40) == 0) {
                text += "y".repeat(2_000); // No node will have it.
            }
            futures.add(
                    accumulator.append(1, null, text.getBytes(StandardCharsets.UTF_8), List.of()));
        }

        /** The answer is lost. */
        private void readLate(Node node) {
            ProduceRequest request = node.late.poll();
            if (request != null) {
                arrive(node, new Link(node, nodes), request);
            }
        }

        /** A node learns how things stand. */
        private void tell(Node node) {
            if (!leader.equals(Optional.of(node)) && node.leads) {
                stepDown(node);
            }
            node.up = true;
            node.view = leader;
            node.epoch = epoch;
        }

        private void check() {
            List<String> texts = leader.orElseThrow().log.texts();
            boolean[] there = new boolean[futures.size()];
            int before = -1;
            for (String text : texts) {
                int number = Integer.parseInt(text.substring(0, text.indexOf('-')));
                assertThat(number).as("seed " + seed).isGreaterThan(before);
                before = number;
                there[number] = true;
            }
            for (int i = 0; i < futures.size(); i++) {
                CompletableFuture<Long> future = futures.get(i);
                assertThat(future.isDone()).as("record %d, seed %d", i, seed).isTrue();
                if (!future.isCompletedExceptionally()) {
                    assertSucceeded(texts, i, future.join());
                } else {
                    assertFailed(there[i], i, (LignumException)
                            future.handle((offset, error) -> error).join());
                }
            }
        }

        private void assertSucceeded(List<String> texts, int number, long offset) {
            if (!forgetful) {
                assertThat(texts.get(Math.toIntExact(offset)))
                        .as("seed " + seed)
                        .startsWith(number + "-");
            }
        }

        private void assertFailed(boolean there, int number, LignumException error) {
            if (error.outcome() == Outcome.NOT_APPLIED) {
                assertThat(there)
                        .as("record %d, seed %d, %s", number, seed, error)
                        .isFalse();
            }
            boolean known = error instanceof LignumException.TooLarge
                    || error instanceof LignumException.CorruptLog
                    || (forgetful && error instanceof LignumException.UnknownProducer);
            assertThat(known).as("record %d, seed %d, %s", number, seed, error).isTrue();
        }
    }
}
