package io.lignum.cluster.transport;

import io.lignum.cluster.peer.LeaderCommand;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Membership;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

/** Anything nodes can say, from a seed. */
final class RandomPeerTalk {

    private static final List<Message.Refused.Reason> REASONS =
            List.of(Message.Refused.Reason.values());

    private final Random random;

    RandomPeerTalk(long seed) {
        random = new Random(seed);
    }

    /** One of every kind. */
    List<Message> messages() {
        return List.of(
                new Message.Register(
                        epoch(),
                        member(),
                        id(),
                        address(),
                        random.nextBoolean() ? Optional.of(text()) : Optional.empty()),
                new Message.LastBatchPositions(
                        epoch(),
                        some(() -> new Message.LastBatchPosition(
                                id(), random.nextLong(), maybeEpoch(), offset()))),
                new Message.Acks(epoch(), some(() -> new Message.Ack(id(), offset(), offset()))),
                new Message.Alive(epoch(), random.nextLong()),
                new Message.Welcome(epoch(), member()),
                new Message.Refused(epoch(), REASONS.get(random.nextInt(REASONS.size())), text()),
                new Message.EpochEndOffsets(
                        epoch(),
                        some(() -> new Message.EpochEndOffset(
                                id(),
                                random.nextLong(),
                                maybeEpoch(),
                                offset(),
                                offset(),
                                offset(),
                                bytes()))),
                new Message.Append(epoch(), id(), offset(), maybeOffset(), bytes()),
                new Message.Heartbeat(
                        epoch(),
                        random.nextLong(),
                        some(() -> new Message.Watermark(id(), maybeOffset()))));
    }

    /** One of every kind. */
    List<PeerRequest> questions() {
        return List.of(
                new PeerRequest.LogEndRequest(member(), epoch()),
                new PeerRequest.Continuation(
                        member(), epoch(), id(), maybeEpoch(), offset(), epoch()),
                new PeerRequest.ReadIndex(member(), epoch(), id()),
                new PeerRequest.Append(
                        member(), epoch(), text(), bytes(), maybeOffset(), random.nextBoolean()),
                new PeerRequest.Command(member(), epoch(), anyCommand()));
    }

    private LeaderCommand anyCommand() {
        List<LeaderCommand> all = commands();
        return all.get(random.nextInt(all.size()));
    }

    /** One of every kind. */
    List<LeaderCommand> commands() {
        return List.of(
                new LeaderCommand.CreateTopic(text(), text()),
                new LeaderCommand.AlterTopic(text(), text()),
                new LeaderCommand.DeleteTopic(text()),
                new LeaderCommand.TrimTopic(text(), offset()),
                new LeaderCommand.GetStatus(),
                new LeaderCommand.TransferLeadership(
                        random.nextBoolean() ? Optional.of(text()) : Optional.empty()),
                new LeaderCommand.Decommission(text()));
    }

    /** One of every kind. */
    List<PeerResponse> answers() {
        return List.of(
                new PeerResponse.Progress(
                        member(),
                        epoch(),
                        offset(),
                        random.nextBoolean(),
                        some(() -> new PeerResponse.LogEnd(id(), maybeEpoch(), offset())),
                        new Membership(
                                epoch(),
                                offset(),
                                1 + random.nextInt(3),
                                some(this::member),
                                some(() -> new Membership.Known(
                                        text(), address(), random.nextBoolean())))),
                new PeerResponse.Batches(bytes()),
                new PeerResponse.ReadUpTo(epoch(), offset()),
                new PeerResponse.Appended(text(), offset(), epoch(), random.nextBoolean()),
                new PeerResponse.Done(),
                new PeerResponse.TopicChanged(id()),
                new PeerResponse.Status(text()));
    }

    private int epoch() {
        return random.nextInt() >>> (1 + random.nextInt(31));
    }

    private long offset() {
        return random.nextLong() >>> (1 + random.nextInt(63));
    }

    private OptionalInt maybeEpoch() {
        return random.nextInt(3) == 0 ? OptionalInt.empty() : OptionalInt.of(epoch());
    }

    private OptionalLong maybeOffset() {
        return random.nextInt(3) == 0 ? OptionalLong.empty() : OptionalLong.of(offset());
    }

    private UUID id() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private Member member() {
        return new Member(text(), id());
    }

    private NodeAddress address() {
        return new NodeAddress(
                text(), random.nextInt(65_536), random.nextInt(65_536), random.nextInt(65_536));
    }

    private String text() {
        int length = random.nextInt(20);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(random.nextInt(4) == 0 ? "\u00e9" : (char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    /** Part of a larger array, as batches often are. */
    private ByteBuffer bytes() {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        int from = random.nextInt(bytes.length + 1);
        int to = from + random.nextInt(bytes.length - from + 1);
        return ByteBuffer.wrap(bytes).position(from).limit(to);
    }

    private <T> List<T> some(Supplier<T> one) {
        List<T> some = new ArrayList<>();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            some.add(one.get());
        }
        return some;
    }
}
