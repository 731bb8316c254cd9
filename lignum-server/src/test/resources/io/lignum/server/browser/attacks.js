// Tries from a page to write to and read from the node at the first argument, in every way that a
// browser has. Calls the last argument with what each way yielded: the text it read, or "".
const target = arguments[0];
const done = arguments[arguments.length - 1];
const read = target + "/api/message?topic=kept&from=0&to=9";
const write = target + "/api/message";
const body = name => JSON.stringify({topic: "attacked", message: name});
const within = (millis, start) => new Promise(resolve => {
    setTimeout(() => resolve(""), millis);
    start(resolve);
});
const text = (url, options) =>
    fetch(url, {credentials: "include", ...options}).then(response => response.text());

const ways = {
    form: () => within(5000, resolve => {
        const frame = document.createElement("iframe");
        frame.name = "answer";
        document.body.append(frame);
        frame.onload = () => {
            try {
                resolve(frame.contentDocument.body.innerText);
            } catch (foreign) {
                resolve("");
            }
        };
        const form = document.createElement("form");
        form.method = "POST";
        form.enctype = "text/plain";
        form.action = write;
        form.target = frame.name;
        const input = document.createElement("input");
        input.name = '{"topic":"attacked","message":"form","x":"';
        input.value = '"}';
        form.append(input);
        document.body.append(form);
        form.submit();
    }),
    simple: () => text(write, {method: "POST", body: body("simple")}),
    withoutCors: () => text(write, {method: "POST", mode: "no-cors", body: body("withoutCors")}),
    withHeader: () => text(write, {
        method: "POST",
        headers: {"Content-Type": "application/json", "X-Any": "1"},
        body: body("withHeader"),
    }),
    beacon: async () => String(navigator.sendBeacon(write, body("beacon"))),
    put: () => text(target + "/api/topics/attacked", {method: "PUT"}),
    remove: () => text(target + "/api/topics/kept", {method: "DELETE"}),
    get: () => text(read),
    image: () => within(5000, resolve => {
        const image = new Image();
        image.onload = () => resolve("loaded");
        image.onerror = () => resolve("");
        image.src = read;
    }),
    script: () => within(5000, resolve => {
        const script = document.createElement("script");
        script.onload = () => resolve("loaded");
        script.onerror = () => resolve("");
        script.src = read;
        document.body.append(script);
    }),
    events: () => within(5000, resolve => {
        const events = new EventSource(
            target + "/api/topics/kept/events?from=0", {withCredentials: true});
        events.onmessage = event => resolve(event.data);
        events.onerror = () => resolve("");
    }),
    socket: () => within(5000, resolve => {
        const socket = new WebSocket(
            target.replace("http", "ws") + "/api/topics/kept/events?from=0");
        socket.onopen = () => resolve("opened");
        socket.onerror = () => resolve("");
    }),
};

(async () => {
    const result = {};
    for (const [name, way] of Object.entries(ways)) {
        // A request that is answered with 401 may wait for a user to enter a password.
        result[name] = await within(5000, resolve => way().then(resolve, refused => resolve("")));
    }
    done(result);
})();
