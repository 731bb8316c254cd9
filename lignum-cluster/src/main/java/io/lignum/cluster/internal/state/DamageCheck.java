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
 * Confirms damage before this node gives up its copy of a log (R40): a segment in which a reader
 * found damage is read once more. The first read may have been affected by a transient fault, or by
 * a damaged index, which is rebuilt.
 *
 * <p>The node loop only; the engine's threads read.
 */
public final class DamageCheck {

    private static final Logger LOG = LoggerFactory.getLogger(DamageCheck.class);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final NodeContext context;
    private final BiConsumer<TopicLog, StorageException> confirmed;
    private final Set<TopicLog> checking = new HashSet<>();

    /** @param confirmed called on the node loop with damage that was found twice */
    public DamageCheck(NodeContext context, BiConsumer<TopicLog, StorageException> confirmed) {
        this.context = context;
        this.confirmed = confirmed;
    }

    /** Does nothing while the log is being checked already. */
    public void suspect(TopicLog log, StorageException.CorruptLog cause) {
        if (checking.add(log)) {
            LOG.warn("Topic {}: a read found damage; the segment is read again", log.name(), cause);
            check(log, cause);
        }
    }

    private void check(TopicLog log, StorageException.CorruptLog cause) {
        CompletableFuture<Optional<StorageException.CorruptLog>> looked =
                log.admin().confirmDamage(cause);
        context.onLoop(looked, (found, failure) -> {
            if (found != null) {
                checking.remove(log);
                found(log, found);
            } else if (failure instanceof StorageException.Closed) {
                checking.remove(log);
            } else {
                LOG.warn("Topic {} cannot be read now: {}", log.name(), String.valueOf(failure));
                context.later(RETRY, () -> check(log, cause));
            }
        });
    }

    private void found(TopicLog log, Optional<StorageException.CorruptLog> found) {
        if (found.isPresent()) {
            confirmed.accept(log, found.get());
        } else {
            LOG.info("Topic {} was read again and is intact", log.name());
        }
    }
}
