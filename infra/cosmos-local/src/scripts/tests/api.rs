//! The collection's operations and their callbacks.

use serde_json::json;

use super::{Documents, answer, call, failing, function, run, script, script_on, thrown};
use crate::engine::Failure;

#[test]
fn a_document_that_is_created_can_be_read_and_is_kept() {
    let (documents, body) = script_on(
        Documents::default(),
        "c.createDocument(link, { id: 'a', n: 1 }, function (err, created, options) {
           c.readDocument(c.getAltLink() + '/docs/a', function (err, read) {
             done([err, created.n, read.n, options.statusCode]); }); });",
    );
    assert_eq!(body, json!([null, 1, 1, 201]));
    assert!(documents.by_id.contains_key("a"));
}

#[test]
fn the_links_are_those_of_the_call() {
    assert_eq!(
        script("done([c.getSelfLink(), c.getAltLink(), __ === c])"),
        json!([
            "dbs/AAAAAA==/colls/AAAAAAAAAAA=/",
            "dbs/daybook/colls/events",
            true
        ])
    );
}

#[test]
fn an_id_is_generated_and_the_callers_object_stays_as_it_was() {
    let body = script(
        "var document = { n: 1 };
         c.createDocument(link, document, function (err, created) {
           done([created.id.length, 'id' in document]); });",
    );
    assert_eq!(body, json!([36, false]));
}

#[test]
fn no_id_is_generated_where_the_script_forbids_it() {
    let body = script(
        "c.createDocument(link, {}, { disableAutomaticIdGeneration: true }, function (err) {
           done([err.number, err.body]); });",
    );
    assert_eq!(body, json!([400, "id is missing"]));
}

#[test]
fn a_body_may_be_json_text() {
    let body = script(
        "c.createDocument(link, '{\"id\":\"a\",\"n\":2}', function (err, created) { done(created.n); });",
    );
    assert_eq!(body, json!(2));
}

#[test]
fn an_upsert_creates_and_then_replaces() {
    let body = script(
        "var codes = [];
         function upsert(n, then) {
           c.upsertDocument(link, { id: 'a', n: n }, function (err, doc, options) {
             codes.push(options.statusCode, doc.n); then(); }); }
         upsert(1, function () { upsert(2, function () { done(codes); }); });",
    );
    assert_eq!(body, json!([201, 1, 200, 2]));
}

#[test]
fn a_document_is_replaced_by_its_self_link() {
    let (documents, body) = script_on(
        Documents::with(&["a"]),
        "c.readDocument(c.getAltLink() + '/docs/a', function (err, doc) {
           doc.n = 5;
           c.replaceDocument(doc._self, doc, { etag: doc._etag }, function (err, replaced) {
             done([err, replaced.n]); }); });",
    );
    assert_eq!(body, json!([null, 5]));
    assert_eq!(documents.by_id["a"]["n"], 5);
}

#[test]
fn a_self_link_from_outside_is_looked_up() {
    let link = "'dbs/AAAAAA==/colls/AAAAAAAAAAA=/docs/rid-a/'";
    let (_, body) = script_on(
        Documents::with(&["a"]),
        &format!("c.readDocument({link}, function (err, doc) {{ done(doc.id); }});"),
    );
    assert_eq!(body, json!("a"));
    let absent = script(&format!(
        "c.readDocument({link}, function (err) {{ done(err.number); }});"
    ));
    assert_eq!(absent, json!(404));
}

#[test]
fn a_delete_hands_its_callback_an_error_and_options() {
    let (documents, body) = script_on(
        Documents::with(&["a"]),
        "c.deleteDocument(c.getAltLink() + '/docs/a', function (err, options) {
           c.deleteDocument(c.getAltLink() + '/docs/a', {}, function (again) {
             done([err, options.statusCode, again.number]); }); });",
    );
    assert_eq!(body, json!([null, 204, 404]));
    assert!(documents.by_id.is_empty());
}

