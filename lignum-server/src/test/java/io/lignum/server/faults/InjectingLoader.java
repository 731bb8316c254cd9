package io.lignum.server.faults;

import static net.bytebuddy.matcher.ElementMatchers.isMethod;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;

import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.pool.TypePool;

import java.io.IOException;
import java.util.Set;

/**
 * Has the server's classes once more, and in those that serve requests {@link Injection} at each
 * hand-over.
 */
final class InjectingLoader extends ClassLoader {

    private static final String SERVER = "io.lignum.server.";
    private static final Set<String> SHARED =
            Set.of(Injection.class.getName(), NodeProbe.class.getName());
    /** What is to catch what is thrown. */
    private static final Set<String> TOPS = Set.of(
            SERVER + "grpc.CallFailures",
            SERVER + "grpc.CallFailures$Top",
            SERVER + "service.RequestFailures");

    private static final ElementMatcher.Junction<MethodDescription> HAND_OVERS = isMethod()
            .and(nameStartsWith("lambda$")
                    .or(namedOneOf(
                            "run",
                            "handle",
                            "onNext",
                            "onCompleted",
                            "onMessage",
                            "onHalfClose",
                            "onReady",
                            "onWritePossible",
                            "sendAnswers",
                            "turn",
                            "parse",
                            "interceptCall"))
                    .and(method ->
                            !TOPS.contains(method.getDeclaringType().asErasure().getName())));

    static {
        registerAsParallelCapable();
    }

    private final ClassFileLocator files;
    private final TypePool types;

    InjectingLoader(ClassLoader parent) {
        super(parent);
        files = ClassFileLocator.ForClassLoader.of(parent);
        types = TypePool.Default.of(files);
    }

    /** Inlined at the begin of each hand-over. */
    static final class AtBegin {

        private AtBegin() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Origin("#t.#m") String method) {
            Injection.at(method);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(SERVER) || SHARED.contains(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try {
            byte[] bytes = servesRequests(name)
                    ? instrumented(name)
                    : files.locate(name).resolve();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException | IllegalStateException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private static boolean servesRequests(String name) {
        return name.startsWith(SERVER + "http.")
                || name.startsWith(SERVER + "grpc.")
                || name.startsWith(SERVER + "service.");
    }

    private byte[] instrumented(String name) {
        return new ByteBuddy()
                .redefine(types.describe(name).resolve(), files)
                .visit(Advice.to(AtBegin.class).on(HAND_OVERS))
                .make()
                .getBytes();
    }
}
