package io.lignum.server.chaos;

import com.fasterxml.jackson.databind.JsonNode;

import io.lignum.client.Codecs;
import io.lignum.client.LignumClient;
import io.lignum.client.LignumException;
import io.lignum.client.Producer;
import io.lignum.client.Subscription;
import io.lignum.client.TopicSpec;
import io.lignum.client.WhenTruncated;
import io.lignum.server.chaos.ClientOperation.Kind;
import io.lignum.server.chaos.ClientOperation.Result;
import io.lignum.server.cluster.JarCluster;
import io.lignum.server.cluster.NodeProcess;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients of a live and a wal topic, and the history of their operations: patient and impatient
 * producers, one without sequence numbers, a consumer per node, and a linearizable reader of the
 * live topic at changing nodes.
 */
final class Load implements AutoCloseable {

    /** A response that takes longer than a producer's timeout and this counts as missing. */
    static final Duration GRACE = Duration.ofSeconds(60);

    private static final Duration PATIENT = Duration.ofSeconds(60);
    private static final Duration IMPATIENT = Duration.ofSeconds(1);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_OUTSTANDING = 500;
    private static final int CONSUMERS = 100;
    private static final int READER = 200;

    /** A producer's sends; its values are unique. */
    private static final class Sender {
        private final int client;
        private final Producer<byte[], String> producer;
        private final History history;
        private final int most;
        private final AtomicInteger outstanding = new AtomicInteger();
        private int count;

        Sender(int client, Producer<byte[], String> producer, History history, int most) {
            this.client = client;
            this.producer = producer;
            this.history = history;
            this.most = most;
        }

        /** The clock's thread only. */
        void send() {
            if (outstanding.get() >= most) {
                return;
            }
            long value = client * 1_000_000_000L + count++;
            long startNanos = System.nanoTime();
            outstanding.incrementAndGet();
            var unused = producer.send(text(value)).whenComplete((offset, failure) -> {
                Result result = failure == null ? Result.OK : resultOf(failure);
                long at = offset == null ? -1 : offset;
                history.add(new ClientOperation(
                        Kind.SEND, client, "", value, at, startNanos, System.nanoTime(), result));
                outstanding.decrementAndGet();
            });
        }
    }

    private final JarCluster cluster;
    private final String liveTopic;
    private final String walTopic;
    private final History live;
    private final History wal;
    private final LignumClient client;
    private final List<Sender> senders = new ArrayList<>();
    private final List<Subscription> consumers = new ArrayList<>();
    private final ConcurrentHashMap<Integer, Long> received = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor();
    private final Random random;
    private final AtomicLong failedReads = new AtomicLong();

    Load(Site site, Path directory, String name, long seed) {
        cluster = site.cluster();
        liveTopic = "live-" + name;
        walTopic = "wal-" + name;
        live = new History(directory.resolve(liveTopic + ".jsonl"));
        wal = new History(directory.resolve(walTopic + ".jsonl"));
        random = new Random(seed);
        client = site.clients().connect(cluster.addresses());
        client.topics().create(TopicSpec.of(liveTopic).withLive(true)).join();
        client.topics().create(TopicSpec.of(walTopic)).join();
        senders.add(new Sender(1, producer(liveTopic, PATIENT, true), live, MAX_OUTSTANDING));
        senders.add(new Sender(2, producer(liveTopic, IMPATIENT, true), live, MAX_OUTSTANDING));
        senders.add(new Sender(3, producer(liveTopic, IMPATIENT, false), live, 1));
        senders.add(new Sender(4, producer(walTopic, PATIENT, true), wal, MAX_OUTSTANDING));
        for (int i = 0; i < cluster.nodes().size(); i++) {
            consumers.add(consumer(CONSUMERS + i, cluster.nodes().get(i)));
        }
        for (Sender one : senders) {
            var unused = clock.scheduleAtFixedRate(one::send, 0, 5, TimeUnit.MILLISECONDS);
        }
        var unused = reader.scheduleWithFixedDelay(this::read, 0, 20, TimeUnit.MILLISECONDS);
    }

    private Producer<byte[], String> producer(String topic, Duration timeout, boolean numbered) {
        return client.producer(topic)
                .values(Codecs.utf8())
                .deliveryTimeout(timeout)
                .idempotent(numbered)
                .open();
    }

