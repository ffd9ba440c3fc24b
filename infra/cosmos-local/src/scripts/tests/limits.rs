//! Time, memory, stack and size.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Documents, answer, call, failing, function, run, script, thrown};
use crate::scripts::{Limits, ScriptError};

const SHORT: Duration = Duration::from_millis(200);

/// Runs statements that must be stopped after `SHORT`, and in fair time.
fn stopped(body: &str) -> ScriptError {
    let mut call = call(body);
    call.limits.time = SHORT;
    let started = Instant::now();
    let error = run(&call, Documents::default()).map(|(_, answer)| answer);
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
    error.expect_err("it runs for ever")
}

#[test]
fn what_runs_for_ever_is_stopped_in_time() {
    for statements in [
        "while (true) {}",
        "while (true) { try { while (true) {} } catch (e) {} finally { while (true) {} } }",
        "(function f() { Promise.resolve().then(f); })();",
        "(async function () { while (true) await null; })();",
        "(function f() { c.readDocuments(link, f); })();",
        "while (true) c.createDocument(link, { id: 'a' }, function () {});",
        "/^(a+)+$/.test('a'.repeat(40) + 'b');",
        "c.readDocuments(link, function () { while (true) {} });",
        "throw { toString: function () { while (true) {} }, get stack() { while (true) {} } };",
        "Array.prototype.indexOf.call({ length: 9007199254740991 }, 1);",
        "Array.prototype.reverse.call({ length: 9007199254740991 });",
    ] {
        let error = stopped(&function(statements));
        assert!(
            matches!(error, ScriptError::Timeout(SHORT)),
            "{statements}: {error:?}"
        );
    }
}

#[test]
fn nothing_can_wait_for_another_thread() {
    let (_, message) = thrown(failing(
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Infinity);",
    ));
    assert!(message.starts_with("TypeError"), "{message}");
}

#[test]
fn a_procedure_that_eats_memory_fails_even_if_it_catches_that() {
    for hog in [
        "var all = []; while (true) all.push(new Array(1000).fill(1));",
        "var list = null; while (true) list = { next: list };",
        "var s = 'x'.repeat(1 << 20); while (true) s = (s + s).toUpperCase();",
        "new Uint8Array(1 << 30);",
        "var all = []; while (true) all.push('x'.repeat(100000).toUpperCase());",
        "var map = new Map(); for (var i = 0; ; i++) map.set(i, 'v' + i);",
        "var all = []; while (true) { var o = { all: all }; all.push(o); }",
    ] {
        for statements in [
            hog.into(),
            format!("try {{ {hog} }} catch (e) {{}} all = list = s = map = null; done('fine');"),
            format!(
                "Promise.resolve().then(function () {{ {hog} }}).catch(function () {{ done('fine'); }});"
            ),
        ] {
            let mut call = call(&function(&statements));
            call.limits.heap = 4 << 20;
            let error = run(&call, Documents::default()).map(|(_, answer)| answer);
            assert!(
                matches!(error, Err(ScriptError::Memory(_))),
                "{statements}: {error:?}"
            );
        }
    }
}

#[test]
fn memory_that_is_let_go_is_not_counted() {
    let body = function(
        "for (var i = 0; i < 200; i++) { var a = new Array(10000).fill(i); a = 'x'.repeat(100000).toUpperCase(); } done(i);",
    );
    let mut call = call(&body);
    call.limits.heap = 4 << 20;
    let (_, answer) = run(&call, Documents::default()).unwrap();
    assert_eq!(answer.body, Some(json!(200)));
}

#[test]
fn a_heap_too_small_for_the_engine_is_memory_too() {
    let mut call = call("function () {}");
    call.limits.heap = 10_000;
    let error = run(&call, Documents::default()).map(|(_, answer)| answer);
    assert!(
        matches!(error, Err(ScriptError::Memory(10_000))),
        "{error:?}"
    );
}

#[test]
fn too_deep_a_recursion_can_be_caught() {
    assert_eq!(
        script(
            "function deep() { deep(); } try { deep(); } catch (e) { done([e instanceof RangeError, e.name]); }"
        ),
        json!([true, "RangeError"])
    );
    let (_, message) = thrown(failing("(function deep() { deep(); })();"));
    assert!(
        message.starts_with("RangeError: Maximum call stack"),
        "{message}"
    );
}

#[test]
fn from_a_time_on_operations_are_not_accepted_and_what_was_done_is_kept() {
    let mut call = call(&function(
        "var written = 0, refused = 0;
         (function next() {
           var accepted = c.createDocument(link, { id: 'd' + written }, function (err) {
             written++; done([written, 'goes on']); next(); });
           if (!accepted) done([written, refused + 1]);
         })();",
    ));
    call.limits.accept_for = Duration::from_millis(100);
    let (documents, answer) = run(&call, Documents::default()).unwrap();
    let written = documents.by_id.len();
    assert!(written > 0);
    assert_eq!(answer.body, Some(json!([written, 1])));
    assert_eq!(answer.operations, written);
}

#[test]
fn a_call_that_accepts_nothing_still_checks_nothing_and_answers() {
    let mut call = call(&function(
        "done(c.createDocument(link, {}, function () { throw new Error('it must not run'); }));",
    ));
    call.limits.accept_for = Duration::ZERO;
    let (documents, answer) = run(&call, Documents::default()).unwrap();
    assert_eq!(answer.body, Some(json!(false)));
    assert!(documents.by_id.is_empty());
}

#[test]
fn a_response_beyond_the_limit_throws_413_inside_the_script() {
    let mut call = call(&function(
        "try { done('x'.repeat(1000)); } catch (e) { done([e.number, e.message]); }",
    ));
    call.limits.response = 200;
    let (_, answer) = run(&call, Documents::default()).unwrap();
    assert_eq!(
        answer.body,
        Some(json!([
            413,
            "setBody: the response has 1002 bytes, the limit is 200"
        ]))
    );
}

#[test]
fn an_uncaught_413_is_thrown() {
    let mut call = call(&function("done('x'.repeat(1000));"));
    call.limits = Limits {
        response: 100,
        ..call.limits
    };
    let (number, _) = thrown(run(&call, Documents::default()).err().unwrap());
    assert_eq!(number, Some(413));
}

/// Printed, not asserted: machines differ.
#[test]
fn a_small_call_is_quick() {
    let body =
        function("c.createDocument(link, { id: 'a' }, function (err, doc) { done(doc.id); });");
    answer(&body);
    let started = Instant::now();
    for _ in 0..100 {
        answer(&body);
    }
    println!("{:?} a call", started.elapsed() / 100);
}
