package io.lignum.client.internal.net;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a client knows of its cluster: which nodes there are, which of them leads, and which were of
 * no use of late. It is told what was heard and decides what to believe; no clock, no network. Any
 * thread; all is guarded by this.
 *
 * <p>Words about the leader are of different worth. What a node says of itself, or in a later epoch
 * than was known, is believed. What it says of another one may be old: that is believed only while
 * the other has not shown the contrary. So nodes that point to each other are not followed in
 * circles, and a dead leader that the others still name is not tried over and over.
 */
public final class ClusterMetadata {

    /** Far more than a cluster has; only a node that talks nonsense gets there. */
    private static final int MOST = 64;

    /**
     * After so many rounds of a search a leader that is named counts as out of reach from here. The
     * first ones are close together: it is a second at least, and some as a rule. A leader that has
     * died is named for about as long.
     */
    private static final int VAIN_ROUNDS = 16;

    /**
     * A way to the leader.
     *
     * @param forward the node is not believed to lead, and is to send on what it gets
     */
    public record Way(Address address, boolean forward) {}

    /** One node as listed. */
    public record Node(String id, Address address, boolean alive) {}

    /**
     * What one node says of all.
     *
     * @param clustered false: it stands alone
     * @param leader id of the one that leads, if there is one
     */
    public record Listing(
            boolean clustered, List<Node> nodes, Optional<String> leader, long epoch) {

        Optional<Address> leaderAddress() {
            return leader.flatMap(id -> nodes.stream()
                    .filter(node -> node.id.equals(id))
                    .findFirst()
                    .map(Node::address));
        }
    }

    private final List<Address> seeds;
    private List<Node> listed = List.of();
    private boolean clustered;
    private long epoch;

    /** Who is believed to lead; null: nobody, or it is not known. */
    private @Nullable Address leader;

    /**
     * The latest epoch of which a list has named a leader that was believed. A list may be of a
     * later epoch and name nobody yet, as who is elected needs a moment before it leads.
     */
    private long leaderEpoch;

    /** There is a cluster that was heard to have no leader, or none that is any good. */
    private boolean leaderless;

    /** Rounds of a search in which nodes named a leader that is of no use to us. */
    private int vainRounds;

    /**
     * Could not be reached or did not answer; the first in the order of insertion the longest ago.
     */
    private final Map<Address, Boolean> failed = bounded();

    /** Said that they do not lead, likewise. */
    private final Map<Address, Boolean> refused = bounded();

    public ClusterMetadata(List<Address> seeds) {
        this.seeds = List.copyOf(new LinkedHashSet<>(seeds));
    }

