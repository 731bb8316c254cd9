package io.lignum.cluster.internal.state;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Holds the problems that an operator must see, until an operator acts. The parts of {@code Node}
 * add texts, the status of the node lists them; each text is logged once.
 *
 * <p>The node loop only.
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
