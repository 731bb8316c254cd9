package io.lignum.cluster.consul;

import io.lignum.cluster.coordinator.CoordinatorSite;
import io.lignum.cluster.coordinator.KeysContract;
import io.lignum.cluster.coordinator.SessionsContract;
import io.lignum.cluster.coordinator.WatchContract;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import java.nio.file.Path;

/** A real Consul keeps the contract. Its tests mostly wait, so they wait together. */
@TestInstance(Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
final class ConsulCoordinatorIT implements KeysContract, SessionsContract, WatchContract {

    private final ConsulSite site;

    ConsulCoordinatorIT(@TempDir Path directory) {
        site = new ConsulSite(directory);
    }

    @Override
    public CoordinatorSite site() {
        return site;
    }

    @AfterAll
    void stop() {
        site.close();
    }
}
