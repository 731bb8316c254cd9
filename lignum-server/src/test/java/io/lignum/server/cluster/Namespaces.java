package io.lignum.server.cluster;

import io.lignum.cluster.testing.Place;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A network of this machine's own: in the middle a namespace with a switch, and a cable from there
 * to this machine and to each other namespace. Packets of a cable that is pulled are lost without a
 * word, which no closed port and no killed process does.
 *
 * <pre>
 *   tests, .1 ----- switch and Consul, .2 ----- a node, .11
 *                          '------------------- a node, .12 ...
 * </pre>
 *
 * Connections go from the tests inwards only, so that the machine's own firewall does not matter.
 * Needs root. One thread.
 */
public final class Namespaces implements AutoCloseable {

    private static final String SWITCH = "switch";

    /**
     * Short, because names of interfaces have 15 characters at most, and different for each run.
     */
    private final String name =
            String.format(Locale.ROOT, "lg%06x", ThreadLocalRandom.current().nextInt(1 << 24));

    /** Of the addresses for tests of networks (RFC 2544), which are not routed. */
    private final String net = "198.18." + ThreadLocalRandom.current().nextInt(256);

    private final List<Place> nodes = new ArrayList<>();
    private final Thread atExit = new Thread(this::remove);

    public Namespaces() {
        Runtime.getRuntime().addShutdownHook(atExit);
        ip("netns", "add", middle());
        inMiddle("link", "set", "lo", "up");
        inMiddle("link", "add", SWITCH, "type", "bridge");
        inMiddle("addr", "add", net + ".2/24", "dev", SWITCH);
        inMiddle("link", "set", SWITCH, "up");
        ip("link", "add", name, "type", "veth", "peer", "name", name + "t", "netns", middle());
        ip("addr", "add", net + ".1/24", "dev", name);
        ip("link", "set", name, "up");
        inMiddle("link", "set", name + "t", "master", SWITCH, "up");
    }

    private String middle() {
        return name + "m";
    }

    /** The source address of the tests' connections. */
    String testsAddress() {
        return net + ".1";
    }

    /** The namespace in the middle, which keeps its connection. */
    public Place consul() {
        return place(middle(), net + ".2");
    }

    /** Adds a namespace with its cable. */
    public Place add() {
        int number = nodes.size() + 1;
        String namespace = name + number;
        Place place = place(namespace, net + "." + (10 + number));
        nodes.add(place);
        ip("netns", "add", namespace);
        ip("-n", namespace, "link", "set", "lo", "up");
        ip(
                "-n", namespace, "link", "add", "eth0", "type", "veth", "peer", "name", namespace,
                "netns", middle());
        ip("-n", namespace, "addr", "add", place.address() + "/24", "dev", "eth0");
        ip("-n", namespace, "link", "set", "eth0", "up");
        inMiddle("link", "set", namespace, "master", SWITCH, "up");
        return place;
    }

    private static Place place(String namespace, String address) {
        // Not "ip netns exec", which creates mounts of its own and keeps them.
        return new Place(address, List.of("nsenter", "--net=/run/netns/" + namespace));
    }

    /** Disconnects the other end of its cable: no packet leaves or arrives. */
    public void pull(Place place) {
        inMiddle("link", "set", namespace(place), "down");
    }

    /** Undoes {@link #pull}. */
    public void plug(Place place) {
        inMiddle("link", "set", namespace(place), "up");
    }

    /** Loses all packets that it sends; packets of others still arrive. */
    public void loseWhatLeaves(Place place) {
        for (int host = 1; host <= 10 + nodes.size(); host++) {
            loseWhatLeaves(place, net + "." + host);
        }
    }

    /** Loses the packets that it sends to one other place. */
    public void loseWhatLeavesFor(Place place, Place other) {
        loseWhatLeaves(place, other.address());
    }

    /** Resets all its connections at both ends. */
    public void reset(Place place) {
        RootCommand.run(
                "nsenter",
                "--net=/run/netns/" + namespace(place),
                "ss",
                "-K",
                "-t",
                "state",
                "established");
    }

    private void loseWhatLeaves(Place place, String address) {
        ip(
                "-n",
                namespace(place),
                "neigh",
                "replace",
                address,
                "lladdr",
                "02:00:00:00:00:01",
                "nud",
                "permanent",
                "dev",
                "eth0");
    }

    /** Limits what it sends to a megabit per second, with up to 0.4 s of delay. */
    public void slowDown(Place place) {
        tc(place, "add", "root", "tbf", "rate", "1mbit", "burst", "32kbit", "latency", "400ms");
    }

    /** Undoes {@link #slowDown}. */
    public void speedUp(Place place) {
        tc(place, "delete", "root");
    }

    private void tc(Place place, String what, String... how) {
        List<String> all = new ArrayList<>(
                List.of("tc", "-n", namespace(place), "qdisc", what, "dev", "eth0"));
        all.addAll(List.of(how));
        RootCommand.run(all.toArray(String[]::new));
    }

    /** Undoes {@link #loseWhatLeaves}. */
    public void loseNothing(Place place) {
        ip("-n", namespace(place), "neigh", "flush", "dev", "eth0", "nud", "permanent");
    }

    private String namespace(Place place) {
        return name + (nodes.indexOf(place) + 1);
    }

    private void inMiddle(String... command) {
        List<String> all = new ArrayList<>(List.of("-n", middle()));
        all.addAll(List.of(command));
        ip(all.toArray(String[]::new));
    }

    private static void ip(String... command) {
        List<String> all = new ArrayList<>(List.of("ip"));
        all.addAll(List.of(command));
        RootCommand.run(all.toArray(String[]::new));
    }

    /** Deleting a namespace deletes its interfaces and their other ends. */
    private void remove() {
        for (int number = 1; number <= nodes.size(); number++) {
            RootCommand.attempt("ip", "netns", "delete", name + number);
        }
        RootCommand.attempt("ip", "link", "delete", name);
        RootCommand.attempt("ip", "netns", "delete", middle());
    }

    /** The processes in the namespaces must have ended, or the namespaces stay without a name. */
    @Override
    public void close() {
        remove();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
