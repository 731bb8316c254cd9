package io.lignum.cluster.internal.state;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What an operator has to look at, each thing said once.
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

    /** An operator saw to it. */
    public void clear() {
        texts.clear();
    }
}
