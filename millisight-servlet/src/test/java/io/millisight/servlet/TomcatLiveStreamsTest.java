package io.millisight.servlet;

class TomcatLiveStreamsTest extends LiveStreams {

    @Override
    TestServer.Kind kind() {
        return TomcatServer.KIND;
    }
}
