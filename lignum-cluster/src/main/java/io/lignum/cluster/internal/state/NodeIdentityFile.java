package io.lignum.cluster.internal.state;

import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.peer.Member;
import io.lignum.record.Utf8;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.SmallFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads and writes the file of a node's {@link NodeIdentity}: {@code key=value} lines; the first
 * names the format, the last is a CRC-32C of the others.
 *
 * <pre>
 * lignum-node=1
 * node-id=oak-1
 * incarnation=c3f7...
 * cluster-id=91aa...      absent until the node has joined a cluster
 * epoch=7
 * seen-epoch=7
 * seen-version=31
 * crc32c=5d2c1f00
 * </pre>
 */
public final class NodeIdentityFile {

    public static final String NAME = "cluster.meta";

    private static final int VERSION = 1;
    private static final int MAX_BYTES = 16 * 1024;

    private final Disk disk;
    private final Path directory;

    public NodeIdentityFile(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Empty: the directory has never been part of a cluster. */
    public Optional<NodeIdentity> read() throws IOException {
        Path path = directory.resolve(NAME);
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        ByteBuffer bytes = SmallFile.read(disk, path, MAX_BYTES);
        return Optional.of(decode(path, StandardCharsets.UTF_8.decode(bytes).toString()));
    }

    /** Durable when this returns. */
    public void write(NodeIdentity identity) throws IOException {
        SmallFile.replace(
                disk,
                directory.resolve(NAME),
                ByteBuffer.wrap(Utf8.encode(encode(identity))),
                true);
        disk.forceDirectory(directory);
    }

    private static String encode(NodeIdentity identity) {
        StringBuilder text = new StringBuilder();
        text.append("lignum-node=").append(VERSION).append('\n');
        text.append("node-id=").append(identity.self().nodeId()).append('\n');
        text.append("incarnation=").append(identity.self().incarnation()).append('\n');
        identity.clusterId()
                .ifPresent(id -> text.append("cluster-id=").append(id).append('\n'));
        text.append("epoch=").append(identity.epoch()).append('\n');
        text.append("seen-epoch=").append(identity.seenEpoch()).append('\n');
        text.append("seen-version=").append(identity.seenVersion()).append('\n');
        return ChecksummedText.withChecksum(text.toString());
    }

    private static NodeIdentity decode(Path path, String text) {
        String body = ChecksummedText.checked(text)
                .orElseThrow(() -> damaged(path, "its checksum does not match"));
        Map<String, String> fields = new HashMap<>();
        body.lines().forEach(line -> {
            int at = line.indexOf('=');
            fields.put(line.substring(0, Math.max(0, at)), line.substring(at + 1));
        });
        try {
            int version = Integer.parseInt(field(fields, "lignum-node"));
            if (version > VERSION) {
                throw new ClusterStartException(path + " was written by a later release (version "
                        + version + ", this one knows " + VERSION + ")");
            }
            Member self = new Member(
                    field(fields, "node-id"), UUID.fromString(field(fields, "incarnation")));
            return new NodeIdentity(
                    self,
                    Optional.ofNullable(fields.get("cluster-id")).map(UUID::fromString),
                    Integer.parseInt(field(fields, "epoch")),
                    Integer.parseInt(field(fields, "seen-epoch")),
                    Long.parseLong(field(fields, "seen-version")));
        } catch (IllegalArgumentException e) {
            throw damaged(path, String.valueOf(e.getMessage()));
        }
    }

    private static String field(Map<String, String> fields, String key) {
        String value = fields.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value;
    }

    private static ClusterStartException damaged(Path path, String what) {
        return new ClusterStartException(path + " is damaged: " + what
                + ". This node cannot guarantee its data: move the data directory away and start it"
                + " empty, it then fetches everything from the others");
    }
}
