package io.millisight.servlet;

class JettyLiveStreamsTest extends LiveStreams {

    @Override
    TestServer.Kind kind() {
        return JettyServer.KIND;
    }
}
