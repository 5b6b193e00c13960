package io.millisight.servlet;

class TomcatShapesTest extends ServletShapes {

    @Override
    TestServer.Kind kind() {
        return TomcatServer.KIND;
    }

    @Override
    boolean seesErrorPages() {
        return true;
    }
}
