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
 * What a client knows of its cluster: the nodes, the leader, and the nodes that recently failed. It
 * gets events and decides what to believe; it has neither a clock nor a network. Any thread;
 * guarded by this object's monitor.
 *
 * <p>Reports about the leader differ in reliability. The client believes what a node says about
 * itself, and any report of an epoch later than it knew. It believes a report about another node
 * only while that node has not contradicted it, since the report may be outdated. So the client
 * does not go round between nodes that name each other, and does not retry a dead leader that
 * others still name.
 */
public final class ClusterMetadata {

    /** Far more nodes than a cluster has; only an invalid answer has more. */
    private static final int MOST = 64;

    /**
     * After this many rounds of a search, a leader that nodes name is considered unreachable for
     * this client. The rounds take at least a second, since pauses grow. A dead leader is named for
     * about as long.
     */
    private static final int VAIN_ROUNDS = 16;

    /**
     * A way to the leader.
     *
     * @param forward the node is not believed to lead, and is asked to forward what it gets
     */
    public record Way(Address address, boolean forward) {}

    /** A node in a list of nodes. */
    public record Node(String id, Address address, boolean alive) {}

    /**
     * The answer of one node about all nodes.
     *
     * @param clustered false if the node is standalone
     * @param leader the id of the leader; empty if the node knows none
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

    /** The node believed to lead; null if none is. */
    private @Nullable Address leader;

    /**
     * The latest epoch of which a list has named a leader that was believed. A list of a later
     * epoch may name none, while an elected node prepares to lead.
     */
    private long leaderEpoch;

    /** The nodes are a cluster and have reported no leader that can be believed. */
    private boolean leaderless;

    /** Rounds of the search in which nodes named a leader that this client cannot reach. */
    private int vainRounds;

    /** Nodes that were unreachable or did not answer; the oldest failure first. */
    private final Map<Address, Boolean> failed = bounded();

    /** Nodes that said that they do not lead; the oldest statement first. */
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

    // Events. They return true if the client now believes in another leader than before.

    /** A node has listed the nodes. */
    public synchronized boolean learn(Address from, Listing listing) {
        if (listing.nodes.size() <= 1) {
            // The node was reached at this address, perhaps not at the one it reports.
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

    /** A node has said that it does not lead, and perhaps which node does. */
    public synchronized boolean notLeading(Address from, Optional<Address> hint) {
        failed.remove(from);
        mark(refused, from);
        leader = from.equals(leader) ? null : leader;
        return leader == null && hint.isPresent() && isUnmarked(hint.get()) && believe(hint.get());
    }

    /** A node was unreachable, or did not answer. */
    public synchronized void failed(Address address) {
        mark(failed, address);
        leader = address.equals(leader) ? null : leader;
    }

    /** A node has answered a call. */
    public synchronized void answered(Address address) {
        failed.remove(address);
    }

    /** A node has appended a batch itself, so it leads. */
    public synchronized boolean appended(Address address) {
        failed.remove(address);
        refused.remove(address);
        return leader == null && believe(address);
    }

    /** A round of the search begins; the answers of the round before were learned. */
    public synchronized void searched() {
        vainRounds += leaderless ? 1 : 0;
    }

    // Decisions.

    /** Whether there is only one address, and no known cluster behind it. */
    public synchronized boolean isAlone() {
        return leader == null ? candidates().size() == 1 : !clustered && seeds.size() == 1;
    }

    /** Whether the nodes are known to be a cluster. */
    public synchronized boolean isCluster() {
        return clustered;
    }

    public synchronized Optional<Address> leader() {
        return Optional.ofNullable(leader);
    }

    /**
     * Where to send batches; empty while no node leads. If all nodes name a leader that this client
     * cannot reach, because the leader has another address here, batches go through another node.
     */
    public synchronized Optional<Way> toProduce() {
        if (leader != null) {
            return Optional.of(new Way(leader, false));
        }
        if (leaderless && vainRounds < VAIN_ROUNDS) {
            return Optional.empty();
        }
        // The oldest refusal first: that node may have been elected since.
        List<Map<Address, Boolean>> marks = leaderless ? List.of(failed) : List.of(refused, failed);
        return Optional.of(new Way(inOrder(candidates(), marks).get(0), leaderless));
    }

    /** Where to send calls that any node accepts. */
    public synchronized Address toCall() {
        return toRead(Optional.empty()).get(0);
    }

    /** The nodes to read from, the best first; never empty. */
    public synchronized List<Address> toRead(Optional<String> preferred) {
        List<Address> order = new ArrayList<>();
        preferred.flatMap(this::resolve).ifPresent(order::add);
        if (leader != null) {
            order.add(leader);
        }
        order.addAll(candidates());
        return inOrder(new LinkedHashSet<>(order), List.of(failed));
    }

    /** The address of a node that is given by its id, or by an address that the client knows. */
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

    /** Whether the cluster lists the node as not alive. */
    public synchronized boolean isDead(Address address) {
        return listed.stream().anyMatch(node -> node.address.equals(address) && !node.alive);
    }

    /** The other nodes that the cluster lists as alive. */
    public synchronized List<Address> othersThan(Address one) {
        return listed.stream()
                .filter(Node::alive)
                .map(Node::address)
                .filter(address -> !address.equals(one))
                .toList();
    }

    /** The nodes to which the client keeps connections. */
    public synchronized Set<Address> used() {
        Set<Address> used = candidates();
        if (leader != null) {
            used.add(leader);
        }
        return used;
    }

    /** The nodes that failed recently but are listed as alive: they may have recovered. */
    public synchronized List<Address> suspects() {
        return listed.stream()
                .filter(node -> node.alive && failed.containsKey(node.address))
                .map(Node::address)
                .toList();
    }

    /** All nodes: first those alive, then the others, then the addresses that the user gave. */
    public synchronized Set<Address> candidates() {
        Set<Address> all = new LinkedHashSet<>();
        listed.stream().filter(Node::alive).map(Node::address).forEach(all::add);
        listed.stream().filter(node -> !node.alive).map(Node::address).forEach(all::add);
        all.addAll(seeds);
        return all;
    }

    /**
     * Sorts addresses: those without a mark first, then by the age of the mark, the oldest first.
     */
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