    private static Map<Address, Boolean> bounded() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Address, Boolean> eldest) {
                return size() > MOST;
            }
        };
    }

    private static void mark(Map<Address, Boolean> marks, Address address) {
        marks.remove(address);
        marks.put(address, true);
    }

    // What was heard. True: the belief about the leader has changed to somebody.

    /** A node has said who there is. */
    public synchronized boolean learn(Address from, Listing listing) {
        if (listing.nodes.size() <= 1) {
            // Its own address as it sees it may be of no use to us; this one was.
            List<Node> alone = listing.nodes.stream()
                    .map(node -> new Node(node.id, from, node.alive))
                    .toList();
            return learnOf(
                    from, new Listing(listing.clustered, alone, listing.leader, listing.epoch));
        }
        return learnOf(from, listing);
    }

    private boolean learnOf(Address from, Listing listing) {
        failed.remove(from);
        if (listing.nodes.isEmpty()
                || listing.nodes.size() > MOST
                || listing.epoch < epoch
                || (clustered && !listing.clustered)) {
            return false;
        }
        boolean later = listing.epoch > epoch;
        epoch = listing.epoch;
        clustered = listing.clustered;
        listed = List.copyOf(listing.nodes);
        Address named = listing.leaderAddress().orElse(null);
        Address before = leader;
        if (before != null
                && ((from.equals(before) && !from.equals(named)) || (later && named == null))) {
            leader = null;
            mark(refused, before);
        }
        boolean believed = named != null
                && (listing.epoch > leaderEpoch
                        || (leader == null && (named.equals(from) || isUnmarked(named))));
        if (named != null && believed) {
            leaderEpoch = listing.epoch;
            refused.remove(named);
        }
        leaderless = listing.nodes.size() > 1 && !believed && leader == null;
        vainRounds = named == null ? 0 : vainRounds;
        return named != null && believed && believe(named);
    }

    private boolean isUnmarked(Address address) {
        return !failed.containsKey(address) && !refused.containsKey(address);
    }

    private boolean believe(Address address) {
        boolean changed = !address.equals(leader);
        leader = address;
        leaderless = false;
        vainRounds = 0;
        return changed;
    }

    /** A node has said that it does not lead, and perhaps who does. */
    public synchronized boolean notLeading(Address from, Optional<Address> hint) {
        failed.remove(from);
        mark(refused, from);
        leader = from.equals(leader) ? null : leader;
        return leader == null && hint.isPresent() && isUnmarked(hint.get()) && believe(hint.get());
    }

    /** A node could not be reached, or did not answer. */
    public synchronized void failed(Address address) {
        mark(failed, address);
        leader = address.equals(leader) ? null : leader;
    }

    /** A node has done what was asked of it. */
    public synchronized void answered(Address address) {
        failed.remove(address);
    }

    /** A node has appended something, so it leads; on its own in any case. */
    public synchronized boolean appended(Address address) {
        failed.remove(address);
        refused.remove(address);
        return leader == null && believe(address);
    }

    /** All have been asked once more; what they said has been told before. */
    public synchronized void searched() {
        vainRounds += leaderless ? 1 : 0;
    }

    // What to do.

    /** Whether there is but one address to go to, and no cluster known behind it. */
    public synchronized boolean isAlone() {
        return leader == null ? candidates().size() == 1 : !clustered && seeds.size() == 1;
    }

    /** Whether the nodes are a cluster, as far as that is known. */
    public synchronized boolean isCluster() {
        return clustered;
    }

    public synchronized Optional<Address> leader() {
        return Optional.ofNullable(leader);
    }

    /**
     * Where to send batches; empty: no node leads, so it makes no sense to send them anywhere. When
     * all name a leader that cannot be reached from here, because it has another address here, they
     * have to go through one that can.
     */
    public synchronized Optional<Way> toProduce() {
        if (leader != null) {
            return Optional.of(new Way(leader, false));
        }
        if (leaderless && vainRounds < VAIN_ROUNDS) {
            return Optional.empty();
        }
        // Whoever refused longest ago first: a leader may have been elected meanwhile.
        List<Map<Address, Boolean>> marks = leaderless ? List.of(failed) : List.of(refused, failed);
        return Optional.of(new Way(inOrder(candidates(), marks).get(0), leaderless));
    }

    /** Where to send calls that any node takes. */
    public synchronized Address toCall() {
        return toRead(Optional.empty()).get(0);
    }

    /** Where to read from, the best first: never empty. */
    public synchronized List<Address> toRead(Optional<String> preferred) {
        List<Address> order = new ArrayList<>();
        preferred.flatMap(this::resolve).ifPresent(order::add);
        if (leader != null) {
            order.add(leader);
        }
        order.addAll(candidates());
        return inOrder(new LinkedHashSet<>(order), List.of(failed));
    }

    /** The address of a node given by its id, or by its address if that is one of ours. */
    public synchronized Optional<Address> resolve(String node) {
        for (Node one : listed) {
            if (one.id.equals(node)) {
                return Optional.of(one.address);
            }
        }
        return Optional.of(node)
                .filter(Address::isAddress)
                .map(Address::parse)
                .filter(address -> candidates().contains(address));
    }

    /** Whether the cluster says that a node of it is gone. */
    public synchronized boolean isDead(Address address) {
        return listed.stream().anyMatch(node -> node.address.equals(address) && !node.alive);
    }

    /** Those besides one that the cluster has and takes for alive. */
    public synchronized List<Address> othersThan(Address one) {
        return listed.stream()
                .filter(Node::alive)
                .map(Node::address)
                .filter(address -> !address.equals(one))
                .toList();
    }

    /** Those to whom connections are of use. */
    public synchronized Set<Address> used() {
        Set<Address> used = candidates();
        if (leader != null) {
            used.add(leader);
        }
        return used;
    }

    /** Those that were of no use of late although the cluster has them: they may have recovered. */
    public synchronized List<Address> suspects() {
        return listed.stream()
                .filter(node -> node.alive && failed.containsKey(node.address))
                .map(Node::address)
                .toList();
    }

    /** All that there are, those that are alive first, and what the user has given behind. */
    public synchronized Set<Address> candidates() {
        Set<Address> all = new LinkedHashSet<>();
        listed.stream().filter(Node::alive).map(Node::address).forEach(all::add);
        listed.stream().filter(node -> !node.alive).map(Node::address).forEach(all::add);
        all.addAll(seeds);
        return all;
    }

    /** Those without a mark first, then those whose mark is oldest. */
    private static List<Address> inOrder(
            Set<Address> addresses, List<Map<Address, Boolean>> marks) {
        Map<Address, Integer> age = new LinkedHashMap<>();
        for (Map<Address, Boolean> kind : marks) {
            for (Address marked : kind.keySet()) {
                age.put(marked, age.size() + 1);
            }
        }
        return addresses.stream()
                .sorted(Comparator.comparingInt(address -> age.getOrDefault(address, 0)))
                .toList();
    }
}
