package io.lignum.server.config;

import io.lignum.cluster.transport.PeerTls;
import io.lignum.server.access.SecurityMode;
import io.lignum.server.tls.ClientAuth;
import io.lignum.server.tls.TlsMode;
import io.lignum.storage.Durability;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every configuration key. This table drives the parser, the flags, the environment variables,
 * {@code --print-config} and, through a test, the table in docs/configuration.md.
 */
@SuppressWarnings("ImmutableEnumChecker") // ValueType has final fields and a stateless parser only
enum ConfigKey {
    SERVER_HOST("server.host", ValueType.text(), "0.0.0.0", "address the listeners bind to"),
    SERVER_PORT("server.port", ValueType.port(), "8080", "HTTP port; 0 takes a free one"),
    SERVER_GRPC_PORT("server.grpc-port", ValueType.port(), "9080", "gRPC port; 0 takes a free one"),
    SERVER_SERVICE_KEY(
            "server.service-key",
            ValueType.text(),
            "service/lignum/key/master",
            "key of the leader lock, the same on all nodes of a cluster"),
    SERVER_TLS_MODE(
            "server.tls-mode",
            ValueType.choice(TlsMode.class),
            "",
            "tls.mode of the HTTP port alone; unset means tls.mode"),
    SERVER_GRPC_TLS_MODE(
            "server.grpc-tls-mode",
            ValueType.choice(TlsMode.class),
            "",
            "tls.mode of the gRPC port alone; unset means tls.mode"),
    SERVER_CLIENT_AUTH(
            "server.client-auth",
            ValueType.choice(ClientAuth.class),
            "none",
            "whether HTTP clients present a certificate: none, optional or required"),
    SERVER_GRPC_CLIENT_AUTH(
            "server.grpc-client-auth",
            ValueType.choice(ClientAuth.class),
            "none",
            "whether gRPC clients present a certificate: none, optional or required"),

    SECURITY_MODE(
            "security.mode",
            ValueType.choice(SecurityMode.class),
            "protected",
            "which callers are served: protected, only those on the node's own host; open, all; "
                    + "observe, all, and refusals of on are logged; on, those that log in"),
    SECURITY_SUPERUSERS(
            "security.superusers",
            ValueType.principals(),
            "",
            "principals that may do everything, separated by commas: user:root,cert:ops"),
    SECURITY_BOOTSTRAP_USER_FILE(
            "security.bootstrap-user-file",
            ValueType.path(),
            "",
            "file with NAME:PASSWORD of the first administrator, used until one exists"),
    SECURITY_PLAIN_CREDENTIALS(
            "security.allow-plain-credentials",
            ValueType.flag(),
            "false",
            "whether passwords and tokens are accepted from other hosts without TLS"),
    SECURITY_PASSWORD_LENGTH(
            "security.password-min-length",
            ValueType.number(1, 256),
            "12",
            "shortest password that a user may set, in characters"),
    SECURITY_FREE_FAILURES(
            "security.free-failed-logins",
            ValueType.number(1, 1_000),
            "5",
            "failed logins of an address for a user after which the next ones wait, 1 to 30 s"),
    SECURITY_PUBLIC_METRICS(
            "security.public-metrics",
            ValueType.flag(),
            "false",
            "whether GET /metrics answers all callers, like the health endpoints"),
    QUOTA_PRODUCE(
            "quota.produce-bytes-per-second",
            ValueType.number(1, 1L << 40),
            "",
            "bytes of messages that each principal may append in a second; unset means any number"),
    QUOTA_FETCH(
            "quota.fetch-bytes-per-second",
            ValueType.number(1, 1L << 40),
            "",
            "bytes of messages that each principal may read in a second; unset means any number"),
    AUDIT_LOG(
            "audit.log",
            ValueType.choice(AuditSetting.class),
            "on",
            "whether logins, refusals and changes are written to the audit log: on or off"),
    AUDIT_FILE(
            "audit.file",
            ValueType.path(),
            "",
            "file for the audit log, instead of the log; renamed at 64 MiB, and 8 of these are kept"),

