package io.lignum.cluster.node;

import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityFile;
import io.lignum.record.IoErrors;
import io.lignum.record.Utf8;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.NioDisk;
import io.lignum.storage.env.SmallFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Marks a standalone node's data directory so that the node founds a cluster with it (R2). */
public final class ClusterInit {

    /** Name of the mark, which stays in the data directory until the cluster is founded. */
    static final String MARKER = "cluster.init";

    private ClusterInit() {}

    /**
     * Marks the data directory of a node that does not run. At its next start as a member of a
     * cluster the node founds that cluster, if the coordinator has none yet.
     *
     * @throws ClusterStartException it is part of a cluster already, or no Lignum data directory
     */
    public static void prepare(Path directory) {
        prepare(new NioDisk(), directory);
    }

    static void prepare(Disk disk, Path directory) {
        try {
            if (!disk.exists(directory.resolve("lignum.format"))) {
                throw new ClusterStartException(
                        directory + " is not a data directory of Lignum, or was never started");
            }
            boolean member = new NodeIdentityFile(disk, directory)
                    .read()
                    .flatMap(NodeIdentity::clusterId)
                    .isPresent();
            if (member) {
                throw new ClusterStartException(directory + " is part of a cluster already");
            }
            SmallFile.replace(
                    disk,
                    directory.resolve(MARKER),
                    ByteBuffer.wrap(Utf8.encode("found a cluster with this data\n")),
                    true);
            disk.forceDirectory(directory);
        } catch (IOException e) {
            throw new ClusterStartException(directory + ": " + IoErrors.describe(e), e);
        }
    }
}