#[test]
fn a_stale_etag_is_refused() {
    for operation in [
        "c.replaceDocument(c.getAltLink() + '/docs/a', { id: 'a' }, { etag: '\"9\"' }, check)",
        "c.upsertDocument(link, { id: 'a' }, { etag: '\"9\"' }, check)",
        "c.deleteDocument(c.getAltLink() + '/docs/a', { etag: '\"9\"' }, check)",
    ] {
        let check = "function check(err) { done(err.number); }";
        let (_, body) = script_on(Documents::with(&["a"]), &format!("{check}\n{operation}"));
        assert_eq!(body, json!(412), "{operation}");
    }
}

#[test]
fn a_read_with_the_current_etag_says_that_nothing_changed() {
    let (_, body) = script_on(
        Documents::with(&["a"]),
        "c.readDocument(c.getAltLink() + '/docs/a', { ifNoneMatch: '\"1\"' }, function (err, doc, options) {
           done([err, doc === undefined, options.notModified, options.statusCode]); });",
    );
    assert_eq!(body, json!([null, true, true, 304]));
}

#[test]
fn a_query_takes_text_or_text_with_parameters() {
    let (_, body) = script_on(
        Documents::with(&["a", "b"]),
        "c.queryDocuments(link, 'SELECT * FROM c', function (err, all) {
           var query = { query: 'SELECT * FROM c WHERE c.id = @id', parameters: [{ name: '@id', value: 'b' }] };
           c.queryDocuments(link, query, {}, function (err, one, options) {
             done([all.length, one[0].id, options.continuation === undefined]); }); });",
    );
    assert_eq!(body, json!([2, "b", true]));
}

#[test]
fn pages_go_on_where_the_last_one_ended() {
    let (_, body) = script_on(
        Documents::with(&["a", "b", "c"]),
        "var pages = [];
         (function page(continuation) {
           c.readDocuments(link, { pageSize: 2, continuation: continuation }, function (err, docs, options) {
             pages.push(docs.map(function (doc) { return doc.id; }));
             if (options.continuation) page(options.continuation); else done(pages); });
         })();",
    );
    assert_eq!(body, json!([["a", "b"], ["c"]]));
}

