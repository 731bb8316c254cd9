package io.lignum.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Passes each event to several listeners, one after the other. Immutable. */
final class Listeners implements StoreListener {

    private final List<StoreListener> all;

    private Listeners(List<StoreListener> all) {
        this.all = List.copyOf(all);
    }

    static StoreListener with(StoreListener present, StoreListener one) {
        List<StoreListener> more = listed(present);
        more.add(one);
        return of(more);
    }

    static StoreListener without(StoreListener present, StoreListener one) {
        List<StoreListener> fewer = listed(present);
        fewer.remove(one);
        return of(fewer);
    }

    private static List<StoreListener> listed(StoreListener present) {
        List<StoreListener> listed = new ArrayList<>();
        if (present instanceof Listeners several) {
            listed.addAll(several.all);
        } else if (present != NONE) {
            listed.add(present);
        }
        return listed;
    }

    private static StoreListener of(List<StoreListener> listeners) {
        return switch (listeners.size()) {
            case 0 -> NONE;
            case 1 -> listeners.get(0);
            default -> new Listeners(listeners);
        };
    }

    private void tell(Consumer<StoreListener> event) {
        all.forEach(event);
    }

    @Override
    public void acknowledged(TopicLog log, int records, int bytes, long nanos) {
        tell(one -> one.acknowledged(log, records, bytes, nanos));
    }

    @Override
    public void written(TopicLog log, WrittenBatches batches, long nanos) {
        tell(one -> one.written(log, batches, nanos));
    }

    @Override
    public void flushed(TopicLog log, long flushedEnd) {
        tell(one -> one.flushed(log, flushedEnd));
    }

    @Override
    public void forced(TopicLog log, long nanos) {
        tell(one -> one.forced(log, nanos));
    }

    @Override
    public void sealed(TopicLog log) {
        tell(one -> one.sealed(log));
    }

    @Override
    public void recovered(TopicLog log, RecoveryReport report) {
        tell(one -> one.recovered(log, report));
    }

    @Override
    public void topicsChanged(int topics) {
        tell(one -> one.topicsChanged(topics));
    }

    @Override
    public void damaged(TopicLog log, StorageException.CorruptLog cause) {
        tell(one -> one.damaged(log, cause));
    }

    @Override
    public void failed(TopicLog log, StorageException cause) {
        tell(one -> one.failed(log, cause));
    }

    @Override
    public void storeFailed(StorageException cause) {
        tell(one -> one.storeFailed(cause));
    }
}
