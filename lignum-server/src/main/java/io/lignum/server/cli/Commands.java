package io.lignum.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Registers and runs all commands except {@code serve}. A process that serves does not load them:
 * {@link #wanted} decides.
 */
public final class Commands {

    private static final Set<String> HELP = Set.of("-h", "--help");

    private Commands() {}

    /** Whether the arguments name a command other than serve, or ask for the general help. */
    public static boolean wanted(String[] args) {
        if (args.length == 0 || args[0].equals("serve")) {
            return false;
        }
        return !args[0].startsWith("-") || List.of(args).stream().anyMatch(HELP::contains);
    }

    /** Adds the commands to the root, and the handling of errors to all of them. */
    public static void addTo(CommandLine root, Terminal terminal) {
        CommandLine log = new CommandLine(new LogCommand())
                .addSubcommand(new LogVerify(terminal))
                .addSubcommand(new LogDump(terminal));
        CommandLine topic = new CommandLine(new TopicCommand())
                .addSubcommand(new TopicCreate(terminal))
                .addSubcommand(new TopicList(terminal))
                .addSubcommand(new TopicDescribe(terminal))
                .addSubcommand(new TopicAlter(terminal))
                .addSubcommand(new TopicRemove(terminal));
        CommandLine divergent = new CommandLine(new DivergentCommand())
                .addSubcommand(new DivergentList(terminal))
                .addSubcommand(new DivergentShow(terminal))
                .addSubcommand(new DivergentRepublish(terminal));
        CommandLine cluster = new CommandLine(new ClusterCommand())
                .addSubcommand(new ClusterShow(terminal))
                .addSubcommand(new ClusterTransfer(terminal))
                .addSubcommand(new ClusterDecommission(terminal))
                .addSubcommand(new ClusterRecover(terminal))
                .addSubcommand(divergent)
                .addSubcommand(new ClusterFound(terminal));
        CommandLine bench = new CommandLine(new BenchCommand())
                .addSubcommand(new BenchProduce(terminal))
                .addSubcommand(new BenchConsume(terminal));
        CommandLine cert = new CommandLine(new CertCommand())
                .addSubcommand(new CertCreateCluster(terminal))
                .addSubcommand(new CertCreateNode(terminal))
                .addSubcommand(new CertCreateUser(terminal))
                .addSubcommand(new CertRenew(terminal))
                .addSubcommand(new CertShow(terminal));
        root.addSubcommand(topic).addSubcommand(cluster).addSubcommand(cert);
        SecurityCommands.addTo(root, terminal);
        root.addSubcommand(new Produce(terminal))
                .addSubcommand(new Tail(terminal))
                .addSubcommand(bench)
                .addSubcommand(log)
                .addSubcommand(new Completion(terminal));
        describe(root);
        for (CommandLine command : root.getSubcommands().values()) {
            if (!command.getCommandName().equals("serve")) {
                prepare(command, root.getCommandSpec().version());
            }
        }
        root.setParameterExceptionHandler((e, args) -> wrongUsage(e, terminal));
        root.setExecutionExceptionHandler((e, line, parsed) -> Failures.tell(e, terminal));
    }

    /** Lists the commands before the many settings of serve. */
    private static void describe(CommandLine root) {
        root.getCommandSpec()
                .usageMessage()
                .description("Lignum, a distributed log store: a node, and commands to use it.")
                .customSynopsis(
                        "lignum COMMAND [--help] ...",
                        "       lignum [serve] [--config FILE] [--print-config] [--KEY VALUE]...");
        List<String> sections = new ArrayList<>(root.getHelpSectionKeys());
        List<String> commands = List.of(
                UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING,
                UsageMessageSpec.SECTION_KEY_COMMAND_LIST);
        sections.removeAll(commands);
        sections.addAll(sections.indexOf(UsageMessageSpec.SECTION_KEY_DESCRIPTION) + 1, commands);
        root.setHelpSectionKeys(sections);
    }

    private static void prepare(CommandLine command, String... version) {
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.registerConverter(java.time.Duration.class, new NumberFormats.Time());
        CommandSpec spec = command.getCommandSpec().version(version);
        spec.usageMessage().width(100).sortOptions(false).sortSynopsis(false);
        command.getSubcommands().values().forEach(below -> prepare(below, version));
    }

    /** Runs the parsed command, which is not serve. */
    public static int run(ParseResult parsed) {
        return new CommandLine.RunLast().execute(parsed);
    }

    private static int wrongUsage(ParameterException e, Terminal terminal) {
        CommandLine line = e.getCommandLine();
        if (e instanceof UnmatchedArgumentException unmatched) {
            terminal.say(
                    "unknown command or option '" + unmatched.getUnmatched().get(0) + "'");
            List<String> nearest = unmatched.getSuggestions();
            if (!nearest.isEmpty()) {
                terminal.say("did you mean: " + String.join(", or ", nearest));
            }
        } else {
            terminal.say(String.valueOf(e.getMessage()).replace('\n', ' '));
        }
        String name = line.getCommandSpec().qualifiedName();
        terminal.say("see: " + name + " --help");
        return Exit.USAGE;
    }
}