#[test]
fn a_page_has_a_hundred_documents_unless_asked_otherwise() {
    let ids: Vec<String> = (0..150).map(|n| format!("{n:03}")).collect();
    let documents = || Documents::with(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    let read = |options: &str| {
        let count = "function (err, docs) { done(docs.length); }";
        script_on(
            documents(),
            &format!("c.readDocuments(link, {options}, {count});"),
        )
        .1
    };
    assert_eq!(read("{}"), json!(100));
    assert_eq!(read("{ pageSize: -1 }"), json!(150));
}

#[test]
fn a_query_that_is_wrong_is_told_to_the_callback() {
    let body = script(
        "c.queryDocuments(link, 'SYNTAX', function (err, docs) { done([err.number, err.body, docs]); });",
    );
    assert_eq!(
        body,
        json!([400, "line 1, column 1: expected SELECT", null])
    );
}

#[test]
fn wrong_arguments_throw_400_and_name_what_is_wrong() {
    for (statement, told) in [
        ("c.createDocument()", "link is missing"),
        ("c.createDocument(7, {})", "link must be a string"),
        (
            "c.createDocument('dbs/x/colls/y', {})",
            "is not this collection's",
        ),
        (
            "c.createDocument(link + '/', {})",
            "is not this collection's",
        ),
        ("c.createDocument(link)", "body is missing"),
        ("c.createDocument(link, 7)", "body must be an object"),
        ("c.createDocument(link, [])", "body must be an object"),
        ("c.createDocument(link, '{')", "not JSON"),
        ("c.createDocument(link, {}, 7)", "options must be an object"),
        (
            "c.createDocument(link, {}, {}, 7)",
            "callback must be a function",
        ),
        ("c.readDocument(link)", "is not a document's"),
        (
            "c.readDocument(c.getAltLink() + '/docs/')",
            "is not a document's",
        ),
        (
            "c.readDocument('dbs/daybook/colls/other/docs/a')",
            "is not a document's",
        ),
        (
            "c.replaceDocument(c.getAltLink() + '/docs/a', {}, { etag: 1 })",
            "options.etag must be",
        ),
        ("c.queryDocuments(link)", "query must be a string"),
        ("c.queryDocuments(link, {})", "missing field `query`"),
        (
            "c.readDocuments(link, { pageSize: 0 })",
            "options.pageSize must be",
        ),
        ("getContext().getResponse().getValue(1)", "must be a string"),
        ("getContext().getRequest().getValue()", "must be a string"),
        ("console.log(1, 2)", "the first must be a string"),
    ] {
        let body = script(&format!(
            "try {{ {statement}; done('nothing thrown'); }} catch (e) {{ done([e.number, e.message]); }}"
        ));
        assert_eq!(body[0], 400, "{statement}: {body}");
        assert!(
            body[1].as_str().unwrap().contains(told),
            "{statement}: {body}"
        );
    }
}

#[test]
fn without_a_callback_an_error_rolls_back_and_cannot_be_caught() {
    let (number, message) = thrown(failing(
        "try { c.createDocument(link, { id: 'a' }); c.createDocument(link, { id: 'a' }); } catch (e) {}",
    ));
    assert_eq!(
        (number, message.as_str()),
        (Some(409), "Error: id 'a' is taken")
    );
}

#[test]
fn without_a_callback_a_success_is_a_success() {
    let (documents, _) = script_on(Documents::default(), "c.createDocument(link, { id: 'a' })");
    assert!(documents.by_id.contains_key("a"));
}

#[test]
fn each_failure_has_its_number() {
    let failure = |reason: &str| Failure::Invalid {
        reason: reason.into(),
    };
    let too_large = Failure::TooLarge {
        what: "the document",
        bytes: 3,
        limit: 2,
    };
    for (failure, number) in [
        (failure("x"), 400),
        (Failure::KeyMismatch { reason: "x".into() }, 400),
        (
            Failure::NotImplemented {
                feature: "x".into(),
            },
            400,
        ),
        (Failure::Conflict { reason: "x".into() }, 409),
        (Failure::PreconditionFailed, 412),
        (too_large, 413),
        (Failure::Storage { reason: "x".into() }, 500),
    ] {
        let documents = Documents {
            failure: Some(failure),
            ..Documents::default()
        };
        let create =
            "c.createDocument(link, {}, function (e, d, o) { done([e.number, o.statusCode]); })";
        assert_eq!(script_on(documents, create).1, json!([number, number]));
    }
}

#[test]
fn a_failed_operation_leaves_the_script_free_to_go_on() {
    let (documents, body) = script_on(
        Documents::with(&["a"]),
        "c.createDocument(link, { id: 'a' }, function (err) {
           c.createDocument(link, { id: 'b' }, function (err2) { done([err.number, err2]); }); });",
    );
    assert_eq!(body, json!([409, null]));
    assert_eq!(documents.by_id.len(), 2);
}

#[test]
fn callbacks_run_after_the_procedure_and_in_order() {
    let body = script(
        "var order = [];
         for (let i = 0; i < 3; i++) c.createDocument(link, {}, function () { order.push(i); done(order); });
         order.push('returned');",
    );
    assert_eq!(body, json!(["returned", 0, 1, 2]));
}

#[test]
fn operations_that_were_carried_out_are_counted() {
    let body = function(
        "c.createDocument(link, { id: 'a' }, function () {
           c.createDocument(link, { id: 'a' }, function () { c.readDocuments(link); }); });",
    );
    assert_eq!(answer(&body).operations, 2);
}

#[test]
fn a_loop_of_250_creates_writes_250_documents() {
    let (documents, body) = script_on(
        Documents::default(),
        "(function next(i) {
           if (i > 250) return done(i - 1);
           var accepted = c.createDocument(link, { id: 'meter:1:' + i, version: i }, function (err) {
             if (err) throw err; next(i + 1); });
           if (!accepted) throw new Error(413, 'too large');
         })(1);",
    );
    assert_eq!(body, json!(250));
    assert_eq!(documents.by_id.len(), 250);
    assert_eq!(documents.by_id["meter:1:250"]["version"], 250);
}
