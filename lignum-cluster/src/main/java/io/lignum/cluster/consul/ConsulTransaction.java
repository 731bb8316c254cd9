package io.lignum.cluster.consul;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;

import org.kiwiproject.consul.model.kv.ImmutableOperation;
import org.kiwiproject.consul.model.kv.Operation;
import org.kiwiproject.consul.model.kv.TxResponse;
import org.kiwiproject.consul.model.kv.Value;
import org.kiwiproject.consul.model.kv.Verb;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/** Converts operations and entries to and from consul-client's types. */
final class ConsulTransaction {

    private ConsulTransaction() {}

    /**
     * Whether Consul treats the transaction as a read, and then respects the requested consistency.
     */
    static boolean onlyReads(List<TxnOp> operations) {
        return operations.stream()
                .allMatch(op -> op instanceof TxnOp.Get || op instanceof TxnOp.CheckSession);
    }

    static Operation[] operations(List<TxnOp> operations) {
        return operations.stream().map(ConsulTransaction::operation).toArray(Operation[]::new);
    }

    private static Operation operation(TxnOp op) {
        if (op instanceof TxnOp.CheckSession check) {
            return of(Verb.CHECK_SESSION, op).session(check.session()).build();
        }
        if (op instanceof TxnOp.Cas cas) {
            return of(Verb.CHECK_AND_SET, op)
                    .index(BigInteger.valueOf(cas.index()))
                    .value(cas.value())
                    .build();
        }
        if (op instanceof TxnOp.Lock lock) {
            return of(Verb.LOCK, op).session(lock.session()).value(lock.value()).build();
        }
        if (op instanceof TxnOp.Unlock unlock) {
            return of(Verb.UNLOCK, op)
                    .session(unlock.session())
                    .value(unlock.value())
                    .build();
        }
        if (op instanceof TxnOp.Put put) {
            return of(Verb.SET, op).value(put.value()).build();
        }
        return of(op instanceof TxnOp.Get ? Verb.GET : Verb.DELETE, op).build();
    }

    private static ImmutableOperation.Builder of(Verb verb, TxnOp op) {
        return Operation.builder(verb).key(op.key());
    }

    /**
     * Consul answers each operation except a delete with the key. It includes the value only in
     * answers to a get.
     */
    static List<Entry> entries(List<TxnOp> operations, TxResponse response) {
        List<Entry> entries = new ArrayList<>();
        Iterator<Value> values = response.results().stream()
                .map(result -> Objects.requireNonNull(result.get("KV"), "a result without a key"))
                .iterator();
        for (TxnOp op : operations) {
            if (op instanceof TxnOp.Delete) {
                continue;
            }
            Entry found = entry(values.next());
            if (!(op instanceof TxnOp.CheckSession)) {
                entries.add(op instanceof TxnOp.Get ? found : withValue(found, written(op)));
            }
        }
        return entries;
    }

    private static String written(TxnOp op) {
        if (op instanceof TxnOp.Cas cas) {
            return cas.value();
        }
        if (op instanceof TxnOp.Lock lock) {
            return lock.value();
        }
        return op instanceof TxnOp.Unlock unlock ? unlock.value() : ((TxnOp.Put) op).value();
    }

    private static Entry withValue(Entry entry, String value) {
        return new Entry(
                entry.key(), value, entry.modifyIndex(), entry.lockIndex(), entry.session());
    }

    static Entry entry(Value value) {
        return new Entry(
                value.getKey(),
                value.getValueAsString(StandardCharsets.UTF_8).orElse(""),
                value.getModifyIndex(),
                value.getLockIndex(),
                value.getSession().filter(session -> !session.isEmpty()));
    }
}
