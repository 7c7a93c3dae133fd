package tests.support;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A page in a headless Chromium, driven over its DevTools protocol: real input, real drawing. */
public final class Chromium implements AutoCloseable {

    private static final long DEADLINE_SECONDS = 60;

    private final Path folder; // the browser's own
    private final Process process;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonObject>> calls = new ConcurrentHashMap<>(); // by number
    private int called;
    private String target; // the page
    private String session; // of it

    /** Starts the browser. */
    public Chromium() {
        try {
            folder = Files.createTempDirectory("afteryou-chromium");
            ProcessBuilder builder = new ProcessBuilder(find(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--no-first-run",
                    "--hide-scrollbars", "--window-size=1300,800", "--remote-debugging-port=0", "--user-data-dir=" + folder, "about:blank")
                    .redirectErrorStream(true);
            builder.environment().put("TMPDIR", folder.toString()); // who is killed cannot clear up
            process = builder.start();
            socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI.create(address()), new Answers()).join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens, as it says itself; what it says afterwards is dropped. */
    private String address() throws IOException {
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith("DevTools listening on ")) {
                Thread drain = new Thread(() -> {
                    try {
                        said.transferTo(Writer.nullWriter());
                    } catch (IOException closed) {
                        // it has ended
                    }
                }, "chromium");
                drain.setDaemon(true);
                drain.start();
                return line.substring(line.indexOf("ws:"));
            }
        }
        throw new AssertionError("chromium ended without a DevTools address");
    }

    /** Opens the page and waits until it is loaded and drawn. */
    public Chromium open(Path page) {
        return open(page.toUri());
    }

    /** The same with a page that a server has. */
    public Chromium open(URI page) {
        String before = target;
        target = call(null, "Target.createTarget", object("url", page.toString())).get("targetId").getAsString();
        if (before != null) {
            call(null, "Target.closeTarget", object("targetId", before)); // or it goes on drawing
        }
        JsonObject attach = object("targetId", target);
        attach.addProperty("flatten", true);
        session = call(null, "Target.attachToTarget", attach).get("sessionId").getAsString();
        while (!loaded()) {
            Thread.onSpinWait();
        }
        return drawn();
    }

    /** Asked before it has begun to load, the answer may be lost with the empty page. */
    private boolean loaded() {
        try {
            return run("new Promise(done => setTimeout(() => done(location.href !== 'about:blank' && document.readyState === 'complete'), 10))")
                    .getAsBoolean();
        } catch (AssertionError replaced) {
            if (replaced.getMessage().contains("context was destroyed") || replaced.getMessage().contains("navigated")) {
                return false;
            }
            throw replaced;
        }
    }

