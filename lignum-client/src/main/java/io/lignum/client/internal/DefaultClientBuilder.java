package io.lignum.client.internal;

import io.lignum.client.Credentials;
import io.lignum.client.LignumClient;
import io.lignum.client.Tls;
import io.lignum.client.internal.errors.Checks;
import io.lignum.client.internal.net.Address;
import io.lignum.client.internal.net.Callbacks;
import io.lignum.client.internal.net.ClientContext;
import io.lignum.client.internal.net.Connection;
import io.lignum.client.internal.net.TlsContexts;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The settings of a client. {@link LignumClient#builder} creates it: the one place where the public
 * API constructs its implementation. One thread at a time.
 */
public final class DefaultClientBuilder implements LignumClient.Builder {

    private List<Address> addresses = List.of();
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Optional<TlsContexts> tls = Optional.empty();
    private Optional<Credentials> credentials = Optional.empty();
    private @Nullable Executor callbackExecutor;

    @Override
    public LignumClient.Builder addresses(List<String> newAddresses) {
        this.addresses = newAddresses.stream()
                .flatMap(list -> Address.parseList(list).stream())
                .toList();
        return this;
    }

    @Override
    public LignumClient.Builder tls(Tls newTls) {
        this.tls = Optional.of(new TlsContexts(newTls));
        return this;
    }

    @Override
    public LignumClient.Builder credentials(Credentials newCredentials) {
        this.credentials = Optional.of(newCredentials);
        return this;
    }

    @Override
    public LignumClient.Builder requestTimeout(Duration timeout) {
        this.requestTimeout = Checks.positive("requestTimeout", timeout);
        return this;
    }

    @Override
    public LignumClient.Builder callbackExecutor(Executor executor) {
        this.callbackExecutor = executor;
        return this;
    }

    @Override
    public LignumClient build() {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a client needs at least one address");
        }
        return new DefaultClient(new ClientContext(
                new Connection(addresses, tls, credentials, requestTimeout),
                new Callbacks(callbackExecutor)));
    }
}
