package io.millisight.matrix;

import io.millisight.Millisight;

/** A running container with one application, monitored as its user would have it. */
interface Container {

    int port();

    Millisight millisight();

    void stop() throws Exception;
}
