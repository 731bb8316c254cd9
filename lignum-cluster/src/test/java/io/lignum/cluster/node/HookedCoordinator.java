package io.lignum.cluster.node;

import io.lignum.cluster.coordinator.Coordinator;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;

/** A coordinator whose calls a test can intercept. */
final class HookedCoordinator {

    /** Called before each call is made. */
    interface Hook {
        /** Returns the answer instead of the coordinator's; null: ask the coordinator. */
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
