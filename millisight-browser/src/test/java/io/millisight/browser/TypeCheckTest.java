package io.millisight.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.impl.driver.Driver;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard's scripts against the types in their comments: TypeScript's compiler, run by the Node that Playwright brings. */
class TypeCheckTest {

    private static final Path DASHBOARD =
            Path.of("..", "millisight-http", "src", "main", "resources", "io", "millisight", "http", "dashboard");

    @TempDir
    private Path folder;

    @Test
    void everyScriptOfTheDashboardKeepsToItsTypes() throws Exception {
        List<String> scripts = scripts();
        assertThat(scripts).as("scripts of the dashboard").isNotEmpty();

        assertThat(complaintsAbout(scripts)).isEmpty();
    }

    @Test
    void aScriptThatDoesNotKeepToItsTypesIsFound() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong.js"), "/** @type {number} */\nexport const n = 'one';\n");

        assertThat(complaintsAbout(List.of(wrong.toString()))).contains("wrong.js(2,14): error TS2322");
    }

    private static List<String> scripts() throws IOException {
        try (Stream<Path> files = Files.list(DASHBOARD)) {
            return files.map(Path::toString)
                    .filter(name -> name.endsWith(".js") || name.endsWith(".d.ts"))
                    .sorted()
                    .toList();
        }
    }

    private String complaintsAbout(List<String> scripts) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                node(),
                compiler().toString(),
                "--noEmit",
                "--allowJs",
                "--checkJs",
                "--strict",
                "--target",
                "es2022",
                "--module",
                "esnext",
                "--moduleResolution",
                "bundler",
                "--lib",
                "es2022,dom,dom.iterable"));
        command.addAll(scripts);
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said;
        try (InputStream output = compiler.getInputStream()) {
            said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(compiler.waitFor() == 0).as("said: %s", said).isEqualTo(said.isEmpty());
        return said;
    }

    private static String node() {
        return Driver.createAndInstall(Map.of(), false)
                .createProcessBuilder()
                .command()
                .get(0);
    }

    /** Unpacked from its jar: Node reads files. */
    private Path compiler() throws IOException {
        URI inTheJar = URI.create(TypeCheckTest.class
                .getResource("/META-INF/maven/org.webjars.npm/typescript/pom.properties")
                .toString());
        try (FileSystem opened = FileSystems.newFileSystem(inTheJar, Map.of());
                Stream<Path> versions = Files.list(opened.getPath("/META-INF/resources/webjars/typescript"));
                Stream<Path> files =
                        Files.list(versions.findFirst().orElseThrow().resolve("lib"))) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Files.copy(file, folder.resolve(file.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return folder.resolve("tsc.js");
    }
}
