package io.lignum.client.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.internal.net.ClusterMetadata.Listing;
import io.lignum.client.internal.net.ClusterMetadata.Node;
import io.lignum.client.internal.net.ClusterMetadata.Way;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What is believed of what nodes say. */
class ClusterMetadataTest {

    private static final Address A = new Address("a", 1);
    private static final Address B = new Address("b", 1);
    private static final Address C = new Address("c", 1);

    private static Listing listing(Optional<Address> leader, long epoch) {
        return new Listing(
                true,
                Stream.of(A, B, C)
                        .map(address -> new Node(address.host(), address, true))
                        .toList(),
                leader.map(Address::host),
                epoch);
    }

    private static Optional<Way> direct(Address address) {
        return Optional.of(new Way(address, false));
    }

    @Test
    void oneAddress_isAlwaysTheWayWhateverHappens() {
        ClusterMetadata nodes = new ClusterMetadata(List.of(A));
        assertThat(nodes.isAlone()).isTrue();
        nodes.failed(A);
        assertThat(nodes.toProduce()).isEqualTo(direct(A));
        nodes.notLeading(A, Optional.empty());
        assertThat(nodes.toProduce()).isEqualTo(direct(A));
        assertThat(nodes.toCall()).isEqualTo(A);
    }

    @Test
    void listOfOne_keepsTheAddressThatWorks() {
        ClusterMetadata nodes = new ClusterMetadata(List.of(A));
        nodes.learn(A, new Listing(false, List.of(new Node("a", B, true)), Optional.of("a"), 0));
        assertThat(nodes.toProduce()).isEqualTo(direct(A));
        assertThat(nodes.candidates()).containsExactly(A);
        assertThat(nodes.isAlone()).isTrue();
    }

    @Test
    void hint_isFollowedOnceAndNotInACircle() {
        ClusterMetadata nodes = new ClusterMetadata(List.of(A, B, C));
        assertThat(nodes.notLeading(A, Optional.of(B))).isTrue();
        assertThat(nodes.toProduce()).isEqualTo(direct(B));
        assertThat(nodes.notLeading(B, Optional.of(A))).isFalse();
        assertThat(nodes.leader()).isEmpty();
        assertThat(nodes.toProduce()).isEqualTo(direct(C));
    }

    @Test
    void deadLeaderThatOthersStillName_isNotBelievedUntilItSpeaksItself() {
        ClusterMetadata nodes = new ClusterMetadata(List.of(A, B, C));
        nodes.learn(B, listing(Optional.of(A), 1));
        assertThat(nodes.toProduce()).isEqualTo(direct(A));
        nodes.failed(A);
        nodes.learn(B, listing(Optional.of(A), 1));
        assertThat(nodes.toProduce()).isEmpty();
        assertThat(nodes.learn(A, listing(Optional.of(A), 1))).isTrue();
        assertThat(nodes.toProduce()).isEqualTo(direct(A));
    }

    @Test
    void laterEpoch_isBelievedOfAnyNodeAndAnEarlierOneOfNoNode() {
        ClusterMetadata nodes = new ClusterMetadata(List.of(A, B, C));
        nodes.learn(A, listing(Optional.of(A), 1));
        nodes.notLeading(C, Optional.empty());
        assertThat(nodes.learn(B, listing(Optional.of(C), 2))).isTrue();
        assertThat(nodes.toProduce()).isEqualTo(direct(C));
        assertThat(nodes.learn(A, listing(Optional.of(A), 1))).isFalse();
        assertThat(nodes.toProduce()).isEqualTo(direct(C));
    }

    @Test
    void leaderThatSaysItIsNone_isNotBelievedIn() {
        ClusterMetadata nodes = new ClusterMetadata(List.of(A, B, C));
        nodes.learn(A, listing(Optional.of(A), 1));
        nodes.learn(A, listing(Optional.empty(), 1));
        assertThat(nodes.toProduce()).isEmpty();
    }

    @Test
    void laterEpochThatHasNoLeaderYet_endsTheBeliefInTheOldOne() {
        ClusterMetadata nodes = new ClusterMetadata(List.of(A, B, C));
        nodes.learn(A, listing(Optional.of(A), 1));
        assertThat(nodes.learn(C, listing(Optional.empty(), 2))).isFalse();
        assertThat(nodes.leader()).isEmpty();
        assertThat(nodes.toProduce()).isEmpty();
        assertThat(nodes.learn(A, listing(Optional.of(A), 1))).isFalse();
        assertThat(nodes.notLeading(C, Optional.of(A)))
                .as("a hint to the old one")
                .isFalse();
        assertThat(nodes.learn(C, listing(Optional.of(B), 2))).isTrue();
        assertThat(nodes.toProduce()).isEqualTo(direct(B));
        nodes.learn(C, listing(Optional.empty(), 2));
        assertThat(nodes.toProduce()).as("C alone has not heard of B").isEqualTo(direct(B));
    }

    @Test
    void leaderOfAnEpochThatWasListedWithoutOne_isBelievedOfAnybody() {
        ClusterMetadata nodes = new ClusterMetadata(List.of(A, B, C));
        nodes.learn(A, listing(Optional.of(A), 1));
        nodes.learn(C, listing(Optional.empty(), 2));
        nodes.notLeading(B, Optional.empty());
        nodes.appended(A); // It does not know yet, and an answer was under way.
        assertThat(nodes.toProduce()).isEqualTo(direct(A));
        assertThat(nodes.learn(C, listing(Optional.of(B), 2))).isTrue();
        assertThat(nodes.toProduce()).isEqualTo(direct(B));
        nodes.failed(B);
        nodes.learn(C, listing(Optional.of(B), 2));
        assertThat(nodes.toProduce()).as("believed once").isEmpty();
    }

    @Test
    void leaderThatIsOutOfReachForLong_isReachedThroughOthers() {
        ClusterMetadata nodes = new ClusterMetadata(List.of(B));
        nodes.learn(B, listing(Optional.of(A), 1));
        nodes.failed(A);
        for (int i = 0; i < 20; i++) {
            nodes.failed(A);
            nodes.failed(C);
            nodes.learn(B, listing(Optional.of(A), 1));
            nodes.searched();
        }
        assertThat(nodes.toProduce()).contains(new Way(B, true));
    }

    @Test
    void readers_getWhatTheyPreferThenTheLeaderThenWhoeverDidNotFail() {
        ClusterMetadata nodes = new ClusterMetadata(List.of(A));
        nodes.learn(A, listing(Optional.of(B), 1));
        assertThat(nodes.toRead(Optional.empty())).startsWith(B);
        assertThat(nodes.toRead(Optional.of("c"))).startsWith(C, B);
        assertThat(nodes.toRead(Optional.of("c:1"))).startsWith(C, B);
        assertThat(nodes.toRead(Optional.of("unknown"))).startsWith(B);
        nodes.failed(C);
        assertThat(nodes.toRead(Optional.of("c"))).startsWith(B, A).endsWith(C);
    }

    @Test
    void nonsense_isBounded() {
        ClusterMetadata nodes = new ClusterMetadata(List.of(A));
        List<Node> many = Stream.iterate(1, i -> i + 1)
                .limit(1_000)
                .map(i -> new Node("n" + i, new Address("n" + i, i), true))
                .toList();
        nodes.learn(A, new Listing(true, many, Optional.of("n1"), 1));
        assertThat(nodes.candidates()).containsExactly(A);
        many.forEach(node -> nodes.notLeading(A, Optional.of(node.address())));
        many.forEach(node -> nodes.failed(node.address()));
        assertThat(nodes.used()).hasSizeLessThanOrEqualTo(2);
    }
}
