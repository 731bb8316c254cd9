package io.lignum.cluster.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.peer.Message.Alive;
import io.lignum.cluster.sim.MemoryNetwork;
import io.lignum.cluster.sim.SimulatedTime;
import io.lignum.cluster.sim.Ticker;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

final class MemoryNetworkTest extends NetworkContract {

    private static final class Simulated implements World {

        final SimulatedTime time;
        final MemoryNetwork network;

        Simulated(long seed) {
            System.out.println("MemoryNetworkTest seed " + seed);
            time = new SimulatedTime(seed);
            network = new MemoryNetwork(
                    Ticker.of(time), time.random(), MemoryNetwork.Quality.ordinary());
        }

        @Override
        public NodeAddress address(int node) {
            return new NodeAddress("node" + node, 7000, 0, 0);
        }

        @Override
        public Network start(int node) {
            return network.node(address(node));
        }

        @Override
        public void await(String what, Duration atMost, BooleanSupplier condition) {
            AtomicBoolean late = new AtomicBoolean();
            time.schedule(atMost, () -> late.set(true));
            while (!condition.getAsBoolean()) {
                if (late.get() || !time.step()) {
                    throw new AssertionError("not within " + atMost + ": " + what);
                }
            }
        }

        @Override
        public void cut(int one, int other) {
            network.cut(address(one), address(other));
        }

        @Override
        public void close() {}
    }

    private final Simulated simulated = new Simulated(Long.getLong("lignum.seed", 1));
    private final MemoryNetwork network = simulated.network;

    @Override
    protected World world() {
        return simulated;
    }

    private void run(Duration span) {
        simulated.time.run(span);
    }

    private PeerStream open(Service service, RecordingReceiver ear) {
        PeerStream stream = one.connect(world.address(2), ear);
        stream.send(new Alive(1, 0));
        world.await("open", SOON, () -> service.accepted() == 1 && service.ear().count() == 1);
        world.await("known to be open", SOON, stream::isWritable);
        return stream;
    }

    @Test
    void cutHealedInTime_deliversWhatItHeldBack() {
        Service service = serve(two);
        RecordingReceiver ear = RecordingReceiver.quick();
        PeerStream stream = open(service, ear);
        network.cut(world.address(1), world.address(2));
        stream.send(new Alive(1, 1));
        run(Duration.ofSeconds(3));
        assertThat(service.ear().count()).isEqualTo(1);
        network.heal(world.address(1), world.address(2));
        stream.send(new Alive(1, 2));
        run(Duration.ofSeconds(10));

        assertThat(service.ear().received())
                .containsExactly(new Alive(1, 0), new Alive(1, 1), new Alive(1, 2));
        assertThat(ear.isClosed()).isFalse();
    }

    @Test
    void cutInOneDirection_deliversInTheOtherUntilItIsNoticed() {
        Service service = serve(two);
        RecordingReceiver ear = RecordingReceiver.quick();
        open(service, ear);
        network.cutOneWay(world.address(1), world.address(2));
        service.ear().stream().send(new Alive(2, 1));
        run(Duration.ofSeconds(1));
        assertThat(ear.count()).isEqualTo(1);
        run(Duration.ofSeconds(6));
        assertThat(ear.isClosed()).isTrue();
        assertThat(service.ear().isClosed()).isTrue();
    }

    @Test
    void answerLostByCut_isUnknown() {
        serve(two);
        CompletableFuture<PeerResponse> answer = one.ask(
                world.address(2), new PeerRequest.ReadIndex(ME, 1, TOPIC), Duration.ofSeconds(2));
        network.cutOneWay(world.address(2), world.address(1));

        PeerException failure = failure(answer);
        assertThat(failure.code()).isEqualTo(PeerException.UNREACHABLE);
        assertThat(failure.isUnknown()).isTrue();
    }

    @Test
    void linkToNodeCutOff_isClosedAfterTheConnectTimeout() {
        serve(two);
        network.isolate(world.address(2));
        RecordingReceiver ear = RecordingReceiver.quick();
        one.connect(world.address(2), ear);
        run(Duration.ofMillis(900));
        assertThat(ear.isClosed()).isFalse();
        run(Duration.ofMillis(200));
        assertThat(ear.isClosed()).isTrue();
    }

    @Test
    void crashedNode_hearsNothingAndItsPeersFindOut() {
        Service service = serve(two);
        RecordingReceiver ear = RecordingReceiver.quick();
        open(service, ear);
        CompletableFuture<PeerResponse> pending =
                one.ask(world.address(2), ask("never"), Duration.ofMinutes(1));
        run(Duration.ofMillis(10));
        network.crash(world.address(2));
        Network reborn = world.start(2);
        run(Duration.ofMillis(10));

        assertThat(ear.isClosed()).isTrue();
        assertThat(service.ear().isClosed()).isFalse();
        assertThat(failure(pending).isUnknown()).isTrue();
        Service second = serve(reborn);
        one.connect(world.address(2), RecordingReceiver.quick()).send(new Alive(1, 1));
        run(Duration.ofMillis(20));
        assertThat(second.ear().count()).isEqualTo(1);
    }

    @Test
    void reset_breaksLinksAndQuestions() {
        Service service = serve(two);
        RecordingReceiver ear = RecordingReceiver.quick();
        open(service, ear);
        CompletableFuture<PeerResponse> pending =
                one.ask(world.address(2), ask("never"), Duration.ofMinutes(1));
        run(Duration.ofMillis(10));
        network.reset(world.address(1));
        run(Duration.ofMillis(10));

        assertThat(ear.isClosed()).isTrue();
        assertThat(service.ear().isClosed()).isTrue();
        assertThat(failure(pending).code()).isEqualTo(PeerException.UNREACHABLE);
    }

    @Test
    void slowNode_isReachedLater() {
        serve(two);
        network.slow(world.address(2), Duration.ofMillis(300));
        CompletableFuture<PeerResponse> answer =
                one.ask(world.address(2), new PeerRequest.ReadIndex(ME, 1, TOPIC), SOON);
        run(Duration.ofMillis(590));
        assertThat(answer).isNotDone();
        run(Duration.ofMillis(20));
        assertThat(answer).isCompleted();
    }
}
