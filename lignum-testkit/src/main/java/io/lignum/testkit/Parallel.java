package io.lignum.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Does the same to several nodes at the same time. */
final class Parallel {

    private Parallel() {}

    /** Returns when it is done to all; the first failure is thrown. */
    static void run(List<TestNode> nodes, Consumer<TestNode> work) {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (TestNode node : nodes) {
            running.add(CompletableFuture.runAsync(
                    () -> work.accept(node),
                    task -> new Thread(task, "lignum-testkit-" + node.id()).start()));
        }
        try {
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
