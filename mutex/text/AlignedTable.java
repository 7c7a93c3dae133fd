package mutex.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Rows of cells under each other, as wide as what is in them and no wider than the terminal. */
public final class AlignedTable {

    private static final String MORE = "...";
    private static final String GAP = "  ";
    private static final int SHORTEST = 16;

    private AlignedTable() {}

    /**
     * A line a row.
     *
     * @param rows the heading first; each with as many cells as the others
     * @param numbers columns whose cells stand at the right
     * @param width the most columns of the terminal that a line takes
     * @param givesWay columns whose cells are shortened in the middle where they do not fit, in this order; if that is not enough,
     *     lines end in dots
     */
    public static List<String> lines(List<List<String>> rows, Set<Integer> numbers, int width, int... givesWay) {
        List<List<String>> fitted = rows;
        for (int column : givesWay) {
            int over = aligned(fitted, numbers).stream().mapToInt(DisplayWidth::of).max().orElse(0) - width;
            if (over > 0) {
                int longest = fitted.stream().mapToInt(row -> DisplayWidth.of(row.get(column))).max().orElse(0);
                int room = Math.max(SHORTEST, longest - over);
                fitted = fitted.stream().map(row -> with(row, column, shortened(row.get(column), room))).toList();
            }
        }
        return aligned(fitted, numbers).stream().map(line -> DisplayWidth.cut(line, width)).toList();
    }

    private static List<String> with(List<String> row, int column, String cell) {
        List<String> cells = new ArrayList<>(row);
        cells.set(column, cell);
        return cells;
    }

    /** Names that belong together begin alike, and differ at the end. */
    private static String shortened(String name, int room) {
        if (DisplayWidth.of(name) <= room) {
            return name;
        }
        int half = (room - MORE.length()) / 2;
        int end = name.length();
        while (end > 0 && DisplayWidth.of(name.substring(name.offsetByCodePoints(end, -1))) <= room - MORE.length() - half) {
            end = name.offsetByCodePoints(end, -1);
        }
        return name.substring(0, DisplayWidth.fitting(name, half)) + MORE + name.substring(end);
    }

    private static List<String> aligned(List<List<String>> rows, Set<Integer> numbers) {
        int[] widths = new int[rows.get(0).size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], DisplayWidth.of(row.get(i)));
            }
        });
        return rows.stream().map(row -> {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String room = " ".repeat(widths[i] - DisplayWidth.of(row.get(i)));
                line.append(numbers.contains(i) ? room + row.get(i) : row.get(i) + room).append(GAP);
            }
            return line.toString().stripTrailing();
        }).toList();
    }
}
