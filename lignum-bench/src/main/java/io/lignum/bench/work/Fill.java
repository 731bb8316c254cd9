package io.lignum.bench.work;

/** Writes data for a following work, in a JVM that is halted before it closes it. */
final class Fill implements Work {

    /** Writes data and leaves it open. */
    @FunctionalInterface
    interface Action {
        void run(WorkSettings settings) throws Exception;
    }

    private final WorkSettings settings;
    private final Action action;

    Fill(WorkSettings settings, Action action) {
        this.settings = settings;
        this.action = action;
    }

    @Override
    public void prepare() throws Exception {
        action.run(settings);
    }

    @Override
    public Sample round() {
        throw new IllegalStateException("this is not measured");
    }
}
