package io.lignum.server;

import io.lignum.server.cli.Commands;
import io.lignum.server.cli.Terminal;
import io.lignum.server.config.ConfigException;
import io.lignum.server.config.ConfigLoader;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.config.WorkingDirectory;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Builds the parser of the command line. Each key of the configuration is also a flag. */
final class CommandLines {

    private static final Path DEFAULT_FILE = Path.of("config.yml");

    private static final int WIDTH = 100;

    private CommandLines() {}

    /**
     * Creates the command line with all commands. A process that only serves avoids this cost at
     * its start.
     */
    static CommandLine withAllCommands(Terminal terminal) {
        CommandLine command = of(terminal.environment());
        Commands.addTo(command, terminal);
        command.setExecutionStrategy(parsed -> {
            boolean serves = !parsed.hasSubcommand()
                    || parsed.subcommand().commandSpec().name().equals("serve");
            return serves ? execute(parsed, terminal.environment()) : Commands.run(parsed);
        });
        return command;
    }

    /** Creates the command line of serve, with or without its name. */
    static CommandLine of(Map<String, String> environment) {
        CommandSpec root = CommandSpec.create();
        root.usageMessage().width(WIDTH).footer(footer());
        addOptions(root, "lignum");
        CommandSpec serve = CommandSpec.create();
        serve.usageMessage()
                .width(WIDTH)
                .description("Runs a node until it is stopped.")
                .footer(footer());
        addOptions(serve, "serve");
        root.addSubcommand("serve", serve);
        CommandLine command = new CommandLine(root);
        command.setExecutionStrategy(parsed -> execute(parsed, environment));
        return command;
    }

    private static void addOptions(CommandSpec spec, String name) {
        spec.name(name).mixinStandardHelpOptions(true).version("lignum " + LignumNode.version());
        spec.addOption(OptionSpec.builder("-c", "--config")
                .type(Path.class)
                .paramLabel("FILE")
                .description("settings file (default: ./config.yml if it exists)")
                .build());
        spec.addOption(OptionSpec.builder("--print-config")
                .type(boolean.class)
                .description("print the settings in force with their sources, and exit")
                .build());
        spec.usageMessage()
                .customSynopsis("lignum [serve] [--config FILE] [--print-config] [--KEY VALUE]...");
        boolean listed = name.equals("serve"); // Above the commands they would hide them.
        ArgGroupSpec.Builder keys = ArgGroupSpec.builder().validate(false);
        if (listed) {
            keys.heading("%nSettings, which override the environment and the file:%n");
        }
        ConfigLoader.describeKeys((key, description) -> keys.addArg(OptionSpec.builder("--" + key)
                .type(String.class)
                .paramLabel("VALUE")
                .hidden(!listed)
                .description(description.replace("%", "%%"))
                .build()));
        spec.addArgGroup(keys.build());
    }

    private static String[] footer() {
        return new String[] {
            "",
            "Example: lignum serve --config config.yml --server.port 8081",
            "A setting comes from its flag, its environment variable (LIGNUM_SERVER_PORT), the file,",
            "or its default, in this order. The log is readable lines on a terminal, otherwise JSON;",
            "ENV=development or ENV=production selects one of them, LOG_LEVEL sets the level.",
            "",
            "Exit codes: 0 done; 2 wrong flags or settings, or a data directory that does not fit the",
            "cluster; 3 cannot start (a port is in use, the data directory is in use or not Lignum's;",
            "with bin/lignum also out of memory); 4 the disk failed, the node cannot continue, an Error",
            "reached the top of a thread, or the node did not stop in time; 143, 130 stopped by SIGTERM,",
            "SIGINT, without loss.",
        };
    }

    private static int execute(ParseResult parsed, Map<String, String> environment) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        ParseResult command = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
        CommandLine line = command.commandSpec().commandLine();
        try {
            ServerConfig config = load(parsed, environment);
            if (command.hasMatchedOption("--print-config")) {
                line.getOut().print(config.print());
                line.getOut().flush();
                return ExitCode.OK;
            }
            return Serving.run(config);
        } catch (ConfigException e) {
            e.problems().forEach(problem -> line.getErr().println("lignum: " + problem));
            line.getErr().flush();
            return ExitCode.USAGE;
        }
    }

    private static ServerConfig load(ParseResult parsed, Map<String, String> environment) {
        ConfigLoader loader = new ConfigLoader().environment(environment);
        boolean named = false;
        for (ParseResult level = parsed; level != null; level = level.subcommand()) {
            Path file = level.matchedOptionValue("--config", null);
            if (file != null) {
                loader.file(file);
                named = true;
            }
            for (OptionSpec option : level.matchedOptions()) {
                String key = option.longestName().substring(2);
                if (key.indexOf('.') > 0) {
                    loader.flag(key, option.getValue());
                }
            }
        }
        if (!named) {
            WorkingDirectory.refuseHidden(DEFAULT_FILE);
            if (Files.exists(DEFAULT_FILE)) {
                loader.file(DEFAULT_FILE);
            }
        }
        return loader.load();
    }
}
