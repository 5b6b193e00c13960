package io.millisight.battery;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.Predicate;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Loads its own copy of some classes, as they were compiled but for one thing: what they write to files goes through {@link
 * WriteLog}. So the production code has no hook, and what is observed is the production code.
 */
public final class WatchedClasses extends ClassLoader {

    private static final String LOG = Type.getInternalName(WriteLog.class);
    private static final String BUFFER = Type.getDescriptor(java.nio.ByteBuffer.class);

    /** Instance methods, by owner and name, that are replaced whatever they take. */
    private static final Map<String, String> REPLACED = Map.of(
            "java/nio/channels/FileChannel.write", "java/nio/channels/FileChannel",
            "java/nio/channels/FileChannel.map", "java/nio/channels/FileChannel",
            "java/nio/channels/FileChannel.open", "",
            "java/nio/file/Files.move", "",
            "java/nio/file/Files.deleteIfExists", "",
            "java/lang/invoke/VarHandle.releaseFence", "");

    private final Predicate<String> watched;

    /** Watches the classes whose names are accepted. */
    public WatchedClasses(Predicate<String> watched) {
        super(WatchedClasses.class.getClassLoader());
        this.watched = watched;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                loaded = watched.test(name) ? define(name) : super.loadClass(name, false);
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream compiled = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (compiled == null) {
                throw new ClassNotFoundException(name);
            }
            ClassReader reader = new ClassReader(compiled);
            ClassWriter writer = new ClassWriter(reader, 0);
            reader.accept(new Watching(writer), 0);
            byte[] bytes = writer.toByteArray();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private static final class Watching extends ClassVisitor {

        Watching(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
                @Override
                public void visitMethodInsn(
                        int opcode, String owner, String called, String takes, boolean isInterface) {
                    String receiver = receiver(owner, called, takes);
                    if (receiver == null) {
                        super.visitMethodInsn(opcode, owner, called, takes, isInterface);
                    } else {
                        String all = receiver.isEmpty() ? takes : "(L" + receiver + ";" + takes.substring(1);
                        super.visitMethodInsn(Opcodes.INVOKESTATIC, LOG, called, all, false);
                    }
                }
            };
        }

        /** The type of the receiver, empty for a static method; null for a method that writes nothing. */
        private static String receiver(String owner, String called, String takes) {
            if (owner.equals("java/nio/ByteBuffer") && called.startsWith("put") && takes.startsWith("(I")) {
                return owner;
            }
            if (owner.equals("java/lang/invoke/VarHandle") && takes.startsWith("(" + BUFFER)) {
                return called.startsWith("get") ? null : owner;
            }
            return REPLACED.get(owner + "." + called);
        }
    }
}
