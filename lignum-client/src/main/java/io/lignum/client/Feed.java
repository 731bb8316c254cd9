package io.lignum.client;

import io.lignum.api.Fetched;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Record batches of one topic as they come in, over broken connections and from one node or another,
 * ahead of who consumes them by a bounded number of bytes. {@link FeedPosition} knows where it is and
 * {@link NodeChoice} where to go. Everything is of the I/O thread but the methods that say otherwise.
 */
final class Feed implements GrpcSubscribeLink.Events, Lister.Listener {

    /** Something for the consuming side, in order. */
    sealed interface Item permits Chunk, Rewind, End {}

    /** Whole batches; the first may begin before {@code from}, the offset that is wanted. */
    record Chunk(ByteBuffer batches, long from) implements Item {}

    /** What comes next begins at this offset, although more was read. */
    record Rewind(long to) implements Item {}

    /** Nothing comes after this. No error: the end that was asked for is reached. */
    record End(@Nullable LignumException error) implements Item {}

    private static final int LARGEST_ANSWER = 256 << 10;

    /** Longest time for a node's first answer where there are others to go to. */
    private static final long FIRST_ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** After so long without one it is asked whether the node is still one of the cluster. */
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** A working node is left for a better one at some time after this, not all at once. */
    private static final long MOVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Connection connection;
    private final ConsumerSettings settings;
    private final int answerBytes;
    private final FeedPosition position;
    private final NodeChoice choice;
    private final Backoff backoff = new Backoff();

    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final AtomicLong held = new AtomicLong();
    private final CompletableFuture<Long> started = new CompletableFuture<>();
    private volatile Runnable listener = () -> {};
    private volatile long logEnd;

    private @Nullable GrpcSubscribeLink link;
    private boolean answered;
    private int credit;
    private boolean over;
    private boolean moveIsPlanned;
    /** Since when nodes say things that another one may contradict; empty: they do not. */
    private OptionalLong stuckSince = OptionalLong.empty();

    Feed(Connection connection, ConsumerSettings settings) {
        this.connection = connection;
        this.settings = settings;
        this.answerBytes = Math.min(LARGEST_ANSWER, settings.bufferBytes() / 4);
        this.position = new FeedPosition(
                settings,
                settings.reading().ownWrites()
                        ? connection.ownWrites().end(settings.topic())
                        : OptionalLong.empty(),
                answerBytes);
        this.choice = new NodeChoice(connection.nodes(), settings.reading().preferred());
    }

    /** Called on the I/O thread when there is something new. Any thread, before start. */
    void onItem(Runnable newListener) {
        listener = newListener;
    }

    /** Any thread, once. */
    void start() {
        connection.loop().execute(() -> {
            connection.lister().add(this);
            connection.lister().whenListed(this::open);
        });
    }

    /** Any thread. */
    CompletableFuture<Long> started() {
        return started;
    }

    /** The end of the log as last told; 0 before. Any thread. */
    long logEnd() {
        return logEnd;
    }

    /** The next item that is there. Any thread. */
    @Nullable
    Item poll() {
        return items.poll();
    }

    /** Waits for the next item; null: time is up. Any thread. */
    @Nullable
    Item poll(long nanos) throws InterruptedException {
        return items.poll(nanos, TimeUnit.NANOSECONDS);
    }

    /** A chunk is done with, so another may come. Any thread. */
    void consumed(int bytes) {
        held.addAndGet(-bytes);
        connection.loop().execute(this::giveCredit);
    }

