package io.lignum.cluster.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.peer.Message.Alive;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** The contract that every {@link Network} fulfils. */
public abstract class NetworkContract {

    /** The nodes and the network between them. */
    public interface World extends AutoCloseable {

        /** Address of the node with this number, whether it runs or not. */
        NodeAddress address(int node);

        /** Starts the node with this number again. */
        Network start(int node);

        /** Lets time pass until the condition holds. */
        void await(String what, Duration atMost, BooleanSupplier condition);

        /** Another address of this node, which {@link #cut} can cut off. */
        default NodeAddress addressToCut(int node) {
            return address(node);
        }

        /** No message passes between the two any more, and neither side notices. */
        void cut(int one, int other);

        @Override
        void close();
    }

    /** Answers requests and records the callers. */
    protected static final class Service implements PeerService {

        final List<RecordingReceiver> ears = new ArrayList<>();
        private final boolean slow;

        Service(boolean slow) {
            this.slow = slow;
        }

        @Override
        public PeerStreamReceiver accept(PeerStream stream) {
            RecordingReceiver ear =
                    (slow ? RecordingReceiver.slow() : RecordingReceiver.quick()).on(stream);
            synchronized (this) {
                ears.add(ear);
            }
            return ear;
        }

        public synchronized int accepted() {
            return ears.size();
        }

        public synchronized RecordingReceiver ear() {
            return ears.get(ears.size() - 1);
        }

        @Override
        public CompletableFuture<PeerResponse> answer(PeerRequest question) {
            if (question instanceof PeerRequest.ReadIndex index) {
                return CompletableFuture.completedFuture(
                        new PeerResponse.ReadUpTo(index.epoch(), 7));
            }
            if (question instanceof PeerRequest.Continuation continuation) {
                return CompletableFuture.completedFuture(
                        new PeerResponse.Batches(ByteBuffer.allocate(continuation.maxBytes())));
            }
            if (question instanceof PeerRequest.Append) {
                return CompletableFuture.failedFuture(
                        new PeerException("NOT_LEADER", false, "another node leads", null));
            }
            if (question instanceof PeerRequest.LogEndRequest) {
                throw new IllegalStateException("a bug");
            }
            return new CompletableFuture<>(); // Never.
        }
    }

    protected static final Duration SOON = Duration.ofSeconds(10);
    protected static final Member ME = new Member("me", new UUID(1, 2));
    protected static final UUID TOPIC = new UUID(3, 4);

    protected World world;
    protected Network one;
    protected Network two;

    protected abstract World world();

    @BeforeEach
    void start() {
        world = world();
        one = world.start(1);
        two = world.start(2);
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        world.close();
    }

    protected Service serve(Network network) {
        Service service = new Service(false);
        network.serve(service);
        return service;
    }

    protected Service serveSlowly(Network network) {
        Service service = new Service(true);
        network.serve(service);
        return service;
    }

    protected void await(String what, BooleanSupplier condition) {
        world.await(what, SOON, condition);
    }

    protected static Message.Append append(byte[] bytes) {
        return new Message.Append(1, TOPIC, 0, OptionalLong.empty(), ByteBuffer.wrap(bytes));
    }

    protected static PeerRequest ask(String command) {
        return new PeerRequest.Command(ME, 1, new LeaderCommand.Decommission(command));
    }

    protected PeerException failure(CompletableFuture<PeerResponse> answer) {
        await("the answer", answer::isDone);
        Throwable failure = answer.handle((given, failed) -> failed).join();
        if (failure instanceof PeerException refusal) {
            return refusal;
        }
        throw new AssertionError("no PeerException", failure);
    }

    // ---- links

    @Test
    void messagesBothWays_arriveInOrder() {
        Service service = serve(two);
        RecordingReceiver ear = RecordingReceiver.quick();
        PeerStream stream = one.connect(world.address(2), ear);
        for (int i = 0; i < 500; i++) {
            stream.send(new Alive(1, i));
        }
        await(
                "all at the callee",
                () -> service.accepted() == 1 && service.ear().count() == 500);
        for (int i = 0; i < 500; i++) {
            service.ear().stream().send(new Alive(2, i));
        }
        await("all at the caller", () -> ear.count() == 500);

        for (int i = 0; i < 500; i++) {
            assertThat(service.ear().received().get(i)).isEqualTo(new Alive(1, i));
            assertThat(ear.received().get(i)).isEqualTo(new Alive(2, i));
        }
        assertThat(ear.isClosed()).isFalse();
    }

