package io.lignum.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Throws at each hand-over in turn that a request passes: the begin of each lambda and callback of
 * the server. However unexpected, the request ends, all that it held is given back, and the node
 * goes on or says that it has failed.
 */
@Timeout(600)
@Isolated("the injection is static")
class HandOverFailuresTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(2);

    /** gRPC calls it, and answers for it; of its own code all is caught. */
    private static final String OUTERMOST = "CheckedRequests$Checked.parse";

    @TempDir
    Path directory;

    private final InjectingLoader loader =
            new InjectingLoader(HandOverFailuresTest.class.getClassLoader());
    private final List<String> faults = new ArrayList<>();
    private @Nullable NodeProbe node;
    private @Nullable Requests requests;
    private int nodes;
    private int thrown;

    @AfterEach
    void stop() {
        Injection.disarm();
        end();
    }

    private void end() {
        if (requests != null) {
            requests.close();
        }
        if (node != null) {
            node.close();
        }
    }

    private void start() {
        end();
        try {
            NodeProbe started = (NodeProbe) loader.loadClass(InjectedNode.class.getName())
                    .getConstructor(Path.class)
                    .newInstance(directory.resolve("node-" + nodes++));
            node = started;
            requests = new Requests(started);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
        run("POST batch");
    }

    private Map<String, Runnable> all() {
        return Objects.requireNonNull(requests).all();
    }

    private void run(String request) {
        Objects.requireNonNull(all().get(request)).run();
    }

    private NodeProbe node() {
        return Objects.requireNonNull(node);
    }

    /** How many the request passes, until nothing of it is left. */
    private int handOvers(String request) {
        Injection.arm(0, IllegalStateException::new);
        run(request);
        Awaitility.await(request)
                .atMost(TIMEOUT)
                .pollInterval(POLL)
                .until(() -> node().held().isEmpty());
        return Injection.passed();
    }

    /** Whether the node stands as it should afterwards; else another takes its place. */
    private boolean endsWell(
            String request, int number, Supplier<Throwable> what, BooleanSupplier expected) {
        Injection.arm(number, what);
        String outcome = null;
        try {
            run(request);
        } catch (AssertionError hanging) {
            outcome = String.valueOf(hanging.getMessage());
        }
        String where = Injection.thrownAt();
        Injection.disarm();
        if (where == null) {
            return outcome == null;
        }
        thrown++;
        try {
            Awaitility.await().atMost(TIMEOUT).pollInterval(POLL).until(expected::getAsBoolean);
        } catch (ConditionTimeoutException late) {
            outcome = "then: holds [" + node().held() + "], failed: " + node().hasFailed();
        }
        if (outcome != null) {
            faults.add(request + " at hand-over " + number + ", " + where + ": " + outcome);
        }
        return outcome == null;
    }

    @Test
    void exceptionAtAnyHandOver_endsTheRequestAndGivesBackWhatItHeld() {
        start();
        for (String request : all().keySet()) {
            int count = handOvers(request);
            for (int number = 1; number <= count; number++) {
                boolean well = endsWell(
                        request,
                        number,
                        () -> new IllegalStateException("injected"),
                        () -> node().hasFailed() || node().held().isEmpty());
                if (!well || node().hasFailed()) {
                    start();
                }
            }
        }
        assertThat(faults).isEmpty();
        assertThat(thrown).isGreaterThan(80);
        run("POST message");
    }

    @Test
    void errorAtAHandOver_endsTheRequestAndThenTheNode() {
        start();
        for (String request : all().keySet()) {
            int count = handOvers(request);
            for (int number = 1; number <= count; number++) {
                endsWell(
                        request,
                        number,
                        () -> new LinkageError("injected"),
                        () -> node().hasFailed()
                                || String.valueOf(Injection.thrownAt()).endsWith(OUTERMOST));
                start();
            }
        }
        assertThat(faults).isEmpty();
        assertThat(thrown).isGreaterThan(80);
    }
}
