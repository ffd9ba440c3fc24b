//! Step 2. Compare the version, create all or nothing

use cosmos::{ContainerSpec, ProcedureError, ProcedureSpec};
use event_store_checks::steps::{append, stored, three_events};
use event_store_checks::words::{activated, ids, outcome, readings, registered};
use event_store_checks::{APPEND, AppendError, EVENTS, Expected, Version, stores};
use serde_json::{Value, json};

#[tokio::test]
async fn events_are_appended_behind_the_last_one() {
    let store = stores::by_procedure().await;
    let first = append(&store, Expected::NoStream, vec![registered("a")]).await;
    assert_eq!(outcome(&first), "appended, version 1");
    let more = append(&store, Expected::Exact(Version(1)), readings("b", 2)).await;
    assert_eq!(outcome(&more), "appended, version 3");
    assert_eq!(stored(&store).await, ["1 a", "2 b/0", "3 b/1"]);
}

#[tokio::test]
async fn a_stale_writer_is_refused_and_nothing_is_stored() {
    let store = stores::by_procedure().await;
    three_events(&store).await;
    let stale = append(&store, Expected::Exact(Version(2)), vec![activated("late")]).await;
    assert_eq!(
        outcome(&stale),
        "conflict, the stream is at 3",
        "why: the writer decided without knowing event 3"
    );
    assert_eq!(stored(&store).await, ["1 a/0", "2 a/1", "3 a/2"]);
}

#[tokio::test]
async fn a_writer_ahead_of_the_stream_is_refused() {
    let store = stores::by_procedure().await;
    three_events(&store).await;
    let ahead = append(&store, Expected::Exact(Version(4)), vec![activated("early")]).await;
    assert_eq!(
        outcome(&ahead),
        "conflict, the stream is at 3",
        "why: version 4 would be missing for ever"
    );
}

#[tokio::test]
async fn two_hundred_and_fifty_events_are_one_transaction() {
    let store = stores::by_procedure().await;
    let done = append(&store, Expected::NoStream, readings("import", 250)).await;
    assert_eq!(outcome(&done), "appended, version 250");
    let expected: Vec<_> = (0..250).map(|event| format!("{} import/{event}", event + 1)).collect();
    assert_eq!(stored(&store).await, expected, "why: no gap, no double");
}

#[tokio::test]
async fn events_sent_again_are_recognised() {
    let store = stores::by_procedure().await;
    three_events(&store).await;
    let again = append(&store, Expected::NoStream, readings("a", 3)).await;
    assert_eq!(
        outcome(&again),
        "duplicate, version 3",
        "why: an answer was lost on the way, and the writer asks again"
    );
    assert_eq!(stored(&store).await, ["1 a/0", "2 a/1", "3 a/2"]);
}

#[tokio::test]
async fn events_sent_again_later_are_recognised_whatever_the_writer_expects() {
    let store = stores::by_procedure().await;
    three_events(&store).await;
    let later = append(&store, Expected::Exact(Version(3)), readings("b", 1)).await;
    assert_eq!(outcome(&later), "appended, version 4");
    for expected in [Expected::Any, Expected::Exact(Version(4))] {
        let again = append(&store, expected, readings("a", 3)).await;
        assert_eq!(
            outcome(&again),
            "duplicate, version 3",
            "why: the place is right, but the first id is taken, and `refused` knows what that means"
        );
    }
    assert_eq!(stored(&store).await, ["1 a/0", "2 a/1", "3 a/2", "4 b/0"]);
}

#[tokio::test]
async fn a_create_that_is_refused_half_way_takes_everything_back() {
    let store = stores::by_procedure().await;
    three_events(&store).await;
    let half_known = vec![activated("new"), readings("a", 1).remove(0)];
    let refused = append(&store, Expected::Exact(Version(3)), half_known).await;
    assert_eq!(
        stored(&store).await,
        ["1 a/0", "2 a/1", "3 a/2"],
        "why: the second event was stored before, so the first is taken back: half an append is worse than none"
    );
    let why = "why: a writer who is refused has to hear where the stream ends";
    assert_eq!(outcome(&refused), "conflict, the stream is at 3", "{why}");
}

#[tokio::test]
async fn what_the_server_does_not_accept_is_an_error() {
    // The server says so only near its limits, so here the procedure meets a collection that says so at once.
    let refusing = format!(
        "function refusing(stream, expected, events) {{
           const context = getContext();
           const accepts_nothing = {{ createDocument: {{ value: () => false }} }};
           const collection = Object.create(context.getCollection(), accepts_nothing);
           const near_its_limit = {{
             getCollection: () => collection,
             getResponse: () => context.getResponse()
           }};
           (function (getContext) {{
             (\n{}\n)(stream, expected, events);
           }})(() => near_its_limit);
         }}",
        APPEND.body
    );
    let refused = execute(&refusing, &json!("none"), &json!([sent("a")])).await;
    assert!(
        matches!(refused, Err(ProcedureError::Script { number: Some(413), .. })),
        "why: createDocument returned false, and returning would commit a part and call it success"
    );
}