    @Test
    void bigBatches_arriveUnchanged() {
        Service service = serve(two);
        RecordingReceiver ear = RecordingReceiver.quick();
        PeerStream stream = one.connect(world.address(2), ear);
        byte[] bytes = new byte[4 << 20];
        new Random(5).nextBytes(bytes);
        stream.send(append(bytes));
        stream.send(append(new byte[0]));
        await("there", () -> service.accepted() == 1 && service.ear().count() == 2);
        service.ear().stream().send(append(bytes));
        await("back", () -> ear.count() == 1);

        assertThat(service.ear().received()).containsExactly(append(bytes), append(new byte[0]));
        assertThat(ear.received()).containsExactly(append(bytes));
    }

    @Test
    void receiverNotDone_getsNothingMoreAndStopsItsSender() {
        Service service = serveSlowly(two);
        RecordingReceiver ear = RecordingReceiver.quick();
        PeerStream stream = one.connect(world.address(2), ear);
        await("writable", stream::isWritable);
        int sent = 0;
        while (sent < 1_000) {
            // The network may accept some more into its own buffers.
            if (!settlesWritable(stream)) {
                break;
            }
            stream.send(append(new byte[64 * 1024]));
            sent++;
        }
        assertThat(sent).isLessThan(400); // 25 MiB; the kernel's buffers are part of it.
        assertThat(service.ear().count()).isEqualTo(1);
        int callsBefore = ear.writableCalls();

        int all = sent;
        for (int i = 1; i <= all; i++) {
            int expected = i;
            await("message " + i, () -> service.ear().count() == expected);
            service.ear().done();
        }
        await("writable again", () -> ear.writableCalls() > callsBefore && stream.isWritable());
    }

    private boolean settlesWritable(PeerStream stream) {
        try {
            world.await("writable", Duration.ofMillis(300), stream::isWritable);
            return true;
        } catch (AssertionError stillFull) {
            return false;
        }
    }

    @Test
    void closedByCaller_deliversWhatWasSentAndTellsBoth() {
        Service service = serve(two);
        RecordingReceiver ear = RecordingReceiver.quick();
        PeerStream stream = one.connect(world.address(2), ear);
        for (int i = 0; i < 100; i++) {
            stream.send(new Alive(1, i));
        }
        stream.close();
        stream.close();
        stream.send(new Alive(1, 100)); // Too late, so it is ignored.

        await(
                "notified",
                () -> ear.isClosed() && service.accepted() == 1 && service.ear().isClosed());
        assertThat(service.ear().count()).isEqualTo(100);
    }

    @Test
    void closedByCallee_deliversWhatWasSentAndTellsBoth() {
        Service service = serve(two);
        RecordingReceiver ear = RecordingReceiver.quick();
        one.connect(world.address(2), ear).send(new Alive(1, 1));
        await("accepted", () -> service.accepted() == 1 && service.ear().count() == 1);
        PeerStream stream = service.ear().stream();
        for (int i = 0; i < 100; i++) {
            stream.send(new Alive(2, i));
        }
        stream.close();

        await("notified", () -> ear.isClosed() && service.ear().isClosed());
        assertThat(ear.count()).isEqualTo(100);
    }

    @Test
    void networkClosed_tellsBothSides() {
        Service service = serve(two);
        RecordingReceiver ear = RecordingReceiver.quick();
        one.connect(world.address(2), ear).send(new Alive(1, 1));
        await("accepted", () -> service.accepted() == 1 && service.ear().count() == 1);
        CompletableFuture<PeerResponse> pending =
                one.ask(world.address(2), ask("never"), Duration.ofMinutes(1));
        two.close();

        await("notified", () -> ear.isClosed() && service.ear().isClosed());
        assertThat(failure(pending).code()).isEqualTo(PeerException.UNREACHABLE);
    }

    @Test
    void peerDoesNotListen_isReportedAsClosedAndNotSent() {
        RecordingReceiver ear = RecordingReceiver.quick();
        one.connect(world.address(3), ear).send(new Alive(1, 1));
        await("notified", ear::isClosed);

        PeerException failure = failure(one.ask(world.address(3), ask("x"), Duration.ofSeconds(5)));
        assertThat(failure.code()).isEqualTo(PeerException.UNREACHABLE);
        assertThat(failure.isUnknown()).isFalse();
    }

    @Test
    void notServingYet_isRefused() {
        RecordingReceiver ear = RecordingReceiver.quick();
        one.connect(world.address(2), ear).send(new Alive(1, 1));
        await("notified", ear::isClosed);
        PeerException failure = failure(one.ask(world.address(2), ask("x"), Duration.ofSeconds(5)));
        assertThat(failure.isUnknown()).isFalse();
    }