    HTTP_ALLOWED_HOSTS(
            "http.allowed-hosts",
            ValueType.hosts(),
            "",
            "further host names that HTTP requests may carry, separated by commas"),

    TLS_MODE(
            "tls.mode",
            ValueType.choice(TlsMode.class),
            "off",
            "which connections clients may make: off, without TLS; optional, both; required, with "
                    + "TLS"),
    TLS_CERT_FILE(
            "tls.cert-file",
            ValueType.path(),
            "",
            "the node's certificate and intermediate ones (PEM)"),
    TLS_KEY_FILE("tls.key-file", ValueType.path(), "", "the node's private key (PEM, PKCS#8)"),
    TLS_KEY_PASSWORD_FILE(
            "tls.key-password-file",
            ValueType.path(),
            "",
            "file that holds the password of an encrypted tls.key-file"),
    TLS_CLIENT_CA_FILE(
            "tls.client-ca-file",
            ValueType.path(),
            "",
            "CA certificates (PEM) that issue the certificates of clients"),
    TLS_MIN_VERSION(
            "tls.min-version",
            ValueType.tlsVersion(),
            "1.2",
            "oldest version of TLS that is accepted: 1.2 or 1.3"),
    TLS_RELOAD_INTERVAL(
            "tls.reload-interval-in-ms",
            ValueType.number(0, 86_400_000),
            "10000",
            "interval at which files of keys, certificates and secrets are read again; 0: never"),
    TLS_EXPIRY_WARNING(
            "tls.expiry-warning-in-days",
            ValueType.number(0, 3_650),
            "30",
            "how long before its end the certificate is reported in the log, once a day"),

    CONSUL_HOST("consul.host", ValueType.text(), "localhost", "the Consul agent's host"),
    CONSUL_PORT("consul.port", ValueType.number(1, 65_535), "8500", "the Consul agent's port"),
    CONSUL_SCHEME(
            "consul.scheme",
            ValueType.choice(Scheme.class),
            "http",
            "scheme of the Consul agent's HTTP API: http or https"),
    CONSUL_TLS_CA_FILE(
            "consul.tls-ca-file",
            ValueType.path(),
            "",
            "CA certificates (PEM) trusted for the agent; unset means those of the JVM"),
    CONSUL_TLS_CERT_FILE(
            "consul.tls-cert-file",
            ValueType.path(),
            "",
            "certificate (PEM) that the node presents to the agent; unset means none"),
    CONSUL_TLS_KEY_FILE(
            "consul.tls-key-file",
            ValueType.path(),
            "",
            "private key (PEM, PKCS#8) of consul.tls-cert-file"),
    CONSUL_ACL_TOKEN("consul.acl-token", ValueType.text(), "", "token sent to the Consul agent"),
    CONSUL_ACL_TOKEN_FILE(
            "consul.acl-token-file",
            ValueType.path(),
            "",
            "file that holds the token, instead of consul.acl-token"),
    CONSUL_DATACENTER(
            "consul.datacenter",
            ValueType.name(),
            "",
            "Consul datacenter of the cluster; unset means that of the agent"),
    CONSUL_SERVICE_NAME(
            "consul.service-name",
            ValueType.name(),
            "",
            "name registered in Consul; unset means cluster.name"),
    CONSUL_SESSION_TTL(
            "consul.session-ttl-in-seconds",
            ValueType.number(10, 86_400),
            "15",
            "time after which Consul ends a session that is not renewed"),
    CONSUL_SESSION_RENEWAL(
            "consul.session-renewal-ttl-in-seconds",
            ValueType.number(1, 86_400),
            "13",
            "longest time between renewals of the session; at most its TTL"),
    CONSUL_LOCK_DELAY(
            "consul.lock-delay-in-ms",
            ValueType.number(0, 60_000),
            "10",
            "time for which Consul refuses the lock after its holder lost it"),
    CONSUL_ELECTION_INTERVAL(
            "consul.leader-election-interval-in-ms",
            ValueType.number(1, 60_000),
            "10",
            "pause before the next attempt to be elected after a request to Consul failed"),

