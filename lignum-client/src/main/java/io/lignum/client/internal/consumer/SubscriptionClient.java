package io.lignum.client.internal.consumer;

import io.lignum.api.Fetched;
import io.lignum.client.LignumException;
import io.lignum.client.WhenTruncated;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.net.Address;
import io.lignum.client.internal.net.Backoff;
import io.lignum.client.internal.net.Connection;
import io.lignum.client.internal.net.IoTasks;
import io.lignum.client.internal.net.MetadataUpdater;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Receives the record batches of one topic, over any number of connections and from any node, ahead
 * of the reader by a limited number of bytes. {@link SubscriptionPosition} knows the offset,
 * {@link NodeChoice} chooses the node, and {@link ReadRetryPolicy} decides which errors to believe.
 * On the I/O thread, except for methods that say otherwise. An unexpected failure there ends the
 * consumer.
 */
final class SubscriptionClient implements GrpcSubscribeLink.Events, MetadataUpdater.Listener {

    private static final int LARGEST_ANSWER = 256 << 10;

    /** The longest wait for the first answer of a node while there are others. */
    private static final long FIRST_ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

    /**
     * After this wait for a first answer the client asks whether the node is still in the cluster.
     */
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    /**
     * A consumer leaves a working node for a better one after a random time, at least this long, so
     * that not all consumers move at once.
     */
    private static final long MOVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionClient.class);

    private final Connection connection;
    private final IoTasks tasks;
    private final ConsumerSettings settings;
    private final int answerBytes;
    private final SubscriptionPosition position;
    private final NodeChoice choice;
    private final ReadRetryPolicy retryPolicy;
    private final Backoff backoff = new Backoff();

    private final SubscriptionBuffer buffer;
    private final SubscribedTopic topic;
    private final CompletableFuture<Long> started = new CompletableFuture<>();
    /** The log end offset of the last answer. */
    private volatile OptionalLong logEnd = OptionalLong.empty();

    private @Nullable GrpcSubscribeLink link;
    private boolean answered;
    private int credit;
    private boolean over;
    private boolean moveIsPlanned;

    SubscriptionClient(Connection connection, ConsumerSettings settings) {
        this.connection = connection;
        this.tasks = connection.tasks(this::failed);
        this.settings = settings;
        this.answerBytes = Math.min(LARGEST_ANSWER, settings.bufferBytes() / 4);
        this.position = new SubscriptionPosition(
                settings,
                settings.reading().ownWrites()
                        ? connection.ownWrites().end(settings.topic())
                        : OptionalLong.empty(),
                answerBytes);
        this.choice = new NodeChoice(connection.metadata(), settings.reading().preferred());
        this.retryPolicy = new ReadRetryPolicy(
                connection.metadata(), position, connection.requestTimeout().toNanos());
        this.buffer = new SubscriptionBuffer(settings.bufferBytes());
        this.topic = new SubscribedTopic(buffer, settings.reading().whenRecreated());
    }

    /** What has arrived. Any thread. */
    SubscriptionBuffer buffer() {
        return buffer;
    }

    /** Starts the subscription. Called once, by any thread. */
    void start() {
        tasks.execute(() -> {
            connection.metadataUpdater().add(this);
            connection.metadataUpdater().whenListed(() -> tasks.run(this::open));
        });
    }

    /** Completes with the start offset. Any thread. */
    CompletableFuture<Long> started() {
        return started;
    }

    /** The exclusive end of the log in the last answer; empty before the first. Any thread. */
    OptionalLong logEnd() {
        return logEnd;
    }

    /** The reader has consumed a chunk, so more may be requested. Any thread. */
    void consumed(int bytes) {
        buffer.consumed(bytes);
        tasks.execute(this::giveCredit);
    }

    /**
     * Ends the subscription with {@link LignumException.Closed}, unless it has ended. Any thread.
     */
    void close() {
        tasks.execute(() -> {
            GrpcSubscribeLink open = link;
            link = null;
            if (open != null) {
                open.cancel();
            }
            end(Errors.closed("the consumer"));
        });
    }

    private void open() {
        if (over) {
            return;
        }
        answered = false;
        credit = 0;
        GrpcSubscribeLink opened = new GrpcSubscribeLink(connection, choice.next(), this);
        link = opened;
        opened.open(position.request());
        giveCredit();
        boolean alone = connection.metadata().isAlone();
        long whole = connection.requestTimeout().toNanos();
        schedule(() -> giveUpIfSilent(opened), alone ? whole : Math.min(whole, FIRST_ANSWER_NANOS));
        if (!alone && whole > SLOW_NANOS) {
            schedule(() -> askIfSilent(opened), SLOW_NANOS);
        }
    }

    private void schedule(Runnable task, long nanos) {
        var unused = tasks.schedule(task, nanos);
    }

    private void askIfSilent(GrpcSubscribeLink opened) {
        if (link == opened && !answered) {
            connection.metadataUpdater().search();
        }
    }

    /*
     * The first answer arrives at once. After it silence is normal, and pings watch the connection.
     */
    private void giveUpIfSilent(GrpcSubscribeLink opened) {
        if (link != opened || answered) {
            return;
        }
        link = null;
        if (position.asksForOwnWrites() && !connection.metadata().isAlone()) {
            opened.cancel(); // The node may wait for these records; its channel works.
            LignumException late = Errors.notCaughtUp();
            if (!retryPolicy.isNeeded(opened.address(), late, System.nanoTime())) {
                end(late);
                return;
            }
        } else {
            opened.stalled();
        }
        leave(opened.address());
        retry();
    }

    private void giveCredit() {
        GrpcSubscribeLink open = link;
        if (open == null || over) {
            return;
        }
        while (buffer.mayRequest(credit, answerBytes)) {
            credit++;
            open.request();
        }
    }

    @Override
    public void fetched(GrpcSubscribeLink from, Fetched answer) {
        tasks.run(() -> accept(from, answer));
    }

    private void accept(GrpcSubscribeLink from, Fetched answer) {
        if (from != link || over) {
            return;
        }
        credit--;
        LignumException wrong = answered ? null : begin(from, answer);
        answered = true;
        backoff.reset();
        logEnd = OptionalLong.of(answer.getLogEnd());
        long start = position.next();
        wrong = wrong == null ? position.advance(answer) : wrong;
        if (wrong != null) {
            link = null;
            from.cancel();
            wrong(from, wrong);
            return;
        }
        ByteBuffer batches = Bytes.of(answer.getRawBatches());
        if (batches.hasRemaining()) {
            buffer.add(new SubscriptionBuffer.Chunk(batches, start));
        }
        giveCredit();
    }

    private @Nullable LignumException begin(GrpcSubscribeLink from, Fetched first) {
        boolean mayBeBehind =
                connection.metadata().isCluster() || !first.getLeader().isEmpty();
        LignumException wrong = position.begin(first, mayBeBehind);
        if (wrong == null) {
            choice.good(from.address());
            retryPolicy.good();
            topic.firstAnswer(position);
            started.complete(position.next());
        }
        return wrong;
    }

    private void wrong(GrpcSubscribeLink from, LignumException error) {
        if (retryPolicy.isNeeded(from.address(), error, System.nanoTime())) {
            leave(from.address());
            retry();
        } else if (topic.startsOver(error, position)) {
            retry();
        } else {
            end(error);
        }
    }

    @Override
    public void ended(GrpcSubscribeLink from, @Nullable LignumException error) {
        tasks.run(() -> lost(from, error));
    }

    private void lost(GrpcSubscribeLink from, @Nullable LignumException error) {
        if (from != link || over) {
            return;
        }
        link = null;
        if (error == null && position.isAtEnd()) {
            end(null);
        } else if (error != null
                && retryPolicy.isNeeded(from.address(), error, System.nanoTime())) {
            leave(from.address());
            retry();
        } else if (error instanceof LignumException.LogTruncated truncated) {
            truncated(truncated);
        } else if (Errors.isOfReplacedCredentials(error)) {
            retry();
        } else if (error == null || passes(error)) {
            leave(from.address());
            retry();
        } else {
            end(error);
        }
    }

    /* A node that has not caught up for this long is left. */
    private static boolean passes(LignumException error) {
        return Errors.isRetriable(error) && !(error instanceof LignumException.NotCaughtUp);
    }

    private void truncated(LignumException.LogTruncated error) {
        if (settings.reading().whenTruncated() == WhenTruncated.FAIL) {
            end(error);
        } else {
            buffer.add(new SubscriptionBuffer.Rewind(position.rewind(error)));
            retry();
        }
    }

    private void leave(Address address) {
        choice.avoid(address);
        if (!connection.metadata().isAlone()) {
            connection.metadataUpdater().search();
        }
    }

    private void retry() {
        schedule(this::open, backoff.nextNanos());
    }

    @Override
    public void nodesChanged() {
        tasks.run(this::reconsiderNode);
    }

    private void reconsiderNode() {
        GrpcSubscribeLink open = link;
        if (open == null || over) {
            return;
        }
        if (connection.metadata().isDead(open.address())) {
            choice.avoid(open.address());
            move(open);
        } else if (!moveIsPlanned && choice.isBetterElsewhere(open.address())) {
            moveIsPlanned = true;
            schedule(
                    this::moveIfBetter,
                    ThreadLocalRandom.current().nextLong(MOVE_NANOS, 2 * MOVE_NANOS));
        }
    }

    private void moveIfBetter() {
        moveIsPlanned = false;
        GrpcSubscribeLink open = link;
        if (open != null && !over && choice.isBetterElsewhere(open.address())) {
            move(open);
        }
    }

    private void move(GrpcSubscribeLink from) {
        if (!choice.next().equals(from.address())) {
            link = null;
            from.cancel();
            open();
        }
    }

    private void failed(Throwable unexpected) {
        LOG.error("The consumer of topic {} failed unexpectedly", settings.topic(), unexpected);
        end(Errors.bug(unexpected));
    }

    private void end(@Nullable LignumException error) {
        if (over) {
            return;
        }
        over = true;
        connection.metadataUpdater().remove(this);
        if (error != null) {
            started.completeExceptionally(error);
        }
        buffer.add(new SubscriptionBuffer.End(error));
    }

    /** The client is closed. */
    @Override
    public void closed(LignumException error) {
        end(error);
    }
}
