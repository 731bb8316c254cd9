package io.lignum.storage.sim;

/**
 * The process is no more. An Error, so that no handler of failed I/O mistakes it for one: after it
 * nothing of the process may run.
 */
public final class PowerCut extends Error {

    private static final long serialVersionUID = 1L;

    PowerCut(String message) {
        super(message);
    }
}
