package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.record.StoredRecord;
import io.lignum.record.Utf8;
import io.lignum.server.service.LogService;
import io.lignum.server.service.MemoryLease;
import io.lignum.server.service.Page;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;
import io.lignum.server.service.TopicInfo;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;

import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One reader that tails a topic. It blocks no thread: it runs when the socket accepts more bytes or
 * the topic has more records; its monitor excludes the two from running at once. A reader that
 * accepts nothing for the slow-client timeout is disconnected.
 */
final class EventStream implements WriteListener {

    private static final int PAGE_BYTES = 64 * 1024;
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
    private static final byte[] COMMENT = Utf8.encode(": still here\n\n");

    private final LogService service;
    private final Session session;
    private final HttpExecutors work;
    private final String topic;
    private final UUID topicId;
    private final MessageWriter writer;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private MemoryLease memory;
    private JsonStream events = new JsonStream(none -> false);
    private long next;
    private boolean waiting;
    private boolean unflushed = true;
    private @Nullable ServletOutputStream out;
    private @Nullable Request request;
    private Scheduler.@Nullable Task slow;
    private @Nullable CompletableFuture<Long> wait;

    EventStream(
            LogService service,
            Session session,
            HttpExecutors work,
            TopicInfo topic,
            long from,
            MessageWriter writer) {
        this.service = service;
        this.session = session;
        this.work = work;
        this.topic = topic.name();
        this.topicId = topic.id();
        this.next = from;
        this.writer = writer;
        this.memory = service.admission().memory();
        work.failures().whenDone(ended, (done, error) -> release());
    }

    private synchronized void release() {
        memory.close();
    }

    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Starts the stream. The request must be asynchronous already. */
    void start(Context context) throws IOException {
        request = ServletContextRequest.getServletContextRequest(context.req());
        ServletOutputStream stream = context.res().getOutputStream();
        out = stream;
        stream.setWriteListener(this);
    }

    void end() {
        CompletableFuture<Long> pending;
        synchronized (this) {
            pending = wait;
        }
        ended.complete(null);
        if (pending != null) {
            pending.cancel(false);
        }
    }

    /** Ends the stream with an error if its reader has lost the right to read. Any thread. */
    void recheck() {
        try {
            session.checkRead(topic);
        } catch (ServiceException refused) {
            work.blocking().execute(() -> refuse(refused));
        }
    }

    private synchronized void refuse(ServiceException refused) {
        if (!ended.isDone()) {
            tell(refused);
        }
    }

    @Override
    public void onWritePossible() {
        pump();
    }

    /** Ends the stream without an event; the client sees the connection end and reconnects. */
    void failed(Throwable thrown) {
        work.failures().report("An event stream of topic " + topic, thrown);
        end();
    }

    @Override
    public void onError(Throwable failure) {
        if (failure instanceof RuntimeException || failure instanceof Error) {
            failed(failure);
        } else {
            end();
        }
    }

    private synchronized void pump() {
        if (ended.isDone() || waiting) {
            return;
        }
        disarm();
        try {
            push();
        } catch (ServiceException e) {
            tell(e);
        } catch (IOException e) {
            end();
        } catch (Throwable thrown) { // Top of Jetty's callback.
            failed(thrown);
        }
    }

    /** Writes until the socket is full or the end of the topic is reached. */
    private void push() throws IOException {
        ServletOutputStream stream = out;
        while (stream != null && stream.isReady()) {
            byte[] piece = events.nextPiece();
            if (piece.length == 0) {
                CompletableFuture<Void> turn = session.awaitTurn();
                if (!turn.isDone()) {
                    if (unflushed) {
                        unflushed = false;
                        stream.flush();
                    }
                    await(turn.thenApply(now -> Long.MAX_VALUE)); // There may be more.
                    return;
                }
                piece = nextPage();
            }
            if (piece.length > 0) {
                stream.write(piece);
                unflushed = true;
            } else if (unflushed) {
                unflushed = false;
                stream.flush();
            } else {
                await(session.awaitReadable(topic, next, KEEP_ALIVE));
                return;
            }
        }
        arm();
    }

    /** The first piece of the next page; empty at the end of the topic. */
    private byte[] nextPage() {
        memory.close();
        memory = service.admission().memory();
        Page page = session.read(ReadQuery.from(topic, next).withMaxBytes(PAGE_BYTES), memory);
        session.topics().describe(topic, topicId); // Not a topic created again.
        next = page.next();
        Iterator<StoredRecord> rest = page.records().iterator();
        events = new JsonStream(json -> {
            if (!rest.hasNext()) {
                return false;
            }
            StoredRecord record = rest.next();
            json.raw("id: " + record.offset() + "\ndata: ");
            writer.full(json, record);
            json.raw("\n\n");
            return true;
        });
        return events.nextPiece();
    }

    /** @param more completes with the readable end; not above {@code next} after a time-out */
    private void await(CompletableFuture<Long> more) {
        waiting = true;
        wait = more;
        CompletableFuture<Void> resumed = work.read(more, (end, error) -> {
            resume(end, error);
            return CompletableFuture.completedFuture(null);
        });
        work.failures().whenDone(resumed, (done, thrown) -> {
            if (thrown != null) {
                failed(thrown);
            }
        });
    }

    private synchronized void resume(@Nullable Long end, @Nullable Throwable error) {
        waiting = false;
        wait = null;
        ServletOutputStream stream = out;
        if (ended.isDone() || stream == null) {
            return;
        }
        try {
            if (error != null) {
                tell(ServiceException.of(error));
            } else if (!stream.isReady()) {
                arm();
            } else {
                if (end == null || end <= next) {
                    // The wait timed out. A write finds out whether the client is still connected.
                    stream.write(COMMENT);
                    unflushed = true;
                }
                pump();
            }
        } catch (IOException e) {
            end();
        }
    }

    /** Sends an error as the last event of the stream. */
    private void tell(ServiceException e) {
        ServletOutputStream stream = out;
        try {
            if (stream != null && stream.isReady()) {
                String json = new String(ErrorBody.of(e), StandardCharsets.UTF_8);
                stream.write(Utf8.encode("event: error\ndata: " + json + "\n\n"));
            }
        } catch (IOException disconnected) {
            ended.complete(null);
        }
        end();
    }

    private void arm() {
        Request connection = request;
        if (slow == null && connection != null && !ended.isDone()) {
            slow = connection
                    .getComponents()
                    .getScheduler()
                    .schedule(
                            this::cut,
                            service.limits().slowClientTimeout().toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    private void disarm() {
        Scheduler.Task task = slow;
        if (task != null) {
            task.cancel();
            slow = null;
        }
    }

    private void cut() {
        Request connection = request;
        if (connection != null) {
            connection.getConnectionMetaData().getConnection().getEndPoint().close();
        }
        end();
    }
}
