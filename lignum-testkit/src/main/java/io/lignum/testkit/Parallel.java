package io.lignum.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Runs an action on several nodes at the same time. */
final class Parallel {

    private Parallel() {}

    /**
     * Runs the action on each node, on one thread per node, and returns when all have ended.
     *
     * @throws RuntimeException the first failure, in the order of the nodes; others are suppressed
     *     exceptions of it
     */
    static void run(List<TestNode> nodes, Consumer<TestNode> work) {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (TestNode node : nodes) {
            running.add(CompletableFuture.runAsync(
                    () -> work.accept(node),
                    task -> new Thread(task, "lignum-testkit-" + node.id()).start()));
        }
        RuntimeException first = null;
        for (CompletableFuture<Void> one : running) {
            try {
                one.join();
            } catch (CompletionException failed) {
                RuntimeException cause =
                        failed.getCause() instanceof RuntimeException thrown ? thrown : failed;
                if (first == null) {
                    first = cause;
                } else if (first != cause) {
                    first.addSuppressed(cause);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
