package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.CommandRun;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The help texts, the hints for unknown commands, and their documentation. */
class HelpTest {

    private static final Path PAGE = Path.of("../docs/command-line.md");
    private static final Pattern OPTION = Pattern.compile("--[a-z-]+");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topic",
                "topic create",
                "topic ls",
                "topic describe",
                "topic rm",
                "topic alter",
                "cluster",
                "cluster status",
                "cluster transfer-leader",
                "cluster decommission",
                "cluster recover",
                "cluster divergent",
                "cluster divergent ls",
                "cluster divergent show",
                "cluster divergent republish",
                "cluster init",
                "user",
                "user create",
                "user list",
                "user password",
                "user delete",
                "token",
                "token create",
                "token list",
                "token delete",
                "access",
                "access grant",
                "access revoke",
                "access list",
                "access check",
                "access whoami",
                "access missing",
                "security",
                "security init",
                "security recover",
                "security check",
                "produce",
                "tail",
                "bench",
                "bench produce",
                "bench consume",
                "log",
                "log verify",
                "log dump",
                "completion"
            })
    void everyCommand_explainsItself_andIsOnThePage(String command) throws IOException {
        String[] args = Stream.concat(Arrays.stream(command.split(" ")), Stream.of("--help"))
                .toArray(String[]::new);
        CommandRun help = CommandRun.of(args);
        assertThat(help.code()).isEqualTo(Exit.OK);
        assertThat(help.out()).contains("Usage: lignum " + command);
        assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
        String page = Files.readString(PAGE);
        assertThat(page).contains("lignum " + command);
        Matcher options = OPTION.matcher(help.out());
        while (options.find()) {
            assertThat(page).contains("`" + options.group());
        }
    }

    @Test
    void help_listsEveryCommand() {
        CommandRun help = CommandRun.of("--help");
        assertThat(help.code()).isEqualTo(Exit.OK);
        assertThat(help.out())
                .contains(
                        "serve",
                        "topic",
                        "cluster",
                        "user",
                        "token",
                        "access",
                        "security",
                        "produce",
                        "tail",
                        "bench",
                        "log",
                        "completion");
    }

    @Test
    void misspeltCommand_isAnsweredWithTheNearest() {
        CommandRun run = CommandRun.of("log", "verfy");
        assertThat(run.code()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).isEqualTo("""
                        lignum: unknown command or option 'verfy'
                        lignum: did you mean: verify
                        lignum: see: lignum log --help
                        """);
        CommandRun missing = CommandRun.of("log");
        assertThat(missing.err()).contains("name a subcommand: verify, dump");
    }

    @Test
    void onlyServe_isReadWithoutTheOtherCommands() {
        assertThat(Commands.wanted(new String[] {})).isFalse();
        assertThat(Commands.wanted(new String[] {"serve", "--help"})).isFalse();
        assertThat(Commands.wanted(new String[] {"--server.port", "1"})).isFalse();
        assertThat(Commands.wanted(new String[] {"--help"})).isTrue();
        assertThat(Commands.wanted(new String[] {"tail", "t"})).isTrue();
    }

    @Test
    void completion_isAScriptThatKnowsTheCommands() {
        CommandRun bash = CommandRun.of("completion", "bash");
        assertThat(bash.code()).isEqualTo(Exit.OK);
        assertThat(bash.out())
                .contains("complete -F _complete_lignum", "produce", "--key-separator");
        assertThat(CommandRun.of("completion", "zsh").out()).contains("bashcompinit");
        CommandRun other = CommandRun.of("completion", "fish");
        assertThat(other.code()).isEqualTo(Exit.USAGE);
        assertThat(other.err()).contains("neither bash nor zsh");
    }
}
