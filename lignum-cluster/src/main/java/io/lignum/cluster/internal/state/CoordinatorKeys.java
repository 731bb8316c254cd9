package io.lignum.cluster.internal.state;

/**
 * A cluster's keys in the coordinator.
 *
 * @param lock the leader lock
 * @param folder ends in '/'; all other keys are below it
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

    /** Locked by the node's session while the node runs. */
    public String live(String nodeId) {
        return lives() + nodeId;
    }
}