    @Test
    void peerRestarts_isReachedAgainSoon() {
        serve(two);
        PeerRequest question = new PeerRequest.ReadIndex(ME, 1, TOPIC);
        CompletableFuture<PeerResponse> before =
                one.ask(world.address(2), question, Duration.ofSeconds(5));
        await("answered", before::isDone);
        RecordingReceiver broken = RecordingReceiver.quick();
        one.connect(world.address(2), broken).send(new Alive(1, 1));
        two.close();
        await("notified", broken::isClosed);
        for (int i = 0; i < 5; i++) {
            failure(one.ask(world.address(2), question, Duration.ofSeconds(5)));
        }
        two = world.start(2);
        Service service = serve(two);

        CompletableFuture<PeerResponse> again =
                one.ask(world.address(2), question, Duration.ofSeconds(5));
        RecordingReceiver ear = RecordingReceiver.quick();
        one.connect(world.address(2), ear).send(new Alive(1, 1));
        world.await("answered", Duration.ofSeconds(2), again::isDone);
        assertThat(again.join()).isEqualTo(new PeerResponse.ReadUpTo(1, 7));
        await("accepted", () -> service.accepted() == 1 && service.ear().count() == 1);
    }

    @Test
    void halfOpen_isNoticedByBothSides() {
        Service service = serve(two);
        RecordingReceiver ear = RecordingReceiver.quick();
        PeerStream stream = one.connect(world.addressToCut(2), ear);
        stream.send(new Alive(1, 1));
        await("accepted", () -> service.accepted() == 1 && service.ear().count() == 1);
        world.cut(1, 2);
        stream.send(new Alive(1, 2));

        await("caller notified", ear::isClosed);
        await("callee notified", service.ear()::isClosed);
        assertThat(service.ear().count()).isEqualTo(1);
    }

    // ---- questions

    @Test
    void thousandQuestionsAtOnce_areAllAnswered() {
        serve(two);
        List<CompletableFuture<PeerResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            answers.add(one.ask(
                    world.address(2),
                    new PeerRequest.ReadIndex(ME, i, TOPIC),
                    Duration.ofSeconds(30)));
        }
        await("answers", () -> answers.stream().allMatch(CompletableFuture::isDone));
        for (int i = 0; i < 1_000; i++) {
            assertThat(answers.get(i).join()).isEqualTo(new PeerResponse.ReadUpTo(i, 7));
        }
    }

    @Test
    void bigAnswer_arrives() {
        serve(two);
        CompletableFuture<PeerResponse> answer = one.ask(
                world.address(2),
                new PeerRequest.Continuation(ME, 1, TOPIC, OptionalInt.of(3), 5, 4 << 20),
                SOON);
        await("answered", answer::isDone);
        assertThat(((PeerResponse.Batches) answer.join()).batches().remaining()).isEqualTo(4 << 20);
    }

    @Test
    void refusal_arrivesWithItsCode() {
        serve(two);
        PeerException failure = failure(one.ask(
                world.address(2),
                new PeerRequest.Append(
                        ME, 1, "topic", ByteBuffer.allocate(9), OptionalLong.empty(), true),
                SOON));
        assertThat(failure.code()).isEqualTo("NOT_LEADER");
        assertThat(failure.isUnknown()).isFalse();
        assertThat(failure).hasMessage("another node leads");
    }

    @Test
    void serviceWithABug_isInternalAndUnknown() {
        serve(two);
        PeerException failure =
                failure(one.ask(world.address(2), new PeerRequest.LogEndRequest(ME, 1), SOON));
        assertThat(failure.code()).isEqualTo("INTERNAL");
        assertThat(failure.isUnknown()).isTrue();
    }

    @Test
    void noAnswerInTime_isUnknown() {
        serve(two);
        PeerException failure =
                failure(one.ask(world.address(2), ask("never"), Duration.ofMillis(500)));
        assertThat(failure.code()).isEqualTo(PeerException.UNREACHABLE);
        assertThat(failure.isUnknown()).isTrue();
    }

    @Test
    void closedNetwork_refusesEverything() {
        serve(two);
        one.close();
        RecordingReceiver ear = RecordingReceiver.quick();
        one.connect(world.address(2), ear).send(new Alive(1, 1));
        await("notified", ear::isClosed);
        assertThat(failure(one.ask(world.address(2), ask("x"), SOON)).code())
                .isEqualTo(PeerException.UNREACHABLE);
    }
}
