package io.millisight.battery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The compiled production code with one method switched off: its body calls a static method of the same parameters instead.
 * A test that proves something turns red on it, and is green without it: each is run in a process of its own.
 *
 * <pre>
 *  Mutant.of("the seal's checksum", "io.millisight.journal.Seal", "finish", Instead.class, "sealOfThePlaceAlone")
 *          .turnsRed("io.millisight.journal.DamagedRingTest", "exactlyTheDamagedSlotsAreLost");
 * </pre>
 */
final class Mutant {

    private static final long PATIENCE_SECONDS = 300;

    /** Enough for any of the faults here to show. */
    private static final int ROUNDS = 100;

    private static final int MOST_SHOWN = 4_000;

    private final String switchedOff;
    private final String type;
    private final Method instead;
    private final byte[] bytes;

    private Mutant(String switchedOff, String type, Method instead, byte[] bytes) {
        this.switchedOff = switchedOff;
        this.type = type;
        this.instead = instead;
        this.bytes = bytes;
    }

    /**
     * A mutant.
     *
     * @param switchedOff what it lacks, for people
     * @param type name of the production class
     * @param method name of its method, the one that takes the same
     * @param replacing where the static method is that is called instead
     * @param instead its name: it takes what the method takes, after the object itself if there is one
     */
    static Mutant of(String switchedOff, String type, String method, Class<?> replacing, String instead)
            throws IOException {
        Method replacement = Arrays.stream(replacing.getDeclaredMethods())
                .filter(declared -> declared.getName().equals(instead))
                .findFirst()
                .orElseThrow();
        try (InputStream compiled = Mutant.class.getResourceAsStream("/" + type.replace('.', '/') + ".class")) {
            ClassReader reader = new ClassReader(compiled);
            ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
            Replacing visitor = new Replacing(writer, method, replacement);
            reader.accept(visitor, ClassReader.SKIP_DEBUG);
            assertThat(visitor.replaced).as("methods %s of %s", method, type).isEqualTo(1);
            return new Mutant(switchedOff, type, replacement, writer.toByteArray());
        }
    }

    /** The test is green as the code is, and fails with this mutant. Both are tried at the same time. */
    void turnsRed(String test, String method) throws IOException, InterruptedException {
        String name = test + "#" + method;
        Path folder = Files.createTempDirectory("mutant");
        Process control = null;
        Process mutated = null;
        try {
            Path mutants = folder.resolve("classes");
            Path file = mutants.resolve(type.replace('.', '/') + ".class");
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
            control = start(name, folder.resolve("control"), "");
            mutated = start(name, folder.resolve("mutated"), mutants + File.pathSeparator);
            String withIt = output(control, folder.resolve("control"));
            assertThat(withIt)
                    .as("%s as the code is", name)
                    .contains(TestsAlone.RESULT + " 1 succeeded, 0 failed, 0 not run");
            String withoutIt = output(mutated, folder.resolve("mutated"));
            assertThat(withoutIt)
                    .as("%s with %s switched off: %s", name, switchedOff, instead)
                    .contains(TestsAlone.RESULT + " 0 succeeded, 1 failed, 0 not run");
        } finally {
            for (Process process : new Process[] {control, mutated}) {
                if (process != null) {
                    process.destroyForcibly().waitFor();
                }
            }
            MemoryFolder.delete(folder);
        }
    }

    /** In a folder of its own, so that its battery's results are not taken for this one's. */
    private static Process start(String test, Path folder, String before) throws IOException {
        Files.createDirectories(folder);
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Xmx256m",
                        "-Dbattery.at-most=" + ROUNDS,
                        "-cp",
                        before + classPath(),
                        TestsAlone.class.getName(),
                        test)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    private static String output(Process process, Path folder) throws IOException, InterruptedException {
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        String output = Files.readString(folder.resolve("output"), StandardCharsets.UTF_8);
        assertThat(ended).as("ends within %d s:%n%s", PATIENCE_SECONDS, output).isTrue();
        return output.substring(Math.max(0, output.length() - MOST_SHOWN));
    }

    /** Surefire starts its JVM with one jar that names the others. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static final class Replacing extends ClassVisitor {

        private final String method;
        private final Method instead;
        private String type = "";
        private int replaced;

        Replacing(ClassVisitor next, String method, Method instead) {
            super(Opcodes.ASM9, next);
            this.method = method;
            this.instead = instead;
        }

        @Override
        public void visit(
                int version, int access, String name, String signature, String superName, String[] interfaces) {
            type = name;
            super.visit(version, access, name, signature, superName, interfaces);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            boolean isStatic = (access & Opcodes.ACC_STATIC) != 0;
            String takes = isStatic ? descriptor : "(L" + type + ";" + descriptor.substring(1);
            if (!name.equals(method) || !Type.getMethodDescriptor(instead).equals(takes)) {
                return next;
            }
            replaced++;
            next.visitCode();
            int at = 0;
            for (Type argument : Type.getArgumentTypes(takes)) {
                next.visitVarInsn(argument.getOpcode(Opcodes.ILOAD), at);
                at += argument.getSize();
            }
            next.visitMethodInsn(
                    Opcodes.INVOKESTATIC,
                    Type.getInternalName(instead.getDeclaringClass()),
                    instead.getName(),
                    takes,
                    false);
            next.visitInsn(Type.getReturnType(descriptor).getOpcode(Opcodes.IRETURN));
            next.visitMaxs(0, 0);
            next.visitEnd();
            return null;
        }
    }
}
