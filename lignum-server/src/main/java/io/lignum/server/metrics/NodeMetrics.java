package io.lignum.server.metrics;

import io.lignum.access.Action;
import io.lignum.server.access.Operation;
import io.lignum.server.access.Refusal;
import io.lignum.server.access.SecurityMode;
import io.lignum.server.access.SecuritySource;
import io.lignum.server.reload.FileReloader;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.LogService;
import io.lignum.server.service.NodeAlarm;
import io.lignum.server.service.ServiceListener;
import io.lignum.server.tls.TlsReloader;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Metrics of the listeners. Names have Prometheus's suffixes; docs/operations.md maps the
 * original's names to them. Any thread.
 */
public final class NodeMetrics implements ServiceListener {

    /**
     * Appears as lignum_topics_created_total. The library reserves the suffix "_created" and would
     * print lignum_topics_total, so the text is corrected afterwards.
     */
    private static final String TOPICS_CREATED = "lignum.topic.creations";

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, TopicMeters> topics = new ConcurrentHashMap<>();
    private final Map<ErrorCode, Counter> errors = new EnumMap<>(ErrorCode.class);
    private final Counter posted;
    private final Counter created;
    private final Counter replicated;
    private final Counter replicatedBytes;
    private final Counter acceptedLogins;
    private final Counter refusedLogins;
    private final Timer produceTime;
    private final Timer readTime;
    private final DistributionSummary batchRecords;

