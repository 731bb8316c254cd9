package io.lignum.server.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.lignum.server.access.Operation;
import io.lignum.server.service.LogService;

import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The table of all paths of the listener. Tests compare it with openapi.yaml
 * and with the table of who may call what. {@link HttpServer} creates it at its start.
 */
final class Routes {

    /**
     * A method of a path.
     *
     * @param path with parameters as in OpenAPI and Javalin: {@code /api/{name}}
     */
    record Route(HandlerType method, String path, Operation operation, Handler handler) {}

    private final MessageRoutes message;
    private final BatchRoutes batch;
    private final TopicRoutes topic;
    private final EventRoutes events;
    private final NodeRoutes node;
    private final ClusterRoutes cluster;
    private final SecurityRoutes security;

    /**
     * Makes the handlers of all routes.
     *
     * @param metrics the text for Prometheus, in pieces
     */
    Routes(LogService service, Supplier<Iterator<String>> metrics, HttpExecutors work) {
        Answers answers = new Answers(service);
        message = new MessageRoutes(service, answers, work);
        batch = new BatchRoutes(service, answers, work);
        topic = new TopicRoutes(answers, work);
        events = new EventRoutes(service, answers, work);
        node = new NodeRoutes(service, answers, metrics);
        cluster = new ClusterRoutes(answers, work);
        security = new SecurityRoutes(answers, work);
    }

    List<Route> all() {
        return Stream.concat(ofTopicsAndNode().stream(), security.all().stream())
                .toList();
    }

    private List<Route> ofTopicsAndNode() {
        return List.of(
                new Route(HandlerType.POST, "/api/message", Operation.WRITE, message::produce),
                new Route(HandlerType.GET, "/api/message", Operation.READ, message::read),
                new Route(HandlerType.POST, "/api/messages", Operation.WRITE, batch::produce),
                new Route(HandlerType.GET, "/api/messages", Operation.READ, batch::read),
                new Route(HandlerType.GET, "/api/topics", Operation.DESCRIBE, topic::list),
                new Route(HandlerType.PUT, "/api/topics/{name}", Operation.ALTER, topic::create),
                new Route(
                        HandlerType.GET, "/api/topics/{name}", Operation.DESCRIBE, topic::describe),
                new Route(HandlerType.PATCH, "/api/topics/{name}", Operation.ALTER, topic::alter),
                new Route(HandlerType.DELETE, "/api/topics/{name}", Operation.ALTER, topic::delete),
                new Route(
                        HandlerType.POST,
                        "/api/topics/{name}/messages",
                        Operation.WRITE,
                        topic::append),
                new Route(
                        HandlerType.DELETE,
                        "/api/topics/{name}/messages",
                        Operation.ALTER,
                        topic::trim),
                new Route(
                        HandlerType.GET,
                        "/api/topics/{name}/messages/{offset}",
                        Operation.READ,
                        topic::raw),
                new Route(
                        HandlerType.GET, "/api/topics/{name}/events", Operation.READ, events::open),
                new Route(HandlerType.GET, "/api/cluster", Operation.DESCRIBE, cluster::status),
                new Route(HandlerType.GET, "/ping", Operation.HEALTH, node::ping),
                new Route(HandlerType.GET, "/metrics", Operation.METRICS, node::metrics),
                new Route(HandlerType.GET, "/health/live", Operation.HEALTH, node::live),
                new Route(HandlerType.GET, "/health/ready", Operation.HEALTH, node::ready),
                new Route(HandlerType.GET, "/openapi.yaml", Operation.DESCRIBE, node::openApi));
    }

    void addTo(RoutesConfig config) {
        for (Route route : all()) {
            config.addHttpHandler(route.method(), route.path(), context -> {
                RequestSession.requireDecided(context, route.operation());
                route.handler().handle(context);
            });
        }
    }

    EventRoutes events() {
        return events;
    }
}
