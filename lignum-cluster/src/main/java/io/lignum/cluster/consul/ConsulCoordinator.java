package io.lignum.cluster.consul;

import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.coordinator.CoordinatorException;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.coordinator.SessionTimes;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.coordinator.Watched;

import org.jspecify.annotations.Nullable;
import org.kiwiproject.consul.Consul;
import org.kiwiproject.consul.ConsulException;
import org.kiwiproject.consul.model.ConsulResponse;
import org.kiwiproject.consul.model.kv.TxResponse;
import org.kiwiproject.consul.model.kv.Value;
import org.kiwiproject.consul.option.ConsistencyMode;
import org.kiwiproject.consul.option.ImmutableQueryOptions;
import org.kiwiproject.consul.option.ImmutableTransactionOptions;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Implements the coordinator with Consul, through the agent's HTTP API. Calls and watches have
 * separate clients and threads, so that watches, which block for long, delay no call. Any thread.
 *
 * <p>Assumptions about Consul: a transaction is atomic; a consistent read shows every transaction
 * that was answered before the read began; an ended session never becomes valid again. Nothing is
 * assumed about time.
 *
 * <p>Every failure becomes a {@link CoordinatorException}, after which it is unknown whether the
 * call had an effect. Writes are sent once (see {@link SendOnce}); no call is repeated here.
 */
public final class ConsulCoordinator implements Coordinator {

    private static final int CALLS = 4;
    private static final int CALLS_WAITING = 128;
    private static final int WATCHES = 8;

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final ConsulClients clients;
    private final CallPool calls;
    private final CallPool watches;
    private final CountDownLatch closed = new CountDownLatch(1);

    private final WatchPace pace = new WatchPace(System::nanoTime);

    /**
     * Connects to nothing yet.
     *
     * @param onError called with an Error that a call threw, such as OutOfMemoryError; any thread
     */
    public ConsulCoordinator(ConsulSettings settings, Consumer<Throwable> onError) {
        this(() -> settings, onError);
    }

    /**
     * The same with settings that may change: a call uses those of the time when it begins.
     *
     * @param settings must not block; any thread
     */
    public ConsulCoordinator(Supplier<ConsulSettings> settings, Consumer<Throwable> onError) {
        clients = new ConsulClients(settings);
        calls = new CallPool(
                "lignum-consul", CALLS, new ArrayBlockingQueue<>(CALLS_WAITING), onError);
        watches = new CallPool("lignum-consul-watch", WATCHES, new SynchronousQueue<>(), onError);
    }

    @Override
    public CompletableFuture<Void> register(Registration registration) {
        return run(() -> control().agentClient().register(ConsulService.of(registration)));
    }

    @Override
    public CompletableFuture<Void> deregister(Registration registration) {
        return run(() -> control().agentClient().deregister(ConsulService.id(registration)));
    }

    @Override
    public CompletableFuture<Void> pass(Registration registration) {
        return calls.call(() -> {
            control().agentClient().passCheck(ConsulService.passCheck(registration));
            return null;
        });
    }

    @Override
    public CompletableFuture<String> openSession(Registration registration, SessionTimes times) {
        return calls.call(() -> control()
                .sessionClient()
                .createSession(ConsulService.session(registration, times), datacenter())
                .getId());
    }

    @Override
    public CompletableFuture<Boolean> renew(String session) {
        return calls.call(() -> {
            try {
                if (control()
                        .sessionClient()
                        .renewSession(datacenter(), session)
                        .isPresent()) {
                    return true;
                }
            } catch (ConsulException e) {
                if (e.getCode() == NOT_FOUND) {
                    return false;
                }
                throw e;
            }
            throw new CoordinatorException("renewed, but without an answer", null);
        });
    }

    @Override
    public CompletableFuture<Void> destroy(String session) {
        return run(() -> control().sessionClient().destroySession(session, datacenter()));
    }

    @Override
    public CompletableFuture<Optional<Entry>> read(String key) {
        return calls.call(() -> control()
                .keyValueClient()
                .getValue(key, consistent().build())
                .map(ConsulTransaction::entry));
    }

    @Override
    public CompletableFuture<TxnResult> transact(List<TxnOp> operations) {
        List<TxnOp> copy = List.copyOf(operations);
        return calls.call(() -> transactNow(copy));
    }

    private TxnResult transactNow(List<TxnOp> operations) {
        ImmutableTransactionOptions options = ImmutableTransactionOptions.builder()
                .consistencyMode(
                        ConsulTransaction.onlyReads(operations)
                                ? ConsistencyMode.CONSISTENT
                                : ConsistencyMode.DEFAULT)
                .datacenter(clients.current().settings().datacenter())
                .build();
        try {
            TxResponse response = control()
                    .keyValueClient()
                    .performTransaction(options, ConsulTransaction.operations(operations))
                    .getResponse();
            return new TxnResult.Applied(ConsulTransaction.entries(operations, response));
        } catch (ConsulException e) {
            if (e.getCode() == CONFLICT) {
                return new TxnResult.Refused(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    @Override
    public CompletableFuture<Watched> watch(String prefix, long index, Duration wait) {
        return watches.call(() -> {
            pause(prefix);
            ImmutableQueryOptions.Builder options = query();
            if (index > 0) {
                // The client's builder sends the index only together with a wait.
                options.index(BigInteger.valueOf(index)).wait(Math.max(1, wait.toMillis()) + "ms");
            }
            ConsulResponse<List<Value>> response = clients.current()
                    .watching()
                    .keyValueClient()
                    .getConsulResponseWithValues(prefix, options.build());
            pace.answered(prefix);
            // With an index of 0 all following queries would be answered at once.
            return new Watched(
                    Math.max(1, response.getIndex().longValueExact()), entries(response));
        });
    }

    private void pause(String prefix) throws InterruptedException {
        long left = pace.pauseNanos(prefix);
        if (left > 0 && closed.await(left, TimeUnit.NANOSECONDS)) {
            throw new CoordinatorException("closed", null);
        }
    }

    private static List<Entry> entries(ConsulResponse<@Nullable List<Value>> response) {
        // Without any key Consul answers 404, which the client turns into null.
        return Objects.requireNonNullElse(response.getResponse(), List.<Value>of()).stream()
                .map(ConsulTransaction::entry)
                .sorted(Comparator.comparing(Entry::key))
                .toList();
    }

    private Consul control() {
        return clients.current().control();
    }

    private CompletableFuture<Void> run(Runnable work) {
        return calls.call(() -> {
            work.run();
            return null;
        });
    }

    private ImmutableQueryOptions.Builder query() {
        return ImmutableQueryOptions.builder()
                .datacenter(clients.current().settings().datacenter());
    }

    private ImmutableQueryOptions.Builder consistent() {
        return query().consistencyMode(ConsistencyMode.CONSISTENT);
    }

    private @Nullable String datacenter() {
        return clients.current().settings().datacenter().orElse(null);
    }

    @Override
    public void close() {
        closed.countDown();
        calls.close();
        watches.close();
        clients.destroy();
    }

    /** Whether all threads ended in time after {@link #close}. */
    boolean awaitEnd(Duration atMost) throws InterruptedException {
        return calls.awaitEnd(atMost) && watches.awaitEnd(atMost);
    }
}
