package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.internal.leader.LoneLeader;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.SessionKeeper;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** R3: the session is kept, and a coordinator that is slow is not asked the more for it. */
final class SessionPaceTest {

    private final LoneLeader lone = new LoneLeader(1, LoneLeader.SELF);
    private final Map<String, Integer> unanswered = new TreeMap<>();
    private boolean swallows;

    private @Nullable CompletableFuture<?> before(String method) {
        if (!swallows || !(method.equals("pass") || method.equals("renew"))) {
            return null;
        }
        unanswered.merge(method, 1, Integer::sum);
        return new CompletableFuture<>();
    }

    @Test
    void coordinatorThatSwallowsCalls_isNotSentMoreAndMoreOfThem() {
        NodeContext context = lone.context(
                HookedCoordinator.of(lone.coordinator(), (method, arguments) -> before(method)));
        SessionKeeper keeper = new SessionKeeper(
                context, new Registration("n", "lignum", "n", 8126), new SessionKeeper.Listener() {
                    @Override
                    public void sessionOpened(String session) {}

                    @Override
                    public void sessionLost(String session) {}

                    @Override
                    public boolean leads() {
                        return false;
                    }
                });
        keeper.start();
        lone.run(Duration.ofSeconds(3));
        assertThat(keeper.session()).isPresent();
        swallows = true;
        lone.run(Duration.ofSeconds(60));
        assertThat(unanswered).isEqualTo(Map.of("pass", 1, "renew", 1));
    }
}
