//! The text of a procedure: one function.

use crate::scripts::{ScriptError, compile};

#[test]
fn one_function_compiles() {
    for body in [
        "function f(a, b) { return a + b; }",
        "function () {}",
        "(a) => a;",
        "async function f() { await g(); }",
        "/* first */ function f() { /* } */ } // last ;",
        "function f() { undeclared = 1; with ({}) {} }",
        "\u{feff}function f() {}\r\n;\r\n",
    ] {
        assert!(compile(body).is_ok(), "{body}: {:?}", compile(body));
    }
}

#[test]
fn what_is_not_one_function_does_not_compile() {
    for body in [
        "",
        "   // nothing",
        "42",
        "'function'",
        "var f = function () {};",
        "function f() {} function g() {}",
        "function f() {}\nfunction g() {}",
        "function f() {}; f();",
        "function f() {}\nf();",
        "function f() {",
        "function f() { if (a { } }",
        "function f() { a\0b }",
        "import x from 'y'",
        "getContext()",
        "(function () { while (true) {} })()",
    ] {
        let error = compile(body);
        assert!(
            matches!(error, Err(ScriptError::Compile { .. })),
            "{body}: {error:?}"
        );
        println!("{body:?}: {}", error.unwrap_err());
    }
}

#[test]
fn compiling_runs_nothing_of_the_function() {
    assert!(compile("function f() { throw new Error('it ran'); }").is_ok());
    assert!(compile("function f() { while (true) {} }").is_ok());
}

#[test]
fn a_syntax_error_has_its_line_and_column() {
    let ScriptError::Compile { message } = compile("function f() {\n  var x = ;\n}").unwrap_err()
    else {
        panic!("it does not compile");
    };
    assert_eq!(
        message,
        "line 2, column 11: unexpected token in expression: ';'"
    );
    let ScriptError::Compile { message } = compile("function f( {").unwrap_err() else {
        panic!("it does not compile");
    };
    assert_eq!(message, "the text ends before the function does");
}
