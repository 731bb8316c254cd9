package io.lignum.server.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

import java.util.List;

/** Every path of the door, in one table, which the openapi.yaml is held against. */
final class Routes {

    /** @param path in the notation of OpenAPI, which is Javalin's too */
    record Route(HandlerType method, String path, Handler handler) {}

    private final MessageRoutes message;
    private final BatchRoutes batch;
    private final TopicRoutes topic;
    private final EventRoutes events;
    private final NodeRoutes node;
    private final ClusterRoutes cluster;

    Routes(
            MessageRoutes message,
            BatchRoutes batch,
            TopicRoutes topic,
            EventRoutes events,
            NodeRoutes node,
            ClusterRoutes cluster) {
        this.message = message;
        this.batch = batch;
        this.topic = topic;
        this.events = events;
        this.node = node;
        this.cluster = cluster;
    }

    List<Route> all() {
        return List.of(
                new Route(HandlerType.POST, "/api/message", message::produce),
                new Route(HandlerType.GET, "/api/message", message::read),
                new Route(HandlerType.POST, "/api/messages", batch::produce),
                new Route(HandlerType.GET, "/api/messages", batch::read),
                new Route(HandlerType.GET, "/api/topics", topic::list),
                new Route(HandlerType.PUT, "/api/topics/{name}", topic::create),
                new Route(HandlerType.GET, "/api/topics/{name}", topic::describe),
                new Route(HandlerType.PATCH, "/api/topics/{name}", topic::alter),
                new Route(HandlerType.DELETE, "/api/topics/{name}", topic::delete),
                new Route(HandlerType.POST, "/api/topics/{name}/messages", topic::append),
                new Route(HandlerType.DELETE, "/api/topics/{name}/messages", topic::trim),
                new Route(HandlerType.GET, "/api/topics/{name}/messages/{offset}", topic::raw),
                new Route(HandlerType.GET, "/api/topics/{name}/events", events::open),
                new Route(HandlerType.GET, "/api/cluster", cluster::status),
                new Route(HandlerType.GET, "/ping", node::ping),
                new Route(HandlerType.GET, "/metrics", node::metrics),
                new Route(HandlerType.GET, "/health/live", node::live),
                new Route(HandlerType.GET, "/health/ready", node::ready),
                new Route(HandlerType.GET, "/openapi.yaml", node::openApi));
    }

    void addTo(RoutesConfig config) {
        for (Route route : all()) {
            config.addHttpHandler(route.method(), route.path(), route.handler());
        }
    }

    EventRoutes events() {
        return events;
    }
}
