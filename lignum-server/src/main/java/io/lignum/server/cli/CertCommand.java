package io.lignum.server.cli;

import picocli.CommandLine.Command;

/** Parent of the commands for certificates. */
@Command(
        name = "cert",
        mixinStandardHelpOptions = true,
        description = "Creates, renews and shows certificates for TLS. Needs no node.")
final class CertCommand extends Group {}