    MESSAGE_SIZE_PER_TOPIC(
            "message.initial-size-per-topic",
            ValueType.number(1, Long.MAX_VALUE),
            "1000000",
            "messages after which a segment is sealed"),
    MESSAGE_DATA_DIR("message.data-dir", ValueType.path(), "topics", "directory of the data"),

    FOLLOWER_HEALTHCHECK_INTERVAL(
            "follower.healthcheck-interval-in-seconds",
            ValueType.number(1, 3_600),
            "1",
            "interval of the heartbeats from a leader to its followers"),
    FOLLOWER_PING_TIMEOUT(
            "follower.healthcheck-ping-timeout-in-ms",
            ValueType.number(1, 3_600_000),
            "100",
            "added to three intervals: a node silent for that long is not responsive; at "
                    + "most the interval"),
    FOLLOWER_LEADER_CHECK(
            "follower.registration-leader-check-interval-in-seconds",
            ValueType.number(1, 3_600),
            "5",
            "longest pause between a follower's attempts to connect to its leader"),

    REPLICATION_QUEUE(
            "replication.internal-queue-size",
            ValueType.number(1, 1_000_000),
            "1024",
            "most append requests (each up to 512 KiB, or one larger batch) sent to a "
                    + "follower and not yet acknowledged"),
    REPLICATION_TIMEOUT(
            "replication.client-timeout-in-ms",
            ValueType.number(1, 60_000),
            "25",
            "time in which a follower must acknowledge a live batch, else it is shown as "
                    + "lagging"),
    REPLICATION_PORT(
            "replication.wal-replication-port",
            ValueType.port(),
            "8126",
            "port of all traffic between nodes"),
    REPLICATION_SYNC_INTERVAL(
            "replication.wal-sync-interval-in-sec",
            ValueType.number(1, 86_400),
            "5",
            "interval at which wal topics are sent to the followers"),
    REPLICATION_LAG_LIMIT(
            "replication.lag-limit-in-ms",
            ValueType.number(1_000, 3_600_000),
            "10000",
            "time without durable progress in a live topic in which it is behind, after "
                    + "which a follower leaves the in-sync replicas"),
    REPLICATION_COMMIT_TIMEOUT(
            "replication.commit-timeout-in-ms",
            ValueType.number(100, 3_600_000),
            "30000",
            "time after which a live append that is not committed fails with outcome UNKNOWN"),

    WAL_QUEUE(
            "wal.queue-size",
            ValueType.number(1, 1_000_000),
            "8192",
            "most appends accepted and not yet answered"),

    NODE_ID(
            "node.id",
            ValueType.name(),
            "",
            "name of this node; generated at the first start if unset"),
    NODE_ADVERTISED_HOST(
            "node.advertised-host",
            ValueType.text(),
            "",
            "host that other nodes use for this one; unset means server.host, or this "
                    + "host's name"),
    CLUSTER_NAME("cluster.name", ValueType.name(), "lignum", "name of the cluster"),
    CLUSTER_SECRET(
            "cluster.secret",
            ValueType.text(),
            "",
            "secret that the nodes share; without one, all nodes must run on one host"),
    CLUSTER_SECRET_FILE(
            "cluster.secret-file",
            ValueType.path(),
            "",
            "file that holds the secret, instead of cluster.secret"),
    CLUSTER_OTHER_SECRETS_FILE(
            "cluster.other-secrets-file",
            ValueType.path(),
            "",
            "file with secrets that are accepted from other nodes besides the own one, each in "
                    + "its line, at most 4: to replace the secret"),
    CLUSTER_TLS(
            "cluster.tls",
            ValueType.choice(PeerTls.Mode.class),
            "off",
            "connections between nodes: off, without TLS; accept, both, and made without; prefer, "
                    + "both, and made with; require, with TLS"),
    CLUSTER_TLS_CA_FILE(
            "cluster.tls-ca-file",
            ValueType.path(),
            "",
            "CA certificates (PEM) that issue the certificates of the cluster's nodes"),
    CLUSTER_MIN_IN_SYNC(
            "cluster.min-in-sync",
            ValueType.number(1, 1_000),
            "",
            "fewest nodes that must hold a live record; takes effect once that many nodes "
                    + "have been in sync; unset means a majority of the nodes"),

