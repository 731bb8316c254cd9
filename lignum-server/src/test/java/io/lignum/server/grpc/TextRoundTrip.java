package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.lignum.api.AppendRequest;
import io.lignum.api.Batch;
import io.lignum.api.Fetched;
import io.lignum.api.Message;
import io.lignum.api.MessageList;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.api.ReadFormat;
import io.lignum.api.SubscribeRequest;
import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatchBuilder;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A text in by a Produce stream, out by a subscription, and both digests compared. */
final class TextRoundTrip {

    private static final int LINES_PER_BATCH = 500;

    private final GrpcNode node;
    private final int lines;
    private final boolean raw;
    private final MessageDigest sent = sha256();
    private final MessageDigest received = sha256();
    private long lineNumber;

    TextRoundTrip(GrpcNode node, int lines, boolean raw) {
        this.node = node;
        this.lines = lines;
        this.raw = raw;
    }

    void run() throws Exception {
        long startNanos = System.nanoTime();
        Sender sender = new Sender();
        node.logAsync().produce(sender);
        assertThat(sender.end.get(10, TimeUnit.MINUTES)).isEqualTo(Status.OK);
        assertThat(sender.appended).isEqualTo(lines);
        long written = System.nanoTime();

        Receiver receiver = new Receiver();
        node.logAsync()
                .subscribe(
                        SubscribeRequest.newBuilder()
                                .setTopic("text")
                                .setBeginning(true)
                                .setTo(lines)
                                .setFormat(raw ? ReadFormat.RAW_BATCHES : ReadFormat.MESSAGES)
                                .build(),
                        receiver);
        assertThat(receiver.end.get(10, TimeUnit.MINUTES)).isEqualTo(Status.OK);
        long read = System.nanoTime();

        assertThat(HexFormat.of().formatHex(received.digest()))
                .isEqualTo(HexFormat.of().formatHex(sent.digest()));
        System.out.printf(
                "%,d lines, %s: in %.1f s, out %.1f s%n",
                lines,
                raw ? "raw" : "messages",
                (written - startNanos) / 1e9,
                (read - written) / 1e9);
    }

    /** Lines like those of a log, some empty, some long, some not ASCII. */
    private List<byte[]> nextLines() {
        List<byte[]> batch = new ArrayList<>();
        Random random = new Random(lineNumber);
        while (batch.size() < LINES_PER_BATCH && lineNumber < lines) {
            int kind = random.nextInt(100);
            String line = kind == 0
                    ? ""
                    : kind == 1
                            ? "zażółć gęślą jaźń \u0000\t" + "=".repeat(random.nextInt(3_000))
                            : "2026-11-22T00:00:00 host daemon[" + random.nextInt(9_999)
                                    + "]: line " + lineNumber + " of a text "
                                    + Long.toHexString(random.nextLong());
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            add(sent, bytes);
            batch.add(bytes);
            lineNumber++;
        }
        return batch;
    }

    private AppendRequest request(List<byte[]> batch) {
        AppendRequest.Builder request = AppendRequest.newBuilder().setTopic("text");
        if (raw) {
            List<LogRecord> records = batch.stream().map(LogRecord::of).toList();
            return request.setBatch(Batch.newBuilder()
                            .setRaw(ByteString.copyFrom(
                                    RecordBatchBuilder.build(records, Compression.NONE, 1))))
                    .build();
        }
        MessageList.Builder messages = MessageList.newBuilder();
        batch.forEach(line ->
                messages.addMessage(Message.newBuilder().setData(ByteString.copyFrom(line))));
        return request.setBatch(Batch.newBuilder().setMessages(messages)).build();
    }

    private static void add(MessageDigest digest, byte[] line) {
        digest.update(line);
        digest.update((byte) '\n');
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (java.security.NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /** Sends while the transport takes it. */
    private final class Sender implements ClientResponseObserver<ProduceRequest, ProduceResponse> {

        final CompletableFuture<Status> end = new CompletableFuture<>();
        long appended;
        private boolean done;

        @Override
        public void beforeStart(ClientCallStreamObserver<ProduceRequest> call) {
            call.setOnReadyHandler(() -> {
                while (call.isReady() && !done) {
                    List<byte[]> batch = nextLines();
                    if (batch.isEmpty()) {
                        done = true;
                        call.onCompleted();
                    } else {
                        call.onNext(Batches.numbered(lineNumber, request(batch)));
                    }
                }
            });
        }

        @Override
        public void onNext(ProduceResponse answer) {
            if (answer.hasError() || answer.getAppended().getFirstOffset() != appended) {
                end.complete(Status.INTERNAL.withDescription("after " + appended + ": " + answer));
            }
            appended += answer.getAppended().getCount();
        }

        @Override
        public void onError(Throwable cause) {
            end.complete(Status.fromThrowable(cause));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }

    private final class Receiver implements io.grpc.stub.StreamObserver<Fetched> {

        final CompletableFuture<Status> end = new CompletableFuture<>();

        @Override
        public void onNext(Fetched answer) {
            if (raw) {
                Batches.values(answer.getRawBatches()).forEach(value -> add(received, value));
            } else {
                answer.getMessageList()
                        .forEach(message -> add(received, message.getData().toByteArray()));
            }
        }

        @Override
        public void onError(Throwable cause) {
            end.complete(Status.fromThrowable(cause));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }
}