    private static String find() {
        List<String> names = List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
        return names.stream().flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable).map(Path::toString).findFirst()
                .orElseThrow(() -> new AssertionError("no chromium on the PATH; install it, for example: apt-get install chromium"));
    }

    private static JsonObject object(String key, String value) {
        JsonObject object = new JsonObject();
        object.addProperty(key, value);
        return object;
    }

    private JsonObject call(String session, String method, JsonObject parameters) {
        JsonObject call = object("method", method);
        int number = ++called;
        call.addProperty("id", number);
        call.add("params", parameters);
        if (session != null) {
            call.addProperty("sessionId", session);
        }
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        calls.put(number, answer);
        socket.sendText(call.toString(), true);
        JsonObject said = answer.orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
        if (said.has("error")) {
            throw new AssertionError(method + ": " + said.get("error"));
        }
        return said.getAsJsonObject("result");
    }

    /** The value of the expression, awaited if it is a promise; null when it has none. */
    public JsonElement run(String expression) {
        JsonObject parameters = object("expression", expression);
        parameters.addProperty("awaitPromise", true);
        parameters.addProperty("returnByValue", true);
        JsonObject result = call(session, "Runtime.evaluate", parameters);
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
        }
        return result.getAsJsonObject("result").get("value");
    }

    /** How many elements there are. */
    public int count(String selector) {
        return run("document.querySelectorAll('" + selector + "').length").getAsInt();
    }

    public String text(String selector) {
        return run("document.querySelector('" + selector + "').textContent").getAsString();
    }

    /** Waits until the page has drawn what was asked for so far. */
    public Chromium drawn() {
        run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))");
        return this;
    }

    /** The mouse does something at a point of the view: mouseMoved, mousePressed, mouseReleased or mouseWheel. */
    public Chromium mouse(String what, double x, double y, int wheel) {
        JsonObject event = object("type", what);
        event.addProperty("x", x);
        event.addProperty("y", y);
        event.addProperty("button", what.endsWith("ed") && !what.equals("mouseMoved") ? "left" : "none");
        event.addProperty("clickCount", 1);
        event.addProperty("deltaX", 0);
        event.addProperty("deltaY", wheel);
        call(session, "Input.dispatchMouseEvent", event);
        return drawn();
    }

    public Chromium click(double x, double y) {
        return mouse("mouseMoved", x, y, 0).mouse("mousePressed", x, y, 0).mouse("mouseReleased", x, y, 0);
    }

    /** The middle of the first such element. */
    public double[] middle(String selector) {
        String[] point = run("(() => { const box = document.querySelector('" + selector + "').getBoundingClientRect();"
                + "return (box.left + box.width / 2) + ' ' + (box.top + box.height / 2); })()").getAsString().split(" ");
        return new double[] {Double.parseDouble(point[0]), Double.parseDouble(point[1])};
    }

    /** A key is pressed and let go; a letter, or a name such as ArrowLeft or Tab, as the page sees it. */
    public Chromium key(String key) {
        JsonObject event = object("type", "keyDown");
        event.addProperty("key", key);
        if (key.length() == 1) {
            event.addProperty("text", key);
        }
        if (key.equals("Tab") || key.equals("Enter")) {
            event.addProperty("windowsVirtualKeyCode", key.equals("Tab") ? 9 : 13);
            event.addProperty("text", key.equals("Enter") ? "\r" : "");
        }
        call(session, "Input.dispatchKeyEvent", event);
        event.addProperty("type", "keyUp");
        event.remove("text");
        call(session, "Input.dispatchKeyEvent", event);
        return drawn();
    }

    /** The window has this size from now on, in pixels of the page. */
    public Chromium size(int width, int height) {
        JsonObject size = new JsonObject();
        size.addProperty("width", width);
        size.addProperty("height", height);
        size.addProperty("deviceScaleFactor", 1);
        size.addProperty("mobile", false);
        call(session, "Emulation.setDeviceMetricsOverride", size);
        return drawn();
    }

    /** The system is said to be dark, or light. */
    public Chromium dark(boolean dark) {
        JsonObject feature = object("name", "prefers-color-scheme");
        feature.addProperty("value", dark ? "dark" : "light");
        JsonArray features = new JsonArray();
        features.add(feature);
        JsonObject media = new JsonObject();
        media.add("features", features);
        call(session, "Emulation.setEmulatedMedia", media);
        return drawn();
    }

    public byte[] pdf() {
        return Base64.getDecoder().decode(call(session, "Page.printToPDF", new JsonObject()).get("data").getAsString());
    }

    public byte[] screenshot() {
        return Base64.getDecoder().decode(call(session, "Page.captureScreenshot", new JsonObject()).get("data").getAsString());
    }

    /** Collects the pieces of each message; an event that nobody asked for is dropped. */
    private final class Answers implements WebSocket.Listener {

        private final StringBuilder pieces = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence piece, boolean last) {
            pieces.append(piece);
            if (last) {
                JsonObject said = JsonParser.parseString(pieces.toString()).getAsJsonObject();
                pieces.setLength(0);
                CompletableFuture<JsonObject> call = said.has("id") ? calls.remove(said.get("id").getAsInt()) : null;
                if (call != null) {
                    call.complete(said);
                }
            }
            from.request(1);
            return null;
        }
    }

    @Override
    public void close() {
        socket.abort();
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().join());
        Folders.delete(folder);
    }
}