#[tokio::test]
async fn two_writers_of_one_version_have_one_winner() {
    let store = stores::by_procedure().await;
    let mut table = vec!["writer  expected  outcome".to_owned()];
    for (writer, event) in [("ada", registered("ada/0")), ("bert", registered("bert/0"))] {
        let done = append(&store, Expected::Exact(Version(0)), vec![event]).await;
        let missed = match &done {
            Err(AppendError::Conflict { since: Some(since), .. }) => ids(since).join(", "),
            _ => "nothing".to_owned(),
        };
        table.push(format!("{writer:<6}  0         {}; missed {missed}", outcome(&done)));
    }
    insta::with_settings!({ description => "both decided on the same state, so only one may be right" }, {
        insta::assert_snapshot!(table.join("\n"), @r"
        writer  expected  outcome
        ada     0         appended, version 1; missed nothing
        bert    0         conflict, the stream is at 1; missed ada/0
        ");
    });
}

#[tokio::test]
async fn the_procedure_answers_in_these_words() {
    let cosmos = stores::cosmos().await;
    let procedure = cosmos.procedure(EVENTS.name, APPEND.id);
    let mut answers = Vec::new();
    for (expected, event) in
        [(json!("none"), "a"), (json!(0), "a"), (json!(1), "b"), (json!(1), "c")]
    {
        let arguments = json!(["meter:7", expected, [sent(event)]]);
        let answer =
            procedure.execute::<_, Value>("meter:7", &arguments).await.expect("the input is valid");
        answers.push(json!({ "expected": expected, "event": event, "answer": answer.value }));
    }
    insta::with_settings!({ description => "what was missed comes with the conflict: no second read" }, {
        insta::assert_json_snapshot!(answers, {
            "[].answer.since[]._etag" => "…",
            "[].answer.since[]._rid" => "…",
            "[].answer.since[]._self" => "…",
            "[].answer.since[]._ts" => "…",
        });
    });
}

#[tokio::test]
async fn a_conflict_reads_no_more_than_it_can_hand_over() {
    let cosmos = stores::cosmos().await;
    let procedure = cosmos.procedure(EVENTS.name, APPEND.id);
    let mut charges = Vec::new();
    for (stream, characters) in [("meter:1", 10), ("meter:2", 1_500_000)] {
        let mut event = sent("late");
        for version in 0..6 {
            event["event_id"] = version.to_string().into();
            event["data"] = json!({ "note": "x".repeat(characters) });
            let arguments = json!([stream, version, [event]]);
            let done = procedure.execute::<_, Value>(stream, &arguments).await;
            assert_eq!(done.expect("the input is valid").value["status"], "appended");
        }
        let arguments = json!([stream, "none", [sent("late")]]);
        let done = procedure.execute::<_, Value>(stream, &arguments).await.expect("a conflict");
        assert_eq!(done.value["status"], "conflict");
        assert_eq!(done.value["since"].is_null(), characters > 10);
        charges.push(done.charge);
    }
    assert!(
        charges[1] < charges[0],
        "why: a stream may be too large for the procedure's memory\n{charges:?}"
    );
}

#[tokio::test]
async fn input_of_the_wrong_shape_is_refused_with_the_field() {
    let good = json!([sent("a")]);
    let cases = [
        (json!(-1), good.clone(), "expected must be a whole number from 0"),
        (json!(1.5), good.clone(), "expected must be a whole number from 0"),
        (json!("1"), good.clone(), "expected must be a whole number from 0"),
        (json!(null), good, "expected must be a whole number from 0"),
        (json!(0), json!({}), "events must be a list"),
        (json!(0), json!([7]), "events[0] must be an object"),
        (json!(0), json!([{ "event_id": "" }]), "events[0].event_id must be a text"),
        (
            json!(0),
            json!([sent("a"), sent("a")]),
            "events[1].event_id is that of another event sent",
        ),
        (json!(0), json!([{ "event_id": "a", "type": 1 }]), "events[0].type must be a text"),
        (
            json!(0),
            json!([{ "event_id": "a", "type": "T", "data": [] }]),
            "events[0].data must be an object",
        ),
        (
            json!(0),
            json!([{ "event_id": "a", "type": "T", "data": {}, "meta": { "event_id": "b" } }]),
            "events[0].meta must not have an event_id of its own",
        ),
    ];
    for (expected, events, requirement) in cases {
        let refused = execute(APPEND.body, &expected, &events).await;
        let Err(ProcedureError::Script { number: Some(400), message }) = &refused else {
            panic!("{requirement}: {refused:?}");
        };
        assert!(message.contains(requirement), "{message}");
    }
}

/// Runs a text as the procedure, on an empty stream.
async fn execute(body: &str, expected: &Value, events: &Value) -> Result<Value, ProcedureError> {
    let body = String::leak(body.to_owned());
    let procedures = [ProcedureSpec { id: APPEND.id, body }];
    let spec = ContainerSpec { procedures: Vec::leak(procedures.to_vec()), ..EVENTS };
    let cosmos = stores::cosmos().await;
    cosmos.provision(&[spec]).await.expect("a procedure can be replaced");
    let procedure = cosmos.procedure(EVENTS.name, APPEND.id);
    let arguments = json!(["meter:7", expected, events]);
    procedure.execute::<_, Value>("meter:7", &arguments).await.map(|done| done.value)
}

fn sent(id: &str) -> Value {
    let meta = json!({ "recorded_at": "2020-04-30T09:05:00.000Z" });
    json!({ "event_id": id, "type": "MeterActivated", "data": {}, "meta": meta })
}
