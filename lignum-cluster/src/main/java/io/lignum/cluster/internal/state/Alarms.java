package io.lignum.cluster.internal.state;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Problems that an operator must see, each reported once.
 *
 * <p>The node's loop only.
 */
public final class Alarms {

    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);

    private final Set<String> texts = new LinkedHashSet<>();

    public void add(String text) {
        if (texts.add(text)) {
            LOG.error("{}", text);
        }
    }

    public Set<String> texts() {
        return texts;
    }

    /** Removes all alarms, because an operator has acted. */
    public void clear() {
        texts.clear();
    }
}
