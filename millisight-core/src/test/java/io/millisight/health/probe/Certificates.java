package io.millisight.health.probe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Self-made certificates for localhost, by the keytool of the running JDK. */
public final class Certificates {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path store;

    private Certificates(Path store) {
        this.store = store;
    }

    /** One that expires in so many days; negative for one that has expired. */
    public static Certificates validFor(int days, Path folder) throws Exception {
        Path store = folder.resolve("localhost-" + days + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "localhost",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-startdate",
                        days < 0 ? (days - 1) + "d" : "-1d",
                        "-validity",
                        Integer.toString(days < 0 ? 1 : days + 1),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + said);
        }
        return new Certificates(store);
    }

    /** For a server that shows this certificate, and for a client that trusts it. */
    public SSLContext context() throws GeneralSecurityException, IOException {
        KeyStore keys = keys();
        KeyManagerFactory shown = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        shown.init(keys, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("localhost", keys.getCertificate("localhost"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** The certificate as a PEM file. */
    public Path certificateFile() throws GeneralSecurityException, IOException {
        return pem("CERTIFICATE", keys().getCertificate("localhost").getEncoded(), ".crt");
    }

    /** Its key as a PEM file. */
    public Path keyFile() throws GeneralSecurityException, IOException {
        return pem("PRIVATE KEY", keys().getKey("localhost", PASSWORD).getEncoded(), ".key");
    }

    private KeyStore keys() throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return keys;
    }

    private Path pem(String what, byte[] encoded, String ending) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return Files.writeString(
                store.resolveSibling(store.getFileName() + ending),
                "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
    }
}
