package tests.simulation;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mutex.algorithm.Mode;

/**
 * Everything an object holds, written down: two objects with equal fingerprints behave alike. Walks all
 * fields of this project's classes and the elements of java.util collections; functions are left out, as
 * they hold no state here.
 */
public final class Fingerprint {

    /** No decision depends on them: a class, or a field of one. */
    private static final Set<String> ONLY_WATCH = Set.of("Suspects", "NamedLock.messages");
    private static final Map<Class<?>, List<Field>> FIELDS = new HashMap<>();

    private final StringBuilder text = new StringBuilder(1_000);
    private final Map<Object, Integer> seen = new IdentityHashMap<>();

    private Fingerprint() {}

    public static String of(Object object) {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.walk(object);
        return fingerprint.text.toString();
    }

    private void walk(Object object) {
        if (object == null || object instanceof Number || object instanceof Boolean
                || object instanceof CharSequence || object instanceof Enum || object instanceof Mode) { // equal ones are one and the same
            text.append(object).append(',');
        } else if (object instanceof Collection<?> collection) {
            text.append('[');
            collection.forEach(this::walk);
            text.append(']');
        } else if (object instanceof Map<?, ?> map) {
            text.append('{');
            map.forEach((key, value) -> {
                walk(key);
                walk(value);
            });
            text.append('}');
        } else if (!object.getClass().isSynthetic() && !ONLY_WATCH.contains(object.getClass().getSimpleName())) {
            walkFields(object);
        }
    }

    private void walkFields(Object object) {
        Integer number = seen.putIfAbsent(object, seen.size());
        if (number != null) {
            text.append('#').append(number).append(',');
            return;
        }
        text.append(object.getClass().getSimpleName()).append('(');
        try {
            for (Field field : FIELDS.computeIfAbsent(object.getClass(), Fingerprint::fields)) {
                walk(field.get(object));
            }
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
        text.append(')');
    }

    private static List<Field> fields(Class<?> type) {
        if (!type.getName().startsWith("mutex.")) {
            throw new IllegalArgumentException("cannot walk " + type + "; teach Fingerprint how");
        }
        List<Field> fields = new ArrayList<>();
        for (Class<?> at = type; at != Object.class && at != Record.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                boolean onlyWatches = ONLY_WATCH.contains(at.getSimpleName() + "." + field.getName());
                if (!Modifier.isStatic(field.getModifiers()) && !onlyWatches) {
                    field.setAccessible(true);
                    fields.add(field);
                }
            }
        }
        return fields;
    }
}
