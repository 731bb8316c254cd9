package io.lignum.cluster.testing;

import java.util.List;
import java.util.stream.Stream;

/**
 * Where a process is run, and the address that others reach it by.
 *
 * @param entrance what stands before the process's own command to have it there
 */
public record Place(String address, List<String> entrance) {

    /** This machine as it is, for this machine only. */
    public static final Place LOOPBACK = new Place("127.0.0.1", List.of());

    public Place {
        entrance = List.copyOf(entrance);
    }

    /** The command that runs a command there; the process is the same in the end. */
    public List<String> command(List<String> command) {
        return Stream.concat(entrance.stream(), command.stream()).toList();
    }
}
