package io.lignum.cluster.testing;

import java.util.List;
import java.util.stream.Stream;

/**
 * Where a process runs, and its address for other processes.
 *
 * @param entrance the command prefix that starts a process there
 */
public record Place(String address, List<String> entrance) {

    /** This machine, reachable from this machine only. */
    public static final Place LOOPBACK = new Place("127.0.0.1", List.of());

    public Place {
        entrance = List.copyOf(entrance);
    }

    /** Returns the command that runs {@code command} there, with the same process id. */
    public List<String> command(List<String> command) {
        return Stream.concat(entrance.stream(), command.stream()).toList();
    }
}
