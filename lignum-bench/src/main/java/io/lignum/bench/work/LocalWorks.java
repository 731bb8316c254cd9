package io.lignum.bench.work;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The works on the engine and a single node, and those of their rivals, by name. */
public final class LocalWorks {

    @FunctionalInterface
    private interface Maker {
        Work make(WorkSettings settings) throws Exception;
    }

    private static final Map<String, Maker> MAKERS = new TreeMap<>(Map.ofEntries(
            Map.entry("authorize", Authorize::new),
            Map.entry("channel-append", ChannelAppend::new),
            Map.entry("channel-durable", ChannelDurable::new),
            Map.entry("channel-fill", settings -> new Fill(settings, ChannelReopen::fill)),
            Map.entry("channel-reopen", ChannelReopen::new),
            Map.entry("channel-read", ChannelRead::new),
            Map.entry("chronicle-append", ChronicleAppend::new),
            Map.entry("chronicle-durable", ChronicleDurable::new),
            Map.entry("chronicle-fill", settings -> new Fill(settings, ChronicleReopen::fill)),
            Map.entry("chronicle-reopen", ChronicleReopen::new),
            Map.entry("chronicle-read", ChronicleRead::new),
            Map.entry("node-start", NodeStart::new),
            Map.entry("node-grpc", GrpcProduce::new),
            Map.entry("node-http", HttpPost::new),
            Map.entry("lignum-append", LignumAppend::new),
            Map.entry("lignum-durable", LignumDurable::new),
            Map.entry("lignum-fill", settings -> new Fill(settings, LignumReopen::fill)),
            Map.entry("lignum-reopen", LignumReopen::new),
            Map.entry("lignum-topics-fill", settings -> new Fill(settings, LignumTopics::fill)),
            Map.entry("lignum-topics", LignumTopics::new),
            Map.entry("lignum-read", LignumRead::new)));

    private LocalWorks() {}

    public static Set<String> names() {
        return MAKERS.keySet();
    }

    public static Work make(String name, WorkSettings settings) throws Exception {
        Maker maker = MAKERS.get(name);
        if (maker == null) {
            throw new IllegalArgumentException("no work " + name + "; there are " + names());
        }
        return maker.make(settings);
    }
}
