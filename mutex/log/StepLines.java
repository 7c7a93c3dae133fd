package mutex.log;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;

/**
 * A line of a log that says what was fed to the peer's node before the events of the next lines. Those events
 * are what the last step of the line has caused; the steps before it caused none.
 *
 * @param file the name as it was given
 * @param line its number, from 1
 * @param first number of its first step among those of its process; 1 is the process's beginning
 * @param beginning the whole line, if it tells how a process began; else null
 */
public record StepLines(String file, int line, int peer, long first, JsonObject beginning, List<String> steps) {

    /** How such a line begins. */
    static final String START = "{\"in\":";

    /** The line of these steps. */
    static String text(int peer, long first, List<String> steps) {
        StringBuilder text = new StringBuilder(START).append(first).append(",\"peer\":").append(peer).append(",\"steps\":[");
        for (int i = 0; i < steps.size(); i++) {
            text.append(i == 0 ? "" : ",");
            LogEntry.quote(text, steps.get(i));
        }
        return text.append("]}").toString();
    }

    /** @throws IllegalArgumentException saying what is wrong with it */
    static StepLines parse(String file, int line, String text) {
        try {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            JsonArray all = json.getAsJsonArray("steps");
            List<String> steps = new ArrayList<>();
            if (all != null) {
                for (JsonElement step : all) {
                    steps.add(step.getAsString());
                }
            } else if (!json.has("start")) {
                throw new IllegalArgumentException("\"steps\" is missing");
            }
            return new StepLines(file, line, json.get("peer").getAsInt(), json.get("in").getAsLong(), all == null ? json : null, steps);
        } catch (JsonParseException | IllegalStateException | NullPointerException | ClassCastException wrong) {
            throw new IllegalArgumentException("not a line of a --log file");
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("\"in\" or \"peer\" is not a whole number");
        }
    }

    public String where() {
        return file + ":" + line;
    }
}
