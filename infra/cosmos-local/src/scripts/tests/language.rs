//! The JavaScript that procedures are written in, and what they cannot spoil with it.

use serde_json::json;

use super::{Documents, answer, call, failing, run, script, script_on, thrown};

#[test]
fn a_procedure_is_sloppy_and_may_assign_undeclared_variables() {
    assert_eq!(
        script(
            "undeclared = 1; function f() { return this === globalThis; } done([undeclared, f()]);"
        ),
        json!([1, true])
    );
}

#[test]
fn a_procedure_may_be_anonymous_an_arrow_or_async() {
    let set = "getContext().getResponse().setBody(1)";
    for body in [
        format!("function () {{ {set}; }}"),
        format!("function named() {{ {set}; }};"),
        format!("() => {set}"),
        format!("(() => {{ {set}; }})"),
        format!("\n// a comment\n/* another */ function () {{ {set}; }} ; // the end }}"),
        format!("async function () {{ await null; {set}; }}"),
        format!("async () => {{ await null; {set}; }};\n\n/* ; */"),
    ] {
        assert_eq!(answer(&body).body, Some(json!(1)), "{body}");
    }
}

#[test]
fn an_async_procedure_can_await_operations() {
    let body = "async function () {
        const c = getContext().getCollection();
        const create = (body) => new Promise((resolve, reject) => {
            const accepted = c.createDocument(c.getSelfLink(), body,
                (err, doc) => err ? reject(err) : resolve(doc));
            if (!accepted) reject(new Error(413, 'late'));
        });
        const ids = [];
        for (let i = 0; i < 3; i++) ids.push((await create({ id: 'd' + i })).id);
        try { await create({ id: 'd0' }); } catch (err) { ids.push(err.number); }
        getContext().getResponse().setBody(ids);
    }";
    let (documents, answer) = run(&call(body), Documents::default()).unwrap();
    assert_eq!(answer.body, Some(json!(["d0", "d1", "d2", 409])));
    assert_eq!(documents.by_id.len(), 3);
}

#[test]
fn promise_jobs_run_before_the_next_callback() {
    let body = script(
        "var order = [];
         for (let i = 0; i < 2; i++) c.createDocument(link, {}, function () {
           Promise.resolve().then(function () { order.push('job ' + i); done(order); });
           order.push('callback ' + i); });",
    );
    assert_eq!(body, json!(["callback 0", "job 0", "callback 1", "job 1"]));
}

#[test]
fn every_call_starts_afresh() {
    let body = "function () { kept = (typeof kept === 'undefined') ? 1 : 2; getContext().getResponse().setBody(kept); }";
    assert_eq!(answer(body).body, Some(json!(1)));
    assert_eq!(answer(body).body, Some(json!(1)));
}

#[test]
fn whole_numbers_stay_whole_and_fractions_stay_exact() {
    let numbers = "done([1.0, -0, 9007199254740991, -9007199254740992, 1e15, 0.1, 1e21, 1.5e-7]);";
    let text = script(numbers).to_string();
    assert_eq!(
        text,
        "[1,0,9007199254740991,-9007199254740992,1000000000000000,0.1,1e+21,1.5e-7]"
    );
}

#[test]
fn a_number_in_a_document_comes_back_as_it_was() {
    let (documents, _) = script_on(
        Documents::default(),
        "c.createDocument(link, { id: 'a', n: 9007199254740991, f: 2.0 })",
    );
    let document = &documents.by_id["a"];
    assert_eq!(document["n"].to_string(), "9007199254740991");
    assert_eq!(document["f"].to_string(), "2");
}

#[test]
fn text_of_every_kind_survives() {
    let (documents, body) = script_on(
        Documents::default(),
        "c.createDocument(link, { id: 'ü', s: 'žluť 🦀 \\u0000 \\u2028 \"' }, function (err, doc) { done(doc.s); });",
    );
    assert_eq!(body, json!("žluť 🦀 \u{0} \u{2028} \""));
    assert!(documents.by_id.contains_key("ü"));
}

#[test]
fn half_a_surrogate_pair_is_refused_where_json_is_needed_and_replaced_elsewhere() {
    assert_eq!(
        script("try { c.createDocument(link, { id: '\\ud800' }); } catch (e) { done(e.number); }"),
        json!(400)
    );
    assert_eq!(
        script("try { done('\\udfff'); } catch (e) { done(e.number); }"),
        json!(400)
    );
    let (_, message) = thrown(failing("throw new Error('\\ud800')"));
    assert_eq!(message, "Error: \u{fffd}");
    let mut call = call("function () { console.log('\\ud800'); }");
    call.logging = true;
    assert_eq!(run(&call, Documents::default()).unwrap().1.log, "\u{fffd}");
}

/// Whatever a procedure replaces, operations, callbacks and the answer go on as before.
#[test]
fn built_ins_that_are_replaced_do_not_reach_the_api() {
    for sabotage in [
        "JSON.parse = JSON.stringify = function () { return 'spoilt'; }",
        "JSON = null",
        "Error = function () { return 'spoilt'; }",
        "Array.prototype.push = Array.prototype[Symbol.iterator] = null",
        "Function.prototype.call = Function.prototype.apply = null",
        "Reflect.apply = Reflect.construct = null",
        "String.prototype.slice = String.prototype.toWellFormed = null",
        "Promise.prototype.then = null",
        "WeakRef.prototype.deref = function () {}",
        "Object.prototype.outcome = Object.prototype.number = 'spoilt'",
        "Object.prototype.next = Object.prototype.get = 'spoilt'",
        "Object.defineProperty(Object.prototype, 'body', { set: function () { throw 'spoilt'; } })",
        "Object.defineProperty(Object.prototype, 'link', { set: function () { throw 'spoilt'; } })",
        "Error.prepareStackTrace = function () { throw 'spoilt'; }",
        "Error.prototype.constructor.prepareStackTrace = function () { throw 'spoilt'; }",
        "Object.getPrototypeOf(RangeError).prepareStackTrace = function () { throw 'spoilt'; }",
    ] {
        let (documents, body) = script_on(
            Documents::default(),
            &format!(
                "var catches = function (f) {{ try {{ f(); }} catch (e) {{ return e.number; }} }};
                 {sabotage};
                 c.createDocument(link, {{ id: 'a' }}, function (err, doc) {{
                   c.createDocument(link, {{ id: 'a' }}, function (err) {{
                     done([doc.id, err.number, catches(function () {{ c.readDocument(1); }})]); }}); }});"
            ),
        );
        assert_eq!(body, json!(["a", 409, 400]), "{sabotage}");
        assert_eq!(documents.by_id.len(), 1, "{sabotage}");
    }
}

/// The engine's own `JSON.stringify` trips over this one.
#[test]
fn built_ins_that_are_spoilt_beyond_use_end_the_call() {
    let (_, message) = thrown(failing(
        "Object.defineProperty(Array.prototype, 0, { set: function () { throw 'spoilt'; } });
         done([1]);",
    ));
    assert!(message.contains("spoilt"), "{message}");
}

#[test]
fn the_globals_are_the_api_and_nothing_else_of_ours() {
    let names = script(
        "done(Object.getOwnPropertyNames(globalThis).filter(function (name) {
           return /bridge|native|host|driver|links|api/i.test(name); }));",
    );
    assert_eq!(names, json!([]));
    assert_eq!(
        script("done([typeof require, typeof setTimeout, typeof fetch, typeof std, typeof os])"),
        json!([
            "undefined",
            "undefined",
            "undefined",
            "undefined",
            "undefined"
        ])
    );
}
