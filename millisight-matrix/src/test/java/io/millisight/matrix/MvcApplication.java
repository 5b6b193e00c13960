package io.millisight.matrix;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** What Spring MVC adds to the shapes. */
@Configuration(proxyBeanMethods = false)
class MvcApplication {

    @Bean
    RouterFunction<ServerResponse> functional() {
        return RouterFunctions.route()
                .GET("/functional/{id}", request -> {
                    Work work = Work.of(request.servletRequest());
                    work.begin();
                    work.done();
                    return ServerResponse.ok().body(request.pathVariable("id"));
                })
                .build();
    }

    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Controller
    static class Pages {

        private static Work begin(HttpServletRequest request) {
            Work work = Work.of(request);
            work.begin();
            return work;
        }

        @GetMapping("/mvc/template/{id}")
        @ResponseBody
        String template(@PathVariable("id") String id, HttpServletRequest request) {
            begin(request).done();
            return id;
        }

        @GetMapping("/mvc/callable")
        @ResponseBody
        Callable<String> callable(HttpServletRequest request) {
            Work work = begin(request);
            return () -> {
                work.done();
                return "called";
            };
        }

        @GetMapping("/mvc/callable-throws")
        @ResponseBody
        Callable<String> callableThrows(HttpServletRequest request) {
            Work work = begin(request);
            return () -> {
                work.done();
                throw new ShapeApplication.Failure();
            };
        }

        @GetMapping("/mvc/deferred")
        @ResponseBody
        DeferredResult<String> deferred(HttpServletRequest request) {
            Work work = begin(request);
            DeferredResult<String> result = new DeferredResult<>();
            ForkJoinPool.commonPool().execute(() -> {
                work.done();
                result.setResult("deferred");
            });
            return result;
        }

        @GetMapping("/mvc/deferred-timeout")
        @ResponseBody
        DeferredResult<String> deferredTimeout(HttpServletRequest request) {
            begin(request);
            return new DeferredResult<>();
        }

        @GetMapping("/mvc/future")
        @ResponseBody
        CompletableFuture<String> future(HttpServletRequest request) {
            Work work = begin(request);
            return CompletableFuture.supplyAsync(() -> {
                work.done();
                return "in future";
            });
        }

        @GetMapping("/mvc/streamed")
        ResponseEntity<StreamingResponseBody> streamed(HttpServletRequest request) {
            Work work = begin(request);
            return ResponseEntity.ok()
                    .contentType(MediaType.APPLICATION_OCTET_STREAM)
                    .body(out -> {
                        out.write(new byte[ShapeApplication.LARGE]);
                        work.done();
                    });
        }

        @GetMapping("/mvc/events")
        SseEmitter events(HttpServletRequest request) {
            begin(request).done();
            SseEmitter emitter = new SseEmitter(10_000L);
            ForkJoinPool.commonPool().execute(() -> {
                try {
                    emitter.send("one");
                    emitter.send("two");
                    emitter.complete();
                } catch (IOException e) {
                    emitter.completeWithError(e);
                }
            });
            return emitter;
        }

        @GetMapping("/mvc/throws")
        @ResponseBody
        String fail(HttpServletRequest request) {
            begin(request).done();
            throw new ShapeApplication.Failure();
        }

        @GetMapping("/mvc/refuses")
        @ResponseBody
        String refuse(HttpServletRequest request) {
            begin(request).done();
            throw new Refused();
        }

        @ExceptionHandler
        @ResponseStatus(HttpStatus.CONFLICT)
        @ResponseBody
        String refused(Refused refused) {
            return "refused";
        }

        @GetMapping("/mvc/forward")
        String forward(HttpServletRequest request) {
            begin(request).done();
            return "forward:/mvc/template/1";
        }

        @GetMapping("/mvc/redirect")
        String redirect(HttpServletRequest request) {
            begin(request).done();
            return "redirect:/mvc/template/1";
        }
    }
}
