package io.lignum.client.internal.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.net.Address;
import io.lignum.client.internal.net.BufferPool;
import io.lignum.client.internal.net.ClusterMetadata;
import io.lignum.client.internal.net.WireErrors;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * One seeded run of the producer's state machine, and of what it knows of the nodes, against a
 * {@link FailoverCluster}. Requests and responses arrive late or never; whole copies of batches
 * arrive after their connection was lost.
 */
final class FailoverRun implements Deliveries, ProduceLink.Opener {

    private static final int STEPS = 3_000;

    private final long seed;
    private final Random random;
    private final boolean forgetful;
    private final FailoverCluster cluster;
    private final ClusterMetadata nodes;
    private final Accumulator accumulator;
    private final Pipeline pipeline;
    private final List<CompletableFuture<Long>> futures = new ArrayList<>();
    private final List<FailoverLink> links = new ArrayList<>();
    private boolean searched;
    private int opened;
    private long now = System.nanoTime();

    /** @param forgetful whether elections lose committed records */
    FailoverRun(long seed, boolean forgetful) {
        this.seed = seed;
        this.random = new Random(seed);
        this.forgetful = forgetful;
        cluster = new FailoverCluster(random, forgetful, this::loseAll);
        nodes = new ClusterMetadata(
                cluster.nodes().stream().map(node -> node.address).toList());
        ProducerSettings settings = ProducerSettings.of("t").with(draft -> {
            draft.batchBytes = 1_024;
            draft.deliveryTimeout = Duration.ofDays(1);
        });
        accumulator = new Accumulator(settings, new BufferPool(), () -> {}, () -> {});
        pipeline = new Pipeline(
                accumulator, this, this, settings, Duration.ofSeconds(30).toNanos());
    }

    private void loseAll(FailoverCluster.Node node) {
        for (FailoverLink link : List.copyOf(links)) {
            if (link.node == node) {
                lose(link);
            }
        }
    }

    void run() {
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        finish();
        check();
    }

    private void finish() {
        cluster.heal();
        int before = opened;
        for (int i = 0; i < 100_000 && !allDone(); i++) {
            cluster.nodes().forEach(this::list);
            turn();
        }
        assertThat(opened - before).as("links opened, seed " + seed).isLessThan(100);
    }

    private void turn() {
        now += Duration.ofMillis(300).toNanos();
        pipeline.run(now);
        List.copyOf(links).forEach(this::deliverRequest);
        cluster.commit();
        List.copyOf(links).forEach(this::deliverResponse);
    }

    /** After the usual failures the leader is isolated; only listings of other nodes show that. */
    void runIsolated() {
        for (int i = 0; i < STEPS / 10; i++) {
            step();
        }
        finish();
        FailoverCluster.Node next = cluster.isolateLeader();
        searched = false;
        for (int i = 0; i < 200 && (i < 20 || !allDone()); i++) {
            if (i < 20) {
                send();
            } else {
                cluster.leads(next);
            }
            if (searched) {
                searched = random.nextInt(3) > 0; // An answer may be lost.
                list(cluster.any());
            }
            turn();
        }
        check();
    }

    private boolean allDone() {
        return futures.stream().allMatch(CompletableFuture::isDone);
    }

    private void step() {
        now += random.nextInt(20_000_000);
        links.removeIf(link -> link.over);
        int dice = random.nextInt(100);
        FailoverCluster.Node any = cluster.any();
        if (dice < 30) {
            send();
        } else if (dice < 50) {
            List.copyOf(links).forEach(this::deliverRequest);
        } else if (dice < 65) {
            List.copyOf(links).forEach(this::deliverResponse);
        } else if (dice < 80) {
            cluster.commit();
        } else if (dice < 84) {
            links.stream().findAny().ifPresent(this::lose);
        } else if (dice < 90 && searched) {
            searched = false;
            list(any);
        } else if (dice < 94) {
            readLate(any);
        } else if (dice < 98) {
            cluster.learn(any);
        } else if (cluster.leader().isPresent()) {
            cluster.loseLeader();
        } else {
            cluster.elect(any);
        }
        pipeline.run(now);
    }

    private void send() {
        String text = futures.size() + "-" + "x".repeat(random.nextInt(300));
        if (random.nextInt(40) == 0) {
            text += "y".repeat(2_000); // No node accepts it.
        }
        futures.add(accumulator.append(1, null, text.getBytes(StandardCharsets.UTF_8), List.of()));
    }

    /** The answer is lost. */
    private void readLate(FailoverCluster.Node node) {
        ProduceRequest request = node.late.poll();
        if (request != null) {
            cluster.arrive(node, new FailoverLink(node, nodes), request);
        }
    }

    @Override
    public Optional<ProduceLink> open() {
        Optional<ClusterMetadata.Way> way = nodes.toProduce();
        searched |= way.isEmpty();
        opened++;
        return way.map(to -> {
            FailoverLink link = new FailoverLink(node(to.address()), nodes);
            links.add(link);
            return link;
        });
    }

    private FailoverCluster.Node node(Address address) {
        return cluster.nodes().stream()
                .filter(node -> node.address.equals(address))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void search() {
        searched = true;
    }

    private void list(FailoverCluster.Node from) {
        if (!from.up) {
            nodes.failed(from.address);
            return;
        }
        Optional<FailoverCluster.Node> named = from.leads ? Optional.of(from) : from.view;
        nodes.learn(
                from.address,
                new ClusterMetadata.Listing(
                        true,
                        cluster.nodes().stream()
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

    private void lose(FailoverLink link) {
        links.remove(link);
        if (!link.over) {
            link.cancel(false);
            nodes.failed(link.node.address);
            pipeline.ended(link, Errors.disconnected("lost", Outcome.UNKNOWN), now);
        }
    }

    private void deliverRequest(FailoverLink link) {
        ProduceRequest request = link.over ? null : link.requests.poll();
        if (!link.over && !link.node.up) {
            lose(link);
        } else if (request != null) {
            cluster.arrive(link.node, link, request);
        }
    }

    private void deliverResponse(FailoverLink link) {
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

    private void check() {
        List<String> texts = cluster.leader().orElseThrow().log.texts();
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
            assertThat(there).as("record %d, seed %d, %s", number, seed, error).isFalse();
        }
        boolean known = error instanceof LignumException.TooLarge
                || error instanceof LignumException.CorruptLog
                || (forgetful && error instanceof LignumException.UnknownProducer);
        assertThat(known).as("record %d, seed %d, %s", number, seed, error).isTrue();
    }
}
