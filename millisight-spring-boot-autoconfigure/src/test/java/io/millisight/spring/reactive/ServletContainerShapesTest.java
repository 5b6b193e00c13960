package io.millisight.spring.reactive;

/** On Tomcat: WebFlux runs on servlet containers too, through an adapter. */
class ServletContainerShapesTest extends ReactiveShapes {

    @Override
    String server() {
        return "TomcatWebServer";
    }
}