    /** Created when a topic is first used, removed with the topic. */
    private record TopicMeters(
            LongAdder produced, LongAdder producedBytes, LongAdder read, LongAdder readBytes) {
        TopicMeters() {
            this(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
        }
    }

    private static final List<TopicMetric<Map.Entry<String, TopicMeters>>> OF_TOPICS = List.of(
            counter("produced_messages", "Messages acknowledged", TopicMeters::produced),
            counter("produced_bytes", "Bytes of messages acknowledged", TopicMeters::producedBytes),
            counter("read_messages", "Messages read", TopicMeters::read),
            counter("read_bytes", "Bytes of messages read", TopicMeters::readBytes));

    public NodeMetrics(String version) {
        posted = counter("lignum.post.message.request", "Produce requests");
        created = counter(TOPICS_CREATED, "Topics created since the start");
        replicated = counter("lignum.replicate.message.request", "Appends received from a leader");
        replicatedBytes = counter("lignum.replicated.bytes", "Bytes received from a leader");
        acceptedLogins = logins("accepted");
        refusedLogins = logins("refused");
        produceTime = timer("lignum.produce", "Time from a produce request to its acknowledgement");
        readTime = timer("lignum.read", "Time to read one response's messages from the log");
        batchRecords = DistributionSummary.builder("lignum.produce.batch.records")
                .description("Messages per produce request")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
        for (ErrorCode code : ErrorCode.values()) {
            errors.put(
                    code,
                    Counter.builder("lignum.errors")
                            .description("Calls refused or failed, by error code")
                            .tag("code", code.name())
                            .register(registry));
        }
        Gauge.builder("lignum.build.info", () -> 1)
                .description("Always 1; the label is the version")
                .tag("version", version)
                .tag("java", Runtime.version().toString())
                .register(registry);
    }

    /** Counts a refused call. */
    public void refused(Operation operation, Refusal.Reason reason) {
        failed(ErrorCode.of(reason));
        Counter.builder("lignum.access.denied")
                .description("Calls refused because of their origin, by operation")
                .tag("operation", operation.name())
                .tag("reason", reason.name())
                .register(registry)
                .increment();
    }

    @Override
    public void denied(Action action, boolean enforced) {
        String name = enforced ? "lignum.access.not.granted" : "lignum.access.would.deny";
        Counter.builder(name)
                .description(
                        enforced
                                ? "Calls refused for want of a grant, by action"
                                : "Calls that mode on would refuse, by action")
                .tag("action", action.text())
                .register(registry)
                .increment();
    }

    /** Counts a call with credentials. */
    public void login(boolean succeeded) {
        (succeeded ? acceptedLogins : refusedLogins).increment();
    }

    private Counter logins(String outcome) {
        return Counter.builder("lignum.logins")
                .description("Calls with credentials, by outcome")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Adds metrics of the users and grants that the node knows. */
    public void observe(SecuritySource security) {
        gauge(
                "lignum.security.version",
                "Changes of users, tokens and grants that this node has applied",
                () -> security.state().version());
    }

    /** Adds a metric for the security mode. */
    public void securityMode(SecurityMode mode) {
        Gauge.builder("lignum.security.mode", () -> 1)
                .description("Always 1; the label is the security mode")
                .tag("mode", mode.text())
                .register(registry);
    }

    /** Adds metrics that are read from the running service. */
    public void observe(LogService service) {
        gauge(
                "lignum.requests.in.flight",
                "Requests in progress",
                service.admission()::requestsInFlight);
        gauge(
                "lignum.append.queue",
                "Appends accepted and not yet answered",
                service::appendsInFlight);
        gauge(
                "lignum.append.queue.bytes",
                "Bytes of appends accepted and not yet answered",
                service::bytesInFlight);
        gauge("lignum.waiting.reads", "Reads waiting for new messages", service::waitingReads);
        gauge("lignum.streams", "Open streams", service.admission()::openStreams);
        gauge(
                "lignum.memory.bytes",
                "Bytes reserved for requests and responses",
                service.admission()::memoryInUse);
        gauge("lignum.ready", "1 while the node serves calls", () -> service.isReady() ? 1 : 0);
        for (NodeAlarm.Kind kind : NodeAlarm.Kind.values()) {
            Gauge.builder("lignum.alarm", () -> service.alarms().isActive(kind) ? 1 : 0)
                    .description("1 while this node has the alarm, by code")
                    .tag("code", kind.name())
                    .register(registry);
        }
    }

    /** Adds metrics of the TLS certificate. */
    public void observe(TlsReloader tls) {
        gauge(
                "lignum.tls.certificate.not.after.seconds",
                "End of the certificate in use, in seconds since 1970",
                () -> tls.current().notAfter().getEpochSecond());
        reloads("lignum.tls.reloads", tls.files());
    }

    /** Adds a metric of files that are read again. */
    public void reloads(String name, FileReloader<?> files) {
        reloads(name, files, "replaced", FileReloader::reloads);
        reloads(name, files, "failed", FileReloader::failures);
    }

    private void reloads(
            String name,
            FileReloader<?> files,
            String outcome,
            ToDoubleFunction<FileReloader<?>> value) {
        FunctionCounter.builder(name, files, value)
                .description("Changes of files that are read again, by outcome")
                .tag("outcome", outcome)
                .register(registry);
    }

    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /**
     * The text for Prometheus, in pieces that are generated on demand.
     *
     * @param ofStore further text, line by line
     */
    public Iterator<String> scrape(List<Iterator<String>> ofStore) {
        String ofNode = registry.scrape()
                .replace("lignum_topic_creations_total", "lignum_topics_created_total");
        List<Iterator<String>> parts = new ArrayList<>();
        parts.add(List.of(ofNode).iterator());
        OF_TOPICS.forEach(metric -> parts.add(metric.lines(topics.entrySet())));
        parts.addAll(ofStore);
        return new MetricsText(parts);
    }

    /** Counts batches received from a leader. */
    public void replicated(int bytes) {
        replicated.increment();
        replicatedBytes.increment(bytes);
    }

    @Override
    public void produceRequested() {
        posted.increment();
    }

    @Override
    public void produced(String topic, int records, long bytes, long nanos) {
        produceTime.record(nanos, TimeUnit.NANOSECONDS);
        batchRecords.record(records);
        TopicMeters meters = meters(topic);
        meters.produced.add(records);
        meters.producedBytes.add(bytes);
    }

    @Override
    public void read(String topic, int records, long bytes, long nanos) {
        readTime.record(nanos, TimeUnit.NANOSECONDS);
        TopicMeters meters = meters(topic);
        meters.read.add(records);
        meters.readBytes.add(bytes);
    }

    @Override
    public void topicCreated(String topic) {
        created.increment();
    }

    @Override
    public void topicDeleted(String topic) {
        topics.remove(topic);
    }

    /** Removes the counters of deleted topics; another node may have deleted them. */
    public void keepTopics(Predicate<String> isThere) {
        topics.keySet().stream().filter(isThere.negate()).toList().forEach(this::topicDeleted);
    }

    @Override
    public void failed(ErrorCode code) {
        Counter counter = errors.get(code);
        if (counter != null) {
            counter.increment();
        }
    }

    private TopicMeters meters(String topic) {
        TopicMeters known = topics.get(topic);
        return known != null ? known : topics.computeIfAbsent(topic, name -> new TopicMeters());
    }

    private static TopicMetric<Map.Entry<String, TopicMeters>> counter(
            String name, String description, Function<TopicMeters, LongAdder> value) {
        return new TopicMetric<>(
                "lignum_" + name + "_total",
                "counter",
                description,
                Map.Entry::getKey,
                entry -> value.apply(entry.getValue()).doubleValue());
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .publishPercentiles(0.5, 0.99)
                .register(registry);
    }

    private interface Value {
        long get();
    }

    private void gauge(String name, String description, Value value) {
        Gauge.builder(name, value, Value::get)
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}
