package io.lignum.client;

import io.lignum.api.Fetched;
import io.lignum.client.LignumException.Outcome;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Record batches of one topic as they come in, over broken connections, ahead of who consumes them
 * by a bounded number of bytes. Everything is of the I/O thread but the methods that say otherwise.
 */
final class Feed implements GrpcSubscribeLink.Events {

    /** Something for the consuming side, in order. */
    sealed interface Item permits Chunk, End {}

    /** Whole batches; the first may begin before {@code from}, the offset that is wanted. */
    record Chunk(ByteBuffer batches, long from) implements Item {}

    /** Nothing comes after this. No error: the end that was asked for is reached. */
    record End(@Nullable LignumException error) implements Item {}

    private static final int LARGEST_ANSWER = 256 << 10;

    private final Connection connection;
    private final ConsumerSettings settings;
    private final int answerBytes;
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
    /** Where to go on; empty until the node has said where a start that is no offset is. */
    private OptionalLong next;

    Feed(Connection connection, ConsumerSettings settings) {
        this.connection = connection;
        this.settings = settings;
        this.answerBytes = Math.min(LARGEST_ANSWER, settings.bufferBytes() / 4);
        this.next = OptionalLong.empty();
    }

    /** Called on the I/O thread when there is something new. Any thread, before start. */
    void onItem(Runnable newListener) {
        listener = newListener;
    }

    /** Any thread, once. */
    void start() {
        connection.loop().execute(this::open);
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
        GrpcSubscribeLink opened = new GrpcSubscribeLink(connection, this);
        link = opened;
        opened.open(SubscribeRequests.of(settings, next, answerBytes));
        giveCredit();
        var unused = connection
                .loop()
                .schedule(
                        () -> giveUpIfSilent(opened),
                        connection.requestTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    /* The first answer comes at once. After it, silence is normal, and pings watch the connection. */
    private void giveUpIfSilent(GrpcSubscribeLink opened) {
        if (link == opened && !answered) {
            link = null;
            opened.stalled();
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
        LignumException wrong = answered ? null : begin(answer);
        answered = true;
        backoff.reset();
        logEnd = answer.getLogEnd();
        long start = next.orElse(0);
        if (wrong == null && !advances(start, answer)) {
            wrong = Errors.nonsense(
                    "an answer that goes from offset " + start + " to " + answer.getNext()
                            + " with " + answer.getRawBatches().size() + " bytes",
                    Outcome.NONE,
                    null);
        }
        if (wrong != null) {
            link = null;
            from.cancel();
            end(wrong);
            return;
        }
        next = OptionalLong.of(answer.getNext());
        ByteBuffer batches = Bytes.of(answer.getRawBatches());
        if (batches.hasRemaining()) {
            held.addAndGet(batches.remaining());
            items.add(new Chunk(batches, start));
            listener.run();
        }
        giveCredit();
    }

    private boolean advances(long start, Fetched answer) {
        if (answer.getRawBatches().isEmpty()) {
            return answer.getNext() == start
                    || (settings.skipTrimmed() && answer.getNext() > start);
        }
        return answer.getNext() > start;
    }

    /** The first answer of a stream says where it starts; what speaks against that. */
    private @Nullable LignumException begin(Fetched first) {
        boolean again = next.isPresent() || settings.start().kind() == Start.Kind.RESUME;
        if (next.isEmpty()) {
            next = OptionalLong.of(first.getNext());
            if (first.getNext() < 0 || first.getLogEnd() < first.getLogStart()) {
                return Errors.nonsense(
                        "offsets " + first.getNext() + ", " + first.getLogStart() + " and "
                                + first.getLogEnd(),
                        Outcome.NONE,
                        null);
            }
        }
        if (again && first.getLogEnd() < next.getAsLong()) {
            // It was read once: the topic has been made anew, or has lost data.
            return Errors.logIsShorter(next.getAsLong(), first.getLogStart(), first.getLogEnd());
        }
        started.complete(next.getAsLong());
        return null;
    }

    @Override
    public void ended(GrpcSubscribeLink from, @Nullable LignumException error) {
        if (from != link || over) {
            return;
        }
        link = null;
        boolean reached = next.isPresent()
                && settings.toOffset().isPresent()
                && next.getAsLong() >= settings.toOffset().getAsLong();
        if (error == null && reached) {
            end(null);
        } else if (error == null || Errors.mayPass(error)) {
            retry();
        } else {
            end(error);
        }
    }

    private void retry() {
        var unused =
                connection.loop().schedule(this::open, backoff.nextNanos(), TimeUnit.NANOSECONDS);
    }

    private void end(@Nullable LignumException error) {
        if (over) {
            return;
        }
        over = true;
        if (error != null) {
            started.completeExceptionally(error);
        }
        items.add(new End(error));
        listener.run();
    }

    /** The channel has gone for good. */
    @Override
    public void closed(LignumException error) {
        end(error);
    }
}
