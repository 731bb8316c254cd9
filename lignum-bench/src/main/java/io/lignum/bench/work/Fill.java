package io.lignum.bench.work;

/** Leaves something behind for a work that follows, in a JVM that is halted before it closes it. */
final class Fill implements Work {

    /** Writes and leaves open. */
    @FunctionalInterface
    interface Action {
        void run(Settings settings) throws Exception;
    }

    private final Settings settings;
    private final Action action;

    Fill(Settings settings, Action action) {
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
