package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.internal.leader.LoneLeader;
import io.lignum.cluster.internal.state.MembersFile;
import io.lignum.cluster.internal.state.MembersKeeper;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityFile;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.cluster.internal.state.Registry;
import io.lignum.cluster.internal.state.StateJson;
import io.lignum.cluster.internal.state.StoredMembers;
import io.lignum.cluster.peer.Membership;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.sim.Samples;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** R35: what an operator says of a node outlives what the node writes of itself. */
final class RegistryTest {

    private final LoneLeader lone = new LoneLeader(1, LoneLeader.SELF);
    private boolean raced;

    private NodeRecord record(boolean decommissioned) {
        return new NodeRecord(
                Samples.B, new NodeAddress("elsewhere", 8126, 8080, 9080), decommissioned);
    }

    private void put(String value) {
        lone.await(lone.coordinator()
                .transact(List.of(new TxnOp.Put(lone.context.keys().node("b"), value))));
    }

    @Test
    void registrationThatRacesWithADecommission_keepsIt() {
        put(StateJson.encode(record(false)));
        Coordinator racing = HookedCoordinator.of(lone.coordinator(), (method, arguments) -> {
            if (method.equals("transact") && !raced) {
                raced = true;
                put(StateJson.encode(record(true)));
            }
            return null;
        });
        assertThat(registered(racing)).contains(own(true));
    }

    @Test
    void ownRecordThatIsDamaged_isWrittenAgain() {
        put("no record");
        assertThat(registered(lone.coordinator())).contains(own(false));
    }

    /** The record after a node wrote it. */
    private Optional<NodeRecord> registered(Coordinator coordinator) {
        NodeContext context = lone.context(coordinator);
        NodeIdentityKeeper identity = new NodeIdentityKeeper(
                context,
                new NodeIdentityFile(lone.disk, context.config().directory()),
                NodeIdentity.fresh(Samples.B));
        MembersKeeper members = new MembersKeeper(
                context,
                identity,
                lone.view,
                new StoredMembers(
                        new MembersFile(lone.disk, context.config().directory()), Membership.NONE),
                failure -> {});
        new Registry(context, identity, lone.view, members).register();
        lone.run(Duration.ofSeconds(5));
        return lone.coordinators
                .entry(context.keys().node("b"))
                .map(entry -> StateJson.decodeNode(entry.value()));
    }

    private NodeRecord own(boolean decommissioned) {
        return new NodeRecord(Samples.B, lone.context.config().address(), decommissioned);
    }
}
