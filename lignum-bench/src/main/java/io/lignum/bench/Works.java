package io.lignum.bench;

import io.lignum.bench.server.ServerWorks;
import io.lignum.bench.work.LocalWorks;
import io.lignum.bench.work.Work;
import io.lignum.bench.work.WorkSettings;

/** Creates a work by its name: one that uses a server, or one within this JVM. */
final class Works {

    private Works() {}

    static Work make(String name, WorkSettings settings) throws Exception {
        return ServerWorks.names().contains(name)
                ? ServerWorks.make(name, settings)
                : LocalWorks.make(name, settings);
    }
}
