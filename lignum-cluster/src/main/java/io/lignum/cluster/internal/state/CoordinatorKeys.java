package io.lignum.cluster.internal.state;

/**
 * The coordinator's keys of a cluster.
 *
 * @param lock the leader lock
 * @param folder ends in '/'; what follows is below it
 */
public record CoordinatorKeys(String lock, String folder) {

    static CoordinatorKeys of(String leaderKey, String clusterName) {
        int slash = leaderKey.lastIndexOf('/');
        return new CoordinatorKeys(
                leaderKey, leaderKey.substring(0, slash + 1) + clusterName + "/");
    }

    public String state() {
        return folder + "state";
    }

    String nodes() {
        return folder + "nodes/";
    }

    public String node(String nodeId) {
        return nodes() + nodeId;
    }

    String lives() {
        return folder + "live/";
    }

    /** Locked by the node's session as long as it is alive. */
    public String live(String nodeId) {
        return lives() + nodeId;
    }
}