    TOPIC_DURABILITY(
            "topic.durability",
            ValueType.choice(Durability.class),
            "always",
            "when an append is acknowledged: always, after fsync; interval or os, before it"),
    TOPIC_SEGMENT_BYTES(
            "topic.segment-max-bytes",
            ValueType.number(64 * 1024, 1L << 30),
            "134217728",
            "most bytes of a segment; it is sealed before it would exceed them"),
    TOPIC_SEGMENT_AGE(
            "topic.segment-max-age-in-ms",
            ValueType.number(1_000, Long.MAX_VALUE / 1_000_000),
            "604800000",
            "age after which a segment is sealed"),
    TOPIC_RETENTION_BYTES(
            "topic.retention-bytes",
            ValueType.number(1, Long.MAX_VALUE),
            "",
            "least bytes kept per topic, older segments are deleted; unset keeps all messages"),
    TOPIC_RETENTION_AGE(
            "topic.retention-age-in-ms",
            ValueType.number(1, Long.MAX_VALUE / 1_000_000),
            "",
            "how long messages are kept; unset keeps them forever"),

    TOPIC_TIMESTAMP_BEFORE_MAX(
            "topic.timestamp-before-max-in-ms",
            ValueType.number(0, Long.MAX_VALUE / 1_000_000),
            "0",
            "messages with a timestamp further in the past are refused; 0 accepts any"),
    TOPIC_TIMESTAMP_AFTER_MAX(
            "topic.timestamp-after-max-in-ms",
            ValueType.number(0, Long.MAX_VALUE / 1_000_000),
            "3600000",
            "messages with a timestamp further in the future are refused; 0 accepts any"),

    STORAGE_FLUSH_INTERVAL(
            "storage.flush-interval-in-ms",
            ValueType.number(1, 3_600_000),
            "1000",
            "interval at which topics of durability interval are forced to disk"),
    STORAGE_RESERVE(
            "storage.reserve-bytes",
            ValueType.number(0, Long.MAX_VALUE),
            "67108864",
            "free disk space below which appends are refused; reads continue"),
    STORAGE_PRODUCER_EXPIRY(
            "storage.producer-expiration-in-ms",
            ValueType.number(60_000, 315_360_000_000L),
            "86400000",
            "time without appends after which an idempotent producer's state is dropped"),
    STORAGE_OPEN_FILES(
            "storage.max-open-files",
            ValueType.number(16, 1_000_000),
            "1024",
            "most files that the engine keeps open"),
    STORAGE_IO_THREADS(
            "storage.io-threads",
            ValueType.number(1, 64),
            "4",
            "most files written or forced at the same time"),

