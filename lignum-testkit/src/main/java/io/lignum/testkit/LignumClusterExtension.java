package io.lignum.testkit;

import io.lignum.client.LignumClient;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

import java.util.Optional;

/**
 * The JUnit extension of {@link LignumCluster}. It keeps clusters and clients in JUnit's store,
 * which closes them with the scope of the annotation.
 */
final class LignumClusterExtension implements ParameterResolver, BeforeEachCallback {

    private static final Namespace OURS = Namespace.create(LignumClusterExtension.class);

    /** The annotated class or method, with whose scope the cluster ends. */
    private record Scope(ExtensionContext context, LignumCluster wanted) {

        static Optional<Scope> of(ExtensionContext inner) {
            Optional<ExtensionContext> context = Optional.of(inner);
            while (context.isPresent()) {
                ExtensionContext at = context.get();
                Optional<LignumCluster> found = at.getElement()
                        .flatMap(element ->
                                AnnotationSupport.findAnnotation(element, LignumCluster.class));
                if (found.isPresent()) {
                    return Optional.of(new Scope(at, found.get()));
                }
                context = at.getParent();
            }
            return Optional.empty();
        }

        private Store store() {
            return context.getStore(OURS);
        }

        /* A store also finds what outer stores hold, so the keys contain the scope. */
        private String key(Class<?> type) {
            return context.getUniqueId() + " " + type.getSimpleName();
        }

        LignumTestCluster cluster() {
            return store().computeIfAbsent(
                            key(LignumTestCluster.class), key -> start(), LignumTestCluster.class);
        }

        LignumClient client() {
            LignumTestCluster cluster = cluster();
            return store().computeIfAbsent(
                            key(LignumClient.class), key -> cluster.connect(), LignumClient.class);
        }

        Optional<LignumTestCluster> clusterThereAlready() {
            return Optional.ofNullable(
                    store().get(key(LignumTestCluster.class), LignumTestCluster.class));
        }

        private LignumTestCluster start() {
            LignumTestCluster.Builder builder = LignumTestCluster.builder().nodes(wanted.nodes());
            for (String setting : wanted.settings()) {
                int at = setting.indexOf('=');
                if (at < 0) {
                    throw new IllegalArgumentException("not key=value: " + setting);
                }
                builder.setting(setting.substring(0, at), setting.substring(at + 1));
            }
            return builder.start();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Scope.of(context).flatMap(Scope::clusterThereAlready).ifPresent(LignumTestCluster::repair);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return (type == LignumTestCluster.class || type == LignumClient.class)
                && Scope.of(context).isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Scope scope = Scope.of(context).orElseThrow();
        return parameter.getParameter().getType() == LignumClient.class
                ? scope.client()
                : scope.cluster();
    }
}
