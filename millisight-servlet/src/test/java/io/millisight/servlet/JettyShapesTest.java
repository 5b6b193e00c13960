package io.millisight.servlet;

class JettyShapesTest extends ServletShapes {

    @Override
    TestServer.Kind kind() {
        return JettyServer.KIND;
    }

    @Override
    boolean seesErrorPages() {
        return false;
    }
}
