//! What is thrown, and what becomes of it.

use serde_json::json;

use super::{Documents, call, failing, run, script, script_on, thrown};
use crate::scripts::ScriptError;

#[test]
fn an_error_can_carry_a_number() {
    let body = script(
        "var e = new Error(404, 'gone'), plain = new Error('x'), called = Error(409, 'y');
         done([e.number, e.message, String(e), plain.number, plain.message, called.number, called.message]);",
    );
    assert_eq!(
        body,
        json!([404, "gone", "Error: gone", null, "x", 409, "y"])
    );
}

#[test]
fn errors_and_their_subclasses_are_instances_of_error() {
    let body = script(
        "class Refused extends Error { constructor(n) { super(n, 'refused'); this.name = 'Refused'; } }
         var e = new Refused(403), t = new TypeError('x'), n;
         try { null.x } catch (error) { n = error; }
         var cause = new Error('outer', { cause: 7 });
         done([e instanceof Refused, e instanceof Error, e.number, String(e), t instanceof Error,
               n instanceof Error, n instanceof TypeError, e.constructor === Refused, cause.cause,
               Object.getPrototypeOf(TypeError) === Error, new Error(1, 'x').constructor === Error]);",
    );
    assert_eq!(
        body,
        json!([
            true,
            true,
            403,
            "Refused: refused",
            true,
            true,
            true,
            true,
            7,
            true,
            true
        ])
    );
}

#[test]
fn what_is_thrown_rolls_back_with_number_message_and_the_procedures_own_lines() {
    let body = "function append(stream) {\n  function check() {\n    throw new Error(404, 'no ' + stream);\n  }\n  check();\n}";
    let mut call = call(body);
    call.name = "append_to_stream".into();
    call.arguments = vec![json!("meter:1")];
    let Err(ScriptError::Thrown {
        number,
        message,
        stack,
    }) = run(&call, Documents::default())
    else {
        panic!("it threw");
    };
    assert_eq!((number, message.as_str()), (Some(404), "Error: no meter:1"));
    assert_eq!(
        stack,
        "    at check (append_to_stream:3:34)\n    at append (append_to_stream:5:3)"
    );
}

#[test]
fn columns_of_the_first_line_are_the_procedures_own() {
    let Err(ScriptError::Thrown { stack, .. }) = run(
        &call("function f() { throw new Error('x'); }"),
        Documents::default(),
    ) else {
        panic!("it threw");
    };
    assert_eq!(stack, "    at f (procedure:1:26)");
}

#[test]
fn an_error_without_a_callback_shows_the_line_of_the_operation() {
    let error =
        failing("c.createDocument(link, { id: 'a' });\nc.createDocument(link, { id: 'a' });");
    let ScriptError::Thrown { number, stack, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(number, Some(409));
    assert!(
        stack.starts_with("    at procedure (procedure:3:"),
        "{stack}"
    );
}

#[test]
fn an_error_of_an_operation_that_is_thrown_on_keeps_its_number() {
    let (number, message) = thrown(failing(
        "c.readDocument(c.getAltLink() + '/docs/a', function (err) { if (err) throw err; });",
    ));
    assert_eq!(number, Some(404));
    assert_eq!(message, "Error: Document 'a' does not exist");
}

#[test]
fn anything_can_be_thrown() {
    for (statement, number, told) in [
        ("throw 'a string'", None, "a string"),
        ("throw undefined", None, "undefined"),
        ("throw null", None, "null"),
        (
            "throw { number: 418, body: 'tea' }",
            Some(418),
            r#"{"number":418,"body":"tea"}"#,
        ),
        ("throw Symbol('s')", None, "Symbol(s)"),
        ("throw new Error(-1, 'm')", None, "Error: m"),
        ("throw new Error(1.5, 'm')", None, "Error: m"),
        (
            "throw { get number() { throw 1; } }",
            None,
            "a value was thrown that cannot be shown",
        ),
        (
            "var o = {}; o.o = o; throw o",
            None,
            "a value was thrown that cannot be shown",
        ),
        (
            "undefinedFunction()",
            None,
            "ReferenceError: undefinedFunction is not defined",
        ),
    ] {
        let (got, message) = thrown(failing(statement));
        assert_eq!((got, message.as_str()), (number, told), "{statement}");
    }
}

#[test]
fn an_abort_rolls_back_even_if_what_it_throws_is_caught() {
    let (number, message) = thrown(failing(
        "try { getContext().abort(new Error(409, 'stop')); } catch (e) {} done('not heard');",
    ));
    assert_eq!((number, message.as_str()), (Some(409), "Error: stop"));
}

#[test]
fn an_abort_rolls_back_from_within_a_promise() {
    let (number, _) = thrown(failing(
        "Promise.resolve().then(function () { getContext().abort(new Error(409, 'stop')); });",
    ));
    assert_eq!(number, Some(409));
}

#[test]
fn a_rejected_procedure_commits_as_on_the_service() {
    let call = call(
        "async function () { __.createDocument(__.getSelfLink(), { id: 'a' }); throw new Error('lost'); }",
    );
    let (documents, _) = run(&call, Documents::default()).unwrap();
    assert!(documents.by_id.contains_key("a"));
}

#[test]
fn an_error_to_a_callback_is_json_with_number_and_body() {
    let (_, body) = script_on(
        Documents::with(&["a"]),
        "c.createDocument(link, { id: 'a' }, function (err) {
           done([JSON.stringify(err), err instanceof Error, err.message]); });",
    );
    assert_eq!(
        body,
        json!([
            r#"{"number":409,"body":"id 'a' is taken"}"#,
            true,
            "id 'a' is taken"
        ])
    );
}
