package io.lignum.client.internal.consumer;

import org.slf4j.LoggerFactory;
import org.slf4j.Logger;
import io.lignum.client.internal.net.IoTasks;
import io.lignum.api.Fetched;
import io.lignum.client.LignumException;
import io.lignum.client.WhenTruncated;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.net.Address;
import io.lignum.client.internal.net.Backoff;
import io.lignum.client.internal.net.Connection;
import io.lignum.client.internal.net.MetadataUpdater;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Record batches of one topic as they come in, over broken connections and from one node or
 * another, ahead of who consumes them by a bounded number of bytes. {@link SubscriptionPosition}
 * knows where it is and {@link NodeChoice} where to go. Everything is of the I/O thread but the
 * methods that say otherwise.
 */
final class SubscriptionClient implements GrpcSubscribeLink.Events, MetadataUpdater.Listener {

    private static final int LARGEST_ANSWER = 256 << 10;

    /** Longest time for a node's first answer where there are others to go to. */
    private static final long FIRST_ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** After so long without one it is asked whether the node is still one of the cluster. */
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** A working node is left for a better one at some time after this, not all at once. */
    private static final long MOVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionClient.class);

    private final Connection connection;
    private final IoTasks tasks;
    private final ConsumerSettings settings;
    private final int answerBytes;
    private final SubscriptionPosition position;
    private final NodeChoice choice;
    private final ReadRetryPolicy doubts;
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
        this.doubts = new ReadRetryPolicy(
                connection.metadata(), position, connection.requestTimeout().toNanos());
        this.buffer = new SubscriptionBuffer(settings.bufferBytes());
        this.topic = new SubscribedTopic(buffer, settings.reading().whenRecreated());
    }

    /** What has come. Any thread. */
    SubscriptionBuffer buffer() {
        return buffer;
    }

    /** Any thread, once. */
    void start() {
        tasks.execute(() -> {
            connection.metadataUpdater().add(this);
            connection.metadataUpdater().whenListed(() -> tasks.run(this::open));
        });
    }

    /** Any thread. */
    CompletableFuture<Long> started() {
        return started;
    }

    /** The exclusive end of the log in the last answer; empty before the first. Any thread. */
    OptionalLong logEnd() {
        return logEnd;
    }

    /** A chunk is done with, so another may come. Any thread. */
    void consumed(int bytes) {
        buffer.consumed(bytes);
        tasks.execute(this::giveCredit);
    }

    /** Ends with {@link LignumException.Closed}, unless it has ended. Any thread. */
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
     * The first answer comes at once. After it, silence is normal, and pings watch the connection.
     */
    private void giveUpIfSilent(GrpcSubscribeLink opened) {
        if (link != opened || answered) {
            return;
        }
        link = null;
        if (position.asksForOwnWrites() && !connection.metadata().isAlone()) {
            opened.cancel(); // It may wait for these, and be of use to others.
            LignumException late = Errors.notCaughtUp();
            if (!doubts.isNeeded(opened.address(), late, System.nanoTime())) {
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
        while (buffer.hasRoom(credit, answerBytes)) {
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
            doubts.good();
            topic.begun(position);
            started.complete(position.next());
        }
        return wrong;
    }

    private void wrong(GrpcSubscribeLink from, LignumException error) {
        if (doubts.isNeeded(from.address(), error, System.nanoTime())) {
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
        } else if (error != null && doubts.isNeeded(from.address(), error, System.nanoTime())) {
            leave(from.address());
            retry();
        } else if (error instanceof LignumException.LogTruncated truncated) {
            truncated(truncated);
        } else if (error == null || passes(error)) {
            leave(from.address());
            retry();
        } else {
            end(error);
        }
    }

    /* A node that has not caught up for so long is not waited for any more. */
    private static boolean passes(LignumException error) {
        return Errors.mayPass(error) && !(error instanceof LignumException.NotCaughtUp);
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

    /** The channel has gone for good. */
    @Override
    public void closed(LignumException error) {
        end(error);
    }
}
