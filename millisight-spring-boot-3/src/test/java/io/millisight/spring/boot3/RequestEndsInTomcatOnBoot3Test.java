package io.millisight.spring.boot3;

import io.millisight.spring.RequestEndsInTomcat;

class RequestEndsInTomcatOnBoot3Test extends RequestEndsInTomcat {}
