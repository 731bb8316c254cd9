package io.lignum.server.faults;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Called at the begin of every instrumented method; throws at one of them. Any thread. */
public final class Injection {

    private static final AtomicInteger PASSED = new AtomicInteger();
    private static final AtomicReference<@Nullable String> THROWN_AT = new AtomicReference<>();
    private static volatile int throwAt;
    private static volatile Supplier<? extends Throwable> thrown = IllegalStateException::new;

    private Injection() {}

    /** Throws at the call of this number, counted from 1 and from now on; 0: never. */
    static void arm(int number, Supplier<? extends Throwable> what) {
        throwAt = 0;
        PASSED.set(0);
        THROWN_AT.set(null);
        thrown = what;
        throwAt = number;
    }

    static void disarm() {
        throwAt = 0;
    }

    static int passed() {
        return PASSED.get();
    }

    /** Where it was thrown; null if it was not. */
    static @Nullable String thrownAt() {
        return THROWN_AT.get();
    }

    /** For the instrumented classes. */
    public static void at(String method) {
        if (PASSED.incrementAndGet() == throwAt) {
            THROWN_AT.set(method);
            Injection.<RuntimeException>sneak(thrown.get());
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Throws what it is given.
    private static <T extends Throwable> void sneak(Throwable what) throws T {
        throw (T) what;
    }
}
