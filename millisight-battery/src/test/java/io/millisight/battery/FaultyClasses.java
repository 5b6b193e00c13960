package io.millisight.battery;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Loads Millisight a second time, with a {@link FaultPoints point} before everything in a request's way that can fail: each
 * call to what is not ours (the container, the application's beans, the JDK, the logger), and each allocation.
 *
 * <p>No points are where an exception belongs to the application and must reach it: the chain, and the one call of each
 * wrapper's method that does the application's work.
 */
final class FaultyClasses extends ClassLoader {

    private static final String OURS = "io/millisight/";

    /** Only what a request thread runs. */
    private static final Set<String> CORE = Set.of(
            "io/millisight/journal/EndpointDictionary",
            "io/millisight/journal/EndpointDictionary$Entry",
            "io/millisight/journal/Journal",
            "io/millisight/journal/Seal",
            "io/millisight/journal/SlotLayout",
            "io/millisight/journal/SlotSpan",
            "io/millisight/journal/SlotText",
            "io/millisight/observe/Endpoint",
            "io/millisight/observe/Observer",
            "io/millisight/observe/PathPatterns",
            "io/millisight/observe/RouteNormalizer",
            "io/millisight/observe/UserIds",
            "io/millisight/observe/WallAnchor");

    private static final String MILLISIGHT = "io/millisight/Millisight";

    /** Serve {@code /metrics} or start us: not in the way of a user's request. */
    private static final Set<String> NOT_IN_THE_WAY = Set.of(
            "io/millisight/servlet/MillisightListener",
            "io/millisight/servlet/MillisightServlet",
            "io/millisight/servlet/ServletExchange",
            "io/millisight/servlet/MonitoredSide",
            "io/millisight/servlet/MonitoredSide$Clock");

    /** What a wrapper hands on to. */
    private static final Map<String, String> DELEGATES = Map.of(
            "io/millisight/servlet/TimedOutputStream", "jakarta/servlet/ServletOutputStream",
            "io/millisight/servlet/TimedWriter", "java/io/PrintWriter",
            "io/millisight/servlet/TimedAsyncContext", "jakarta/servlet/AsyncContext");

    /** Calls that are a few instructions in the compiled code, and formatting, whose arguments are the application's. */
    private static final Set<String> CANNOT_FAIL =
            Set.of("java/lang/String", "java/lang/Math", "java/lang/Character", "java/lang/Object");

    /** All that implements it is ours. */
    private static final String RECORDER = "io/millisight/observe/Recorder";

    private final Map<String, Set<String>> declared = new HashMap<>();

    FaultyClasses(ClassLoader parent) {
        super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean ours = name.startsWith("io.millisight.") && !name.startsWith("io.millisight.battery.");
        if (!ours) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String internal = name.replace('.', '/');
        byte[] bytes = read(internal);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        if (hasPoints(internal)) {
            ClassReader reader = new ClassReader(bytes);
            ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
            reader.accept(new PointClass(internal, writer), 0);
            bytes = writer.toByteArray();
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private static boolean hasPoints(String internal) {
        return CORE.contains(internal)
                || internal.equals(MILLISIGHT)
                || (internal.startsWith("io/millisight/servlet/") && !NOT_IN_THE_WAY.contains(internal));
    }

    private byte[] read(String internal) {
        try (InputStream file = getParent().getResourceAsStream(internal + ".class")) {
            return file == null ? null : file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a call ends in a method of ours, which has points of its own. */
    private boolean staysWithin(String owner, String method) {
        String at = owner;
        while (at.startsWith(OURS)) {
            String above = superOf(at);
            if (declared.getOrDefault(at, Set.of()).contains(method)) {
                return true;
            }
            at = above;
        }
        return false;
    }

    /** Notes what the class declares, and gives its super class. */
    private String superOf(String internal) {
        ClassReader reader = new ClassReader(read(internal));
        declaredBy(internal, reader);
        return reader.getSuperName();
    }

    private void declaredBy(String internal, ClassReader reader) {
        declared.computeIfAbsent(internal, key -> {
            Set<String> methods = new HashSet<>();
            reader.accept(
                    new ClassVisitor(Opcodes.ASM9) {
                        @Override
                        public MethodVisitor visitMethod(
                                int access, String name, String descriptor, String signature, String[] exceptions) {
                            methods.add(name + descriptor);
                            return null;
                        }
                    },
                    ClassReader.SKIP_CODE);
            return methods;
        });
    }

    private final class PointClass extends ClassVisitor {

        private final String internal;

        PointClass(String internal, ClassVisitor next) {
            super(Opcodes.ASM9, next);
            this.internal = internal;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            boolean inTheWay = !name.equals("<clinit>") && (!internal.equals(MILLISIGHT) || isOfRecord(name));
            return inTheWay ? new PointMethod(internal, name, next) : next;
        }

        private boolean isOfRecord(String name) {
            return name.equals("record") || name.equals("countLost");
        }
    }

    private final class PointMethod extends MethodVisitor {

        private final String internal;
        private final String method;
        private int line;

        PointMethod(String internal, String method, MethodVisitor next) {
            super(Opcodes.ASM9, next);
            this.internal = internal;
            this.method = method;
        }

        @Override
        public void visitLineNumber(int number, Label start) {
            line = number;
            super.visitLineNumber(number, start);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean ofInterface) {
            if (isPoint(opcode, owner, name, descriptor)) {
                point(owner.substring(owner.lastIndexOf('/') + 1) + "." + name);
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, ofInterface);
        }

        private boolean isPoint(int opcode, String owner, String name, String descriptor) {
            if (name.equals("<init>") // the allocation has its point already
                    || name.equals("unlock") // the JDK keeps stack in reserve for it
                    || owner.equals("jakarta/servlet/FilterChain")
                    || CANNOT_FAIL.contains(owner)) {
                return false;
            }
            boolean superCall = opcode == Opcodes.INVOKESPECIAL && name.equals(method);
            if (superCall || owner.equals(DELEGATES.get(internal))) {
                return false; // the application's own call
            }
            if (!owner.startsWith(OURS) || (opcode == Opcodes.INVOKEINTERFACE && !owner.equals(RECORDER))) {
                return true;
            }
            return !staysWithin(owner, name + descriptor) && !DELEGATES.containsKey(internal);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            point(name + " made");
            super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            super.visitTypeInsn(opcode, type);
            if (opcode == Opcodes.NEW || opcode == Opcodes.ANEWARRAY) { // behind it: frames name the instruction
                point("new " + type.substring(type.lastIndexOf('/') + 1));
            }
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
            if (opcode == Opcodes.NEWARRAY) {
                point("new array");
            }
            super.visitIntInsn(opcode, operand);
        }

        private void point(String what) {
            String place = internal.substring(OURS.length()) + "." + method + ":" + line + " " + what;
            super.visitLdcInsn(FaultPoints.register(place));
            super.visitMethodInsn(Opcodes.INVOKESTATIC, "io/millisight/battery/FaultPoints", "pass", "(I)V", false);
        }
    }
}
