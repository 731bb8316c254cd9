package io.lignum.examples;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.server.LignumNode;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.service.ReadDemand;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.TopicPatch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Runs two nodes of a cluster inside a program; two programs could run one each. Arguments: host
 * and port of a Consul agent, and a directory.
 */
public final class EmbedClusterNode {

    private EmbedClusterNode() {}

    /** Writes through one node and reads from the other. */
    public static void main(String[] arguments) {
        String consul = arguments[0];
        int port = Integer.parseInt(arguments[1]);
        Path directory = Path.of(arguments[2]);
        try (LignumNode one = member(directory.resolve("one"), consul, port);
                LignumNode two = member(directory.resolve("two"), consul, port)) {
            one.service().awaitLeader(Duration.ofSeconds(30)).join();
            two.service().awaitLeader(Duration.ofSeconds(30)).join();
            one.session()
                    .topics()
                    .create("orders", TopicPatch.replication(true, 0))
                    .join();
            AppendResult produced = one.session()
                    .produce("orders", LogRecord.of("one coffee"), NotLeaderPolicy.FORWARD)
                    .join();
            System.out.println("offset " + produced.firstOffset() + ", and a leader took it: "
                    + produced.leader().isPresent());

            OptionalLong own = OptionalLong.of(produced.firstOffset() + 1);
            ReadDemand demand =
                    new ReadDemand(ReadDemand.Level.COMMITTED, own, OptionalInt.empty());
            two.session().awaitDemand("orders", 0, demand).join();
            two.session()
                    .read(ReadQuery.from("orders", 0))
                    .records()
                    .forEach(record -> System.out.println("the other node has " + record.text()));
        }
    }

    private static LignumNode member(Path directory, String consulHost, int consulPort) {
        return LignumNode.start(ServerConfig.embeddedInCluster(directory, consulHost, consulPort));
    }
}
