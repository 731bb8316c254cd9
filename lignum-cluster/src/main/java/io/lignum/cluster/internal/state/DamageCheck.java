package io.lignum.cluster.internal.state;

import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * Reads a segment again in which a reader met damage, before this node gives up its copy of the log
 * (R40): the first look may have met a fault that passed, or files that are derived from the log
 * and are made again.
 *
 * <p>The node's loop only; the reading is done by the engine's threads.
 */
public final class DamageCheck {

    private static final Logger LOG = LoggerFactory.getLogger(DamageCheck.class);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final NodeContext node;
    private final BiConsumer<TopicLog, StorageException> confirmed;
    private final Set<TopicLog> checking = new HashSet<>();

    /** @param confirmed told of damage that was found twice; on the loop */
    public DamageCheck(NodeContext node, BiConsumer<TopicLog, StorageException> confirmed) {
        this.node = node;
        this.confirmed = confirmed;
    }

    /** Does nothing while the log is looked at already. */
    public void suspect(TopicLog log, StorageException.CorruptLog cause) {
        if (checking.add(log)) {
            LOG.warn(
                    "topic {}: its segment is read again, as reading met damage",
                    log.name(),
                    cause);
            check(log, cause);
        }
    }

    private void check(TopicLog log, StorageException.CorruptLog cause) {
        CompletableFuture<Optional<StorageException.CorruptLog>> looked =
                log.admin().confirmDamage(cause);
        node.onLoop(looked, (found, failure) -> {
            if (found != null) {
                checking.remove(log);
                found(log, found);
            } else if (failure instanceof StorageException.Closed) {
                checking.remove(log);
            } else {
                LOG.warn("topic {} cannot be read now: {}", log.name(), String.valueOf(failure));
                node.later(RETRY, () -> check(log, cause));
            }
        });
    }

    private void found(TopicLog log, Optional<StorageException.CorruptLog> found) {
        if (found.isPresent()) {
            confirmed.accept(log, found.get());
        } else {
            LOG.info("topic {} was read again and is whole", log.name());
        }
    }
}
