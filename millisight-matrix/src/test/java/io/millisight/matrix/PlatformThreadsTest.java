package io.millisight.matrix;

class PlatformThreadsTest extends Cells {

    @Override
    boolean onVirtualThreads() {
        return false;
    }
}