    LIMIT_MESSAGE_BYTES(
            "limits.message-max-bytes",
            ValueType.number(1, 64 << 20),
            "1048576",
            "most bytes of one message: key, value and headers"),
    LIMIT_REQUEST_BYTES(
            "limits.request-max-bytes",
            ValueType.number(1_024, 256 << 20),
            "8388608",
            "most bytes of one request's body"),
    LIMIT_BATCH_BYTES(
            "limits.batch-max-bytes",
            ValueType.number(1_024, 128 << 20),
            "4194304",
            "most bytes of one batch as stored"),
    LIMIT_BATCH_RECORDS(
            "limits.batch-max-records",
            ValueType.number(1, 1_000_000),
            "10000",
            "most messages in one batch"),
    LIMIT_BATCH_UNCOMPRESSED(
            "limits.batch-max-uncompressed-bytes",
            ValueType.number(1_024, 1 << 30),
            "33554432",
            "most bytes of one compressed batch after decompression"),
    LIMIT_READ_BYTES(
            "limits.read-max-bytes",
            ValueType.number(1, 128 << 20),
            "4194304",
            "most bytes of messages in one response; at least one message is returned"),
    LIMIT_READ_RECORDS(
            "limits.read-max-records",
            ValueType.number(1, 1_000_000),
            "10000",
            "most messages in one response"),
    LIMIT_TOPICS("limits.max-topics", ValueType.number(1, 1_000_000), "10000", "most topics"),
    LIMIT_PRODUCERS(
            "limits.max-producers-per-topic",
            ValueType.number(1, 1_000_000),
            "10000",
            "most idempotent producers per topic; above it the one idle for longest is dropped"),
    LIMIT_CONNECTIONS(
            "limits.max-connections",
            ValueType.number(1, 1_000_000),
            "1024",
            "most open connections per listener"),
    LIMIT_REQUESTS(
            "limits.max-requests-in-flight",
            ValueType.number(1, 1_000_000),
            "2048",
            "most requests in progress"),
    LIMIT_BYTES_IN_FLIGHT(
            "limits.max-bytes-in-flight",
            ValueType.number(1_024, 1L << 40),
            "67108864",
            "most bytes of memory for requests, decompression and responses in progress"),
    LIMIT_WAITING_READS(
            "limits.max-waiting-reads",
            ValueType.number(1, 1_000_000),
            "1024",
            "most reads waiting for new messages"),
    LIMIT_STREAMS(
            "limits.max-streams",
            ValueType.number(1, 1_000_000),
            "256",
            "most open event streams and gRPC streams"),
    LIMIT_WAIT(
            "limits.max-wait-in-ms",
            ValueType.number(0, 3_600_000),
            "30000",
            "longest time that a read may wait for new messages"),
    LIMIT_IDLE(
            "limits.idle-timeout-in-ms",
            ValueType.number(100, 86_400_000),
            "60000",
            "time without traffic after which a connection is closed"),
    LIMIT_SLOW_CLIENT(
            "limits.slow-client-timeout-in-ms",
            ValueType.number(100, 3_600_000),
            "10000",
            "time within which a request must have arrived completely; a response is ended "
                    + "after this time without progress, or when it is slower than 64 KiB/s"),
    LIMIT_DRAIN(
            "limits.drain-timeout-in-ms",
            ValueType.number(0, 3_600_000),
            "10000",
            "how long a stopping node waits for requests in progress");

    /** Whether there is an audit log. */
    enum AuditSetting {
        ON,
        OFF
    }

    /** The scheme of Consul's HTTP API. */
    enum Scheme {
        HTTP,
        HTTPS
    }

    private final String path;
    private final ValueType type;
    private final String defaultText;
    private final String meaning;

    ConfigKey(String path, ValueType type, String defaultText, String meaning) {
        this.path = path;
        this.type = type;
        this.defaultText = defaultText;
        this.meaning = meaning;
    }

    /** As written in config.yml, sections joined by dots: {@code server.grpc-port}. */
    String path() {
        return path;
    }

    String section() {
        return path.substring(0, path.indexOf('.'));
    }

    String leaf() {
        return path.substring(path.indexOf('.') + 1);
    }

    /** {@code LIGNUM_SERVER_GRPC_PORT}. */
    String environmentName() {
        return "LIGNUM_" + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    ValueType type() {
        return type;
    }

    /** The default as text; empty for a key that has none. */
    String defaultText() {
        return defaultText;
    }

    String meaning() {
        return meaning;
    }

    boolean isOptional() {
        return defaultText.isEmpty();
    }

    boolean isSecret() {
        return this == CLUSTER_SECRET || this == CONSUL_ACL_TOKEN;
    }

    static Optional<ConfigKey> of(String path) {
        return Arrays.stream(values()).filter(key -> key.path.equals(path)).findFirst();
    }
}
