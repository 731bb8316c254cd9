package io.lignum.cluster.node;

import io.lignum.cluster.coordinator.Coordinator;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;

/** A coordinator whose calls a test may keep, or do something before. */
final class HookedCoordinator {

    /** Called before each call is made. */
    interface Hook {
        /** What to answer in place of the coordinator; null: ask it. */
        @Nullable
        CompletableFuture<?> before(String method, Object[] arguments);
    }

    private HookedCoordinator() {}

    static Coordinator of(Coordinator inner, Hook hook) {
        return (Coordinator) Proxy.newProxyInstance(
                Coordinator.class.getClassLoader(),
                new Class<?>[] {Coordinator.class},
                (proxy, method, arguments) -> {
                    CompletableFuture<?> instead = hook.before(
                            method.getName(), arguments == null ? new Object[0] : arguments);
                    if (instead != null) {
                        return instead;
                    }
                    try {
                        return method.invoke(inner, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