    private Subscription consumer(int number, NodeProcess node) {
        return client.consumer(liveTopic)
                .values(Codecs.utf8())
                .prefer(node.address())
                .whenTruncated(WhenTruncated.FAIL)
                .handle(record -> {
                    long now = System.nanoTime();
                    live.add(new ClientOperation(
                            Kind.POLL,
                            number,
                            node.id(),
                            value(record.value()),
                            record.offset(),
                            now,
                            now,
                            Result.OK));
                    received.put(number, record.offset() + 1);
                });
    }

    private void read() {
        List<NodeProcess> nodes = cluster.nodes();
        NodeProcess node = nodes.get(random.nextInt(nodes.size()));
        long startNanos = System.nanoTime();
        try {
            JsonNode answer = node.get(
                    "/api/message?topic=" + liveTopic + "&from=0&to=1&level=linearizable",
                    READ_TIMEOUT);
            live.add(new ClientOperation(
                    Kind.READ,
                    READER,
                    node.id(),
                    0,
                    answer.get("high_watermark").asLong(),
                    startNanos,
                    System.nanoTime(),
                    Result.OK));
        } catch (RuntimeException refused) {
            // A node that is down or cannot know gives no answer about the log.
            failedReads.incrementAndGet();
        }
    }

    private static String text(long value) {
        return value + ";";
    }

    private static long value(@Nullable String text) {
        String whole = String.valueOf(text);
        return Long.parseLong(whole.substring(0, whole.length() - 1));
    }

    private static Result resultOf(Throwable failure) {
        return failure instanceof LignumException error
                        && error.outcome() == LignumException.Outcome.NOT_APPLIED
                ? Result.FAILED
                : Result.UNKNOWN;
    }

    /**
     * Stops sending, waits for responses and consumers, and checks the history. All nodes must run
     * and be in sync.
     *
     * @param diskLost a leader's disk may be lost, with records of the wal topic that only it had
     */
    Verdict finish(boolean diskLost) {
        stop(clock);
        stop(reader);
        List<Anomaly> anomalies = new ArrayList<>();
        for (Sender one : senders) {
            if (!isTrueWithin(PATIENT.plus(GRACE), () -> one.outstanding.get() == 0)) {
                anomalies.add(new Anomaly(
                        Anomaly.Kind.NO_ANSWER,
                        "client " + one.client + " waits for " + one.outstanding.get()));
            }
        }
        Finals finals = new Finals(cluster);
        var lives = finals.of(liveTopic, Load::value);
        long end = lives.values().stream().mapToLong(List::size).max().orElse(0);
        for (int i = 0; i < consumers.size(); i++) {
            int number = CONSUMERS + i;
            isTrueWithin(GRACE, () -> received.getOrDefault(number, 0L) >= end);
        }
        HistoryChecker checker = new HistoryChecker(live.operations(), lives);
        anomalies.addAll(checker.checkLive());
        HistoryChecker walChecker =
                new HistoryChecker(wal.operations(), finals.of(walTopic, Load::value));
        anomalies.addAll(walChecker.checkWal());
        List<Long> lost = walChecker.lost();
        List<String> missing = diskLost
                ? List.of()
                : finals.notAside(lost.stream().map(Load::text).toList());
        if (!missing.isEmpty()) {
            anomalies.add(new Anomaly(
                    Anomaly.Kind.LOST_WRITE,
                    missing.size() + " of " + walTopic + " are in no side file, the first "
                            + missing.get(0)));
        }
        List<ClientOperation> all = new ArrayList<>(live.operations());
        all.addAll(wal.operations());
        return new Verdict(all, failedReads.get(), lost.size(), anomalies);
    }

    /** Deletes the topics of the round, which was checked. */
    void deleteTopics() {
        consumers.forEach(Subscription::close);
        client.topics().delete(liveTopic).join();
        client.topics().delete(walTopic).join();
    }

    private static boolean isTrueWithin(Duration limit, Callable<Boolean> condition) {
        try {
            Awaitility.await().atMost(limit).until(condition);
            return true;
        } catch (ConditionTimeoutException late) {
            return false;
        }
    }

    private static void stop(ScheduledExecutorService service) {
        service.shutdown();
        try {
            if (!service.awaitTermination(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("a client does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        reader.shutdownNow();
        consumers.forEach(Subscription::close);
        boolean idle = senders.stream().allMatch(one -> one.outstanding.get() == 0);
        if (idle) {
            client.close();
        } else {
            new Thread(client::close).start(); // Pending calls may never end.
        }
        live.close();
        wal.close();
    }
}
