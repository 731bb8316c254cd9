package io.lignum.cluster.sim;

import io.lignum.cluster.coordinator.CoordinatorSite;
import io.lignum.cluster.coordinator.KeysContract;
import io.lignum.cluster.coordinator.SessionsContract;
import io.lignum.cluster.coordinator.WatchContract;

/** The coordinator in memory keeps the contract. */
final class MemoryCoordinatorTest implements KeysContract, SessionsContract, WatchContract {

    private final MemorySite site = site(Long.getLong("lignum.seed", 1));

    private static MemorySite site(long seed) {
        System.out.println("seed " + seed);
        return new MemorySite(seed);
    }

    @Override
    public CoordinatorSite site() {
        return site;
    }
}
