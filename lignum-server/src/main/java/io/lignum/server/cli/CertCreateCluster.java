package io.lignum.server.cli;

import io.lignum.server.cert.CertException;
import io.lignum.server.cert.CertificateAuthority;
import io.lignum.server.cert.CertificateAuthority.Issued;
import io.lignum.server.cert.Subject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Creates a CA and the certificates of a cluster's first nodes. */
@Command(
        name = "create-cluster",
        mixinStandardHelpOptions = true,
        description = {
            "Creates a CA, a certificate for each node, and one for a user named admin, in one "
                    + "directory. Copy ca.pem to nodes and clients, and to each node its own two "
                    + "files. Keep ca.key in a safe place that is not a node.",
            "A node's names are what clients and other nodes connect to: host names and addresses. "
                    + "localhost, 127.0.0.1 and ::1 are added."
        },
        footer = {
            "",
            "Example: lignum cert create-cluster --cluster prod --out certs "
                    + "oak-1=oak-1.example,10.0.0.1 oak-2=oak-2.example"
        })
final class CertCreateCluster implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(
            paramLabel = "NODE=NAME[,NAME...]",
            arity = "1..*",
            description = "id of a node, and its host names and addresses")
    private List<String> nodes = new ArrayList<>();

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            required = true,
            description = "name of the cluster")
    private String cluster = "";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "directory for the files; created if it does not exist")
    private Path directory = Path.of("");

    @Option(names = "--days", paramLabel = "N", description = CertText.DAYS)
    private int days = CertText.DEFAULT_DAYS;

    @Option(names = "--json", description = CertText.JSON)
    private boolean json;

    CertCreateCluster(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        CertText.checkDays(days);
        List<Subject> subjects = new ArrayList<>();
        for (String node : nodes) {
            subjects.add(subject(node));
        }
        subjects.add(new Subject(cluster, Subject.Kind.USER, "admin", List.of()));
        CertText.requireDistinct(subjects);
        CertificateAuthority ca = CertificateAuthority.create(directory, cluster);
        List<Issued> issued = new ArrayList<>();
        for (Subject subject : subjects) {
            try {
                issued.add(ca.issue(subject, days));
            } catch (CertException e) {
                throw CommandFailure.failed(e.getMessage() + "; the CA is in " + directory
                        + ": go on with lignum cert create-node " + subject.name());
            }
        }
        CertText.print(terminal, json, issued);
        if (!json) {
            terminal.say("the CA is in " + directory + ": give ca.pem to nodes and clients, and"
                    + " keep ca.key off the nodes");
        }
        return Exit.OK;
    }

    private Subject subject(String node) {
        int equals = node.indexOf('=');
        if (equals < 1) {
            throw CommandFailure.usage("'" + node
                    + "' is not NODE=NAME[,NAME...], for example oak-1=oak-1.example,10.0.0.1");
        }
        return CertText.node(cluster, node.substring(0, equals), node.substring(equals + 1));
    }
}
