package io.lignum.cluster.internal.state;

import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Membership;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.record.Utf8;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.SmallFile;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Scanner;
import java.util.UUID;

/**
 * Reads and writes the file of a node's {@link Membership} (R38): lines of text; the first names
 * the format, the last is a CRC-32C of the others. Names are percent-encoded, so that none contains
 * a blank.
 *
 * <pre>
 * lignum-members=1
 * epoch=7
 * version=31
 * min-isr=2
 * in-sync=oak-1 c3f7...                      node id, incarnation; one line each
 * node=oak-1 10.0.0.1 8126 8080 9080 member  node id, host, internal, HTTP and gRPC port, then
 * node=oak-9 10.0.0.9 8126 8080 9080 decommissioned
 * crc32c=5d2c1f00
 * </pre>
 *
 * <p>A directory of an earlier release has no such file; a damaged one counts as absent. In both
 * cases the node gets the members again from the coordinator, and {@code recover} from the nodes
 * that answer.
 */
public final class MembersFile {

    public static final String NAME = "cluster.members";

    private static final Logger LOG = LoggerFactory.getLogger(MembersFile.class);

    private static final int VERSION = 1;
    private static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final String DECOMMISSIONED = "decommissioned";

    private final Disk disk;
    private final Path path;

    public MembersFile(Disk disk, Path directory) {
        this.disk = disk;
        path = directory.resolve(NAME);
    }

    /** The stored membership; {@link Membership#NONE} without a valid file. */
    public Membership read() throws IOException {
        if (!disk.exists(path)) {
            return Membership.NONE;
        }
        Optional<ByteBuffer> bytes = SmallFile.readUpTo(disk, path, MAX_BYTES);
        Optional<String> body = bytes.flatMap(found ->
                ChecksummedText.checked(StandardCharsets.UTF_8.decode(found).toString()));
        try {
            return decode(body.orElseThrow(
                    () -> new IllegalArgumentException("its checksum does not match")));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            LOG.warn(
                    "{} is damaged ({}): the members are read from the coordinator again",
                    path,
                    e.getMessage());
            return Membership.NONE;
        }
    }

    /** Durable when this returns. */
    public void write(Membership known) throws IOException {
        SmallFile.replaceDurably(disk, path, ByteBuffer.wrap(Utf8.encode(encode(known))));
    }

    private static String encode(Membership known) {
        StringBuilder text = new StringBuilder();
        text.append("lignum-members=").append(VERSION).append('\n');
        text.append("epoch=").append(known.epoch()).append('\n');
        text.append("version=").append(known.version()).append('\n');
        text.append("min-isr=").append(known.minIsr()).append('\n');
        for (Member member : known.inSync()) {
            text.append("in-sync=").append(escaped(member.nodeId()));
            text.append(' ').append(member.incarnation()).append('\n');
        }
        for (Membership.Known node : known.nodes()) {
            NodeAddress address = node.address();
            text.append("node=").append(escaped(node.nodeId()));
            text.append(' ').append(escaped(address.host()));
            text.append(' ').append(address.internalPort());
            text.append(' ').append(address.httpPort());
            text.append(' ').append(address.grpcPort());
            text.append(node.decommissioned() ? " " + DECOMMISSIONED : " member")
                    .append('\n');
        }
        return ChecksummedText.withChecksum(text.toString());
    }

    private Membership decode(String body) {
        Scanner lines = new Scanner(body).useDelimiter("[=\n]");
        int format = number(lines, "lignum-members").intValue();
        if (format > VERSION) {
            throw new ClusterStartException(path + " was written by a later release (version "
                    + format + ", this one knows " + VERSION + ")");
        }
        int epoch = number(lines, "epoch").intValue();
        long version = number(lines, "version");
        int minIsr = number(lines, "min-isr").intValue();
        List<Member> inSync = new ArrayList<>();
        List<Membership.Known> nodes = new ArrayList<>();
        while (lines.hasNext()) {
            String key = lines.next();
            Scanner values = new Scanner(lines.next());
            if (key.equals("in-sync")) {
                inSync.add(new Member(plain(values.next()), UUID.fromString(values.next())));
            } else if (key.equals("node")) {
                nodes.add(node(values));
            } // Otherwise it is of a later release, which states that it can be ignored.
        }
        return new Membership(epoch, version, minIsr, inSync, nodes);
    }

    private static Membership.Known node(Scanner values) {
        String id = plain(values.next());
        NodeAddress address = new NodeAddress(
                plain(values.next()), values.nextInt(), values.nextInt(), values.nextInt());
        return new Membership.Known(id, address, values.next().equals(DECOMMISSIONED));
    }

    private static Long number(Scanner lines, String key) {
        String found = lines.next();
        if (!found.equals(key)) {
            throw new IllegalArgumentException("'" + found + "' where '" + key + "' is expected");
        }
        return Long.valueOf(lines.next());
    }

    private static String escaped(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    private static String plain(String escaped) {
        return URLDecoder.decode(escaped, StandardCharsets.UTF_8);
    }
}
