package io.lignum.server;

/** The command line's entry. */
public final class LignumMain {

    private LignumMain() {}

    public static void main(String[] args) {
        System.out.println("lignum " + LignumMain.class.getPackage().getImplementationVersion());
    }
}
