package io.lignum.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.access.Refusal.Reason;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

class AuthorizerTest {

    private static final InetSocketAddress TO_LOOPBACK =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);

    private final List<AccessFixture> fixtures = new ArrayList<>();
    private final List<String> reported = new ArrayList<>();
    private final Authorizer inProtected = authorizer(SecurityMode.PROTECTED, false);
    private final Authorizer inOpen = authorizer(SecurityMode.OPEN, false);

    @AfterEach
    void stop() {
        fixtures.forEach(AccessFixture::close);
    }

    private Authorizer authorizer(SecurityMode mode, boolean publicMetrics) {
        AccessConfig config =
                new AccessConfig(mode, publicMetrics, Set.of(), Set.of(), AccessFixture.LOGINS);
        AccessFixture fixture = new AccessFixture(config);
        fixtures.add(fixture);
        return fixture.authorizer(reported);
    }

    private static Optional<Refusal> refusal(
            Authorizer authorizer, Operation operation, Caller caller) {
        return AccessFixture.refusal(authorizer.authorize(
                new Authorizer.Call(operation, caller, Optional.empty(), List.of())));
    }

    private static Caller caller(String remote, String local, String... headers) {
        return Caller.of(
                new InetSocketAddress(remote, 50_000),
                new InetSocketAddress(local, 8080),
                List.of(headers)::contains,
                Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "127.3.2.1, 127.0.0.1",
        "::1, ::1",
        "::ffff:127.0.0.1, 127.0.0.1",
        "10.1.2.3, 10.1.2.3", // An own address, even if it was removed meanwhile.
    })
    void sameHost_isServed(String remote, String local) {
        assertThat(refusal(inProtected, Operation.WRITE, caller(remote, local))).isEmpty();
        assertThat(reported).isEmpty();
    }

    @Test
    void everyAddressOfThisHost_isServed() throws Exception {
        List<InetAddress> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .collect(Collectors.toList());
        assertThat(own).isNotEmpty();
        for (InetAddress address : own) {
            Caller caller = Caller.of(
                    new InetSocketAddress(address, 1),
                    TO_LOOPBACK,
                    name -> false,
                    Optional.empty());
            assertThat(refusal(inProtected, Operation.WRITE, caller))
                    .as("%s", address)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 127.0.0.1",
        "192.0.2.7, 192.0.2.8",
        "::ffff:192.0.2.7, 127.0.0.1",
        "2001:db8::7, ::1",
        "::127.0.0.1, ::1", // Looks like a loopback address, but is not.
        "0.0.0.0, 127.0.0.1",
    })
    void otherHost_isRefusedWithWhatToDo(String remote, String local) {
        Optional<Refusal> refusal = refusal(inProtected, Operation.READ, caller(remote, local));
        assertThat(refusal).map(Refusal::reason).hasValue(Reason.OTHER_HOST);
        assertThat(refusal.orElseThrow().message()).contains("security.mode: on");
        assertThat(reported).containsExactly("READ OTHER_HOST");
    }

    @Test
    void linkLocalAddressOfAnotherLink_isAnotherHost() throws UnknownHostException {
        byte[] bytes = new byte[16];
        bytes[0] = (byte) 0xfe;
        bytes[1] = (byte) 0x80;
        bytes[15] = 7;
        InetAddress there = Inet6Address.getByAddress("", bytes, 9_999);
        Caller caller = Caller.of(
                new InetSocketAddress(there, 1), TO_LOOPBACK, name -> false, Optional.empty());
        assertThat(refusal(inProtected, Operation.READ, caller)).isPresent();
    }

    @Test
    void addressNotKnown_isAnotherHost() {
        Caller unknown = Caller.of(null, null, name -> false, Optional.empty());
        assertThat(refusal(inProtected, Operation.READ, unknown))
                .map(Refusal::reason)
                .hasValue(Reason.OTHER_HOST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip"})
    void proxyOnThisHost_speaksForOthersAndIsRefused(String header) {
        Caller proxy = caller("127.0.0.1", "127.0.0.1", header);
        Optional<Refusal> refusal = refusal(inProtected, Operation.READ, proxy);
        assertThat(refusal).map(Refusal::reason).hasValue(Reason.PROXY);
        assertThat(refusal.orElseThrow().message()).contains(header, "security.mode: on");
        assertThat(refusal(inOpen, Operation.READ, proxy)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void open_servesEverybody(Operation operation) {
        assertThat(refusal(inOpen, operation, caller("192.0.2.7", "127.0.0.1"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void protectedMode_givesHealthAloneToEverybody(Operation operation) {
        Caller other = caller("192.0.2.7", "127.0.0.1");
        assertThat(refusal(inProtected, operation, other).isEmpty())
                .isEqualTo(operation == Operation.HEALTH);
    }

    @Test
    void metrics_areGivenToEverybodyOnDemandOnly() {
        Caller other = caller("192.0.2.7", "127.0.0.1");
        Authorizer withMetrics = authorizer(SecurityMode.PROTECTED, true);
        assertThat(refusal(inProtected, Operation.METRICS, other)).isPresent();
        assertThat(refusal(withMetrics, Operation.METRICS, other)).isEmpty();
        assertThat(refusal(withMetrics, Operation.READ, other)).isPresent();
    }
}