    /** Ends with {@link LignumException.Closed}, unless it has ended. Any thread. */
    void close() {
        connection.loop().execute(() -> {
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
        boolean alone = connection.nodes().isAlone();
        long whole = connection.requestTimeout().toNanos();
        schedule(() -> giveUpIfSilent(opened), alone ? whole : Math.min(whole, FIRST_ANSWER_NANOS));
        if (!alone && whole > SLOW_NANOS) {
            schedule(() -> askIfSilent(opened), SLOW_NANOS);
        }
    }

    private void schedule(Runnable task, long nanos) {
        var unused = connection.loop().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    private void askIfSilent(GrpcSubscribeLink opened) {
        if (link == opened && !answered) {
            connection.lister().search();
        }
    }

    /* The first answer comes at once. After it, silence is normal, and pings watch the connection. */
    private void giveUpIfSilent(GrpcSubscribeLink opened) {
        if (link != opened || answered) {
            return;
        }
        link = null;
        if (position.asksForOwnWrites() && !connection.nodes().isAlone()) {
            opened.cancel(); // It may wait for these, and be of use to others.
            stuck(opened.address(), Errors.notCaughtUp());
        } else {
            opened.stalled();
            leave(opened.address());
            retry();
        }
    }

    private void giveCredit() {
        GrpcSubscribeLink open = link;
        if (open == null || over) {
            return;
        }
        while (credit == 0
                ? held.get() < settings.bufferBytes()
                : held.get() + (credit + 1L) * answerBytes <= settings.bufferBytes()) {
            credit++;
            open.request();
        }
    }

    @Override
    public void fetched(GrpcSubscribeLink from, Fetched answer) {
        if (from != link || over) {
            return;
        }
        credit--;
        LignumException wrong = answered ? null : begin(from, answer);
        answered = true;
        backoff.reset();
        logEnd = answer.getLogEnd();
        long start = position.next();
        wrong = wrong == null ? position.advance(answer) : wrong;
        if (wrong != null) {
            link = null;
            from.cancel();
            end(wrong);
            return;
        }
        ByteBuffer batches = Bytes.of(answer.getRawBatches());
        if (batches.hasRemaining()) {
            held.addAndGet(batches.remaining());
            add(new Chunk(batches, start));
        }
        giveCredit();
    }

    private void add(Item item) {
        items.add(item);
        listener.run();
    }

    private @Nullable LignumException begin(GrpcSubscribeLink from, Fetched first) {
        boolean mayBeBehind =
                connection.nodes().isCluster() || !first.getLeader().isEmpty();
        LignumException wrong = position.begin(first, mayBeBehind);
        if (wrong == null) {
            choice.good(from.address());
            stuckSince = OptionalLong.empty();
            started.complete(position.next());
        }
        return wrong;
    }

    @Override
    public void ended(GrpcSubscribeLink from, @Nullable LignumException error) {
        if (from != link || over) {
            return;
        }
        link = null;
        if (error == null && position.isAtEnd()) {
            end(null);
        } else if (error != null && anotherMayKnowBetter(from.address(), error)) {
            stuck(from.address(), error);
        } else if (error instanceof LignumException.LogTruncated truncated) {
            truncated(truncated);
        } else if (error == null || Errors.mayPass(error)) {
            leave(from.address());
            retry();
        } else {
            end(error);
        }
    }

    /** Whether it may be true of that node alone, or for a moment. */
    private boolean anotherMayKnowBetter(Address at, LignumException error) {
        if (error instanceof LignumException.NotCaughtUp) {
            return true;
        }
        if (!connection.nodes().isCluster()) {
            return false;
        }
        if (error instanceof LignumException.LogTruncated) {
            // Who is merely behind, or has not cut its own log yet, cannot know.
            return !connection.nodes().leader().equals(Optional.of(at)) && !isStuckForTooLong();
        }
        return error instanceof LignumException.CorruptLog
                || (error instanceof LignumException.UnknownTopic
                        && position.asksForOwnWrites()
                        && !position.isBegun());
    }

    private void stuck(Address at, LignumException error) {
        if (stuckSince.isEmpty()) {
            stuckSince = OptionalLong.of(System.nanoTime());
        }
        if (isStuckForTooLong()) {
            end(error);
        } else {
            leave(at);
            retry();
        }
    }

    private boolean isStuckForTooLong() {
        return stuckSince.isPresent()
                && System.nanoTime() - stuckSince.getAsLong()
                        >= connection.requestTimeout().toNanos();
    }

    private void truncated(LignumException.LogTruncated error) {
        if (settings.reading().whenTruncated() == WhenTruncated.FAIL) {
            end(error);
        } else {
            add(new Rewind(position.rewind(error)));
            retry();
        }
    }

    private void leave(Address address) {
        choice.avoid(address);
        if (!connection.nodes().isAlone()) {
            connection.lister().search();
        }
    }

    private void retry() {
        schedule(this::open, backoff.nextNanos());
    }

    @Override
    public void nodesChanged() {
        GrpcSubscribeLink open = link;
        if (open == null || over) {
            return;
        }
        if (connection.nodes().isDead(open.address())) {
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

    private void end(@Nullable LignumException error) {
        if (over) {
            return;
        }
        over = true;
        connection.lister().remove(this);
        if (error != null) {
            started.completeExceptionally(error);
        }
        add(new End(error));
    }

    /** The channel has gone for good. */
    @Override
    public void closed(LignumException error) {
        end(error);
    }
}
