package tests.mutants;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The Java compiler of this very process; any thread may use it. */
final class Compiler {

    private Compiler() {}

    /**
     * Compiles the sources, and what they need of the source folder.
     *
     * @throws IllegalArgumentException with the first error
     */
    static void compile(Collection<Path> sources, Path sourceFolder, String classPath, Path into) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("mutants: this Java has no compiler; start it with a JDK, not a JRE");
        }
        Files.createDirectories(into);
        List<String> options = new ArrayList<>(List.of("--release", "17", "-proc:none", "-nowarn", "-Xprefer:source"));
        options.addAll(List.of("-sourcepath", sourceFolder.toString(), "-cp", classPath, "-d", into.toString()));
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, StandardCharsets.UTF_8)) {
            if (!compiler.getTask(null, files, found, options, null, files.getJavaFileObjectsFromPaths(sources)).call()) {
                throw new IllegalArgumentException(found.getDiagnostics().stream()
                        .filter(each -> each.getKind() == Diagnostic.Kind.ERROR).findFirst()
                        .map(Compiler::line).orElse("the compiler failed without a word"));
            }
        }
    }

    private static String line(Diagnostic<? extends JavaFileObject> error) {
        String where = error.getSource() == null ? ""
                : Path.of(error.getSource().getName()).getFileName() + ":" + error.getLineNumber() + ": ";
        return where + error.getMessage(Locale.ROOT).lines().findFirst().orElse("");
    }
}
