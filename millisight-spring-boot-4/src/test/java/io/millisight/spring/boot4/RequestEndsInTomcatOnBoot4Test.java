package io.millisight.spring.boot4;

import io.millisight.spring.RequestEndsInTomcat;

class RequestEndsInTomcatOnBoot4Test extends RequestEndsInTomcat {}
