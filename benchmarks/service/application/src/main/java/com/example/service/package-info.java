/** A service with one fast route, which {@code ./bench service} starts once for each that watches it. */
@NullMarked
package com.example.service;

import org.jspecify.annotations.NullMarked;
