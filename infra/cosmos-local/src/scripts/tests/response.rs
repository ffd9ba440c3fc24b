//! The arguments, the response and the log.

use serde_json::json;

use super::{Documents, answer, call, function, run, script, thrown};

#[test]
fn the_arguments_arrive_as_they_were_sent() {
    let body = "function (a, b, c) { getContext().getResponse().setBody(
        [a, b, c, arguments.length, getContext().getRequest().getBody().length]); }";
    let mut call = call(body);
    call.arguments = vec![
        json!({"x": [1, 2.5]}),
        json!(null),
        json!(9_007_199_254_740_991_i64),
    ];
    let (_, answer) = run(&call, Documents::default()).unwrap();
    assert_eq!(
        answer.body.unwrap(),
        json!([{"x": [1, 2.5]}, null, 9_007_199_254_740_991_i64, 3, 3])
    );
}

#[test]
fn the_response_is_the_last_value_set() {
    assert_eq!(
        script("done(1); done({ a: [true, null] });"),
        json!({"a": [true, null]})
    );
    assert_eq!(
        script("var r = __.response; r.setBody('a'); r.appendBody('b'); r.appendBody({ c: 1 }); "),
        json!("ab{\"c\":1}")
    );
    assert_eq!(
        script("done('x'); done(getContext().getResponse().getBody() + 'y')"),
        json!("xy")
    );
}

#[test]
fn a_response_that_was_never_set_or_is_undefined_is_none() {
    assert_eq!(answer("function () {}").body, None);
    assert_eq!(answer(&function("done(1); done(undefined);")).body, None);
    assert_eq!(answer(&function("done(null);")).body, Some(json!(null)));
}

#[test]
fn neither_the_request_nor_a_header_can_be_written() {
    let body = script(
        "var numbers = [];
         try { getContext().getResponse().setValue('etag', 'x'); } catch (e) { numbers.push(e.number); }
         try { getContext().getRequest().setBody('x'); } catch (e) { numbers.push(e.number); }
         done(numbers.concat(getContext().getResponse().getValue('etag') === undefined));",
    );
    assert_eq!(body, json!([403, 403, true]));
}

#[test]
fn console_log_is_kept_only_on_request_and_formatted() {
    let statements = "console.log('a %s b %s', 1, { x: 1 }); console.log(' no % sign'); console.log('!', 2, 'z')";
    assert_eq!(answer(&function(statements)).log, "");
    let mut call = call(&function(statements));
    call.logging = true;
    let (_, answer) = run(&call, Documents::default()).unwrap();
    assert_eq!(answer.log, "a 1 b [object Object] no % sign!2z");
}

#[test]
fn a_log_beyond_its_limit_throws_413() {
    let mut call = call(&function(
        "console.log('x'.repeat(4000)); console.log('x'.repeat(200))",
    ));
    call.logging = true;
    let (number, _) = thrown(run(&call, Documents::default()).err().unwrap());
    assert_eq!(number, Some(413));
}
