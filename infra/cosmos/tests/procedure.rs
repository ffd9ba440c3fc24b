//! What each answer of the service means to the caller of a procedure, and that nothing is sent twice.

mod stub;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use azure_core::credentials::Secret;
use azure_core::hmac::hmac_sha256;
use cosmos::{Executed, ProcedureError};
use serde_json::{Value, json};
use stub::{Answers, KEY, Stub};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

const PATH: &str = "/dbs/my%20book/colls/events/sprocs/append";

async fn execute(stub: &Stub) -> Result<Executed<Value>, ProcedureError> {
    let procedure = stub.connect().await.procedure("events", "append");
    let outcome = procedure.execute("meter:1", &("meter:1", 0)).await;
    assert_eq!(stub.asked(PATH).len(), 1, "sent exactly once");
    outcome
}

async fn refused(answers: Answers) -> ProcedureError {
    let stub = Stub::start(answers).await;
    execute(&stub).await.expect_err("the stub refuses")
}

fn status(status: u16) -> Answers {
    Answers {
        status,
        body: r#"{"code":"Some","message":"the service's words"}"#.to_owned(),
        ..Answers::default()
    }
}

#[tokio::test]
async fn an_answer_carries_value_charge_and_session() {
    let stub = Stub::start(Answers {
        headers: vec![
            ("x-ms-request-charge", "12.38"),
            ("x-ms-session-token", "0:-1#7"),
        ],
        body: r#"{"status":"appended"}"#.to_owned(),
        ..Answers::default()
    })
    .await;
    let executed = execute(&stub).await.unwrap();
    assert_eq!(executed.value, json!({"status": "appended"}));
    assert!((executed.charge - 12.38).abs() < f64::EPSILON);
    assert_eq!(executed.session.as_deref(), Some("0:-1#7"));
}

#[tokio::test]
async fn a_script_that_sets_no_body_answers_null() {
    let stub = Stub::start(Answers {
        body: String::new(),
        ..Answers::default()
    })
    .await;
    assert_eq!(execute(&stub).await.unwrap().value, Value::Null);
}

#[tokio::test]
async fn the_request_is_addressed_and_signed_as_the_service_expects() {
    let stub = Stub::start(Answers::default()).await;
    execute(&stub).await.unwrap();
    let asked = stub.asked(PATH).remove(0);
    let header = |name: &str| asked.headers[name].to_str().unwrap().to_owned();
    let date = header("x-ms-date");
    let text = format!("post\nsprocs\ndbs/my book/colls/events/sprocs/append\n{date}\n\n");
    let signature = hmac_sha256(&text, &Secret::new(KEY)).unwrap();
    let signature = signature
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    assert_eq!(
        header("authorization"),
        format!("type%3Dmaster%26ver%3D1.0%26sig%3D{signature}")
    );
    assert_eq!(asked.method, "POST");
    assert_eq!(header("x-ms-documentdb-partitionkey"), r#"["meter:1"]"#);
    assert_eq!(header("x-ms-version"), "2020-07-15");
    assert_eq!(asked.body, r#"["meter:1",0]"#);
}

#[tokio::test]
async fn arguments_that_are_no_list_are_refused_before_sending() {
    let stub = Stub::start(Answers::default()).await;
    let procedure = stub.connect().await.procedure("events", "append");
    let outcome = procedure.execute::<_, Value>("meter:1", "meter:1").await;
    assert!(
        matches!(outcome, Err(ProcedureError::Json(_))),
        "{outcome:?}"
    );
    assert_eq!(stub.asked(PATH).len(), 0);
}

#[tokio::test]
async fn an_answer_of_another_shape_is_a_json_error() {
    let stub = Stub::start(Answers::default()).await;
    let procedure = stub.connect().await.procedure("events", "append");
    let outcome = procedure.execute::<_, u32>("meter:1", &["meter:1"]).await;
    assert!(
        matches!(outcome, Err(ProcedureError::Json(_))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_script_that_throws_is_quoted_with_its_number_message_and_line() {
    let thrown = refused(Answers {
        status: 400,
        headers: vec![("x-ms-substatus", "412")],
        body: json!({
            "code": "BadRequest",
            "message": "Message: {\"Errors\":[\"Encountered exception while executing function. Exception = \
                Error: events must be a list\\r\\nStack trace: Error: events must be a list\\n   \
                at append (append.js:7:11)\\n   at __docDbMain (append.js:90:5)\"]}\r\n\
                ActivityId: 1, Request URI: /apps/1"
        })
        .to_string(),
        ..Answers::default()
    })
    .await;
    let ProcedureError::Script { number, message } = thrown else {
        panic!("{thrown:?}");
    };
    assert_eq!(number, Some(412));
    assert_eq!(
        message,
        "events must be a list (at append (append.js:7:11))"
    );
}

#[tokio::test]
async fn a_bad_request_that_no_script_threw_is_refused_with_the_services_words() {
    let mut answers = status(400);
    answers.headers = vec![("x-ms-substatus", "1001"), ("x-ms-activity-id", "abc")];
    let refusal = refused(answers).await;
    let ProcedureError::Refused {
        status,
        substatus,
        message,
        activity_id,
    } = refusal
    else {
        panic!("{refusal:?}");
    };
    assert_eq!((status, substatus), (400, Some(1001)));
    assert_eq!(message, "the service's words");
    assert_eq!(activity_id.as_deref(), Some("abc"));
}

#[tokio::test]
async fn a_missing_procedure_a_long_one_and_a_large_one_are_told_apart() {
    assert!(matches!(
        refused(status(404)).await,
        ProcedureError::NotFound
    ));
    assert!(matches!(
        refused(status(408)).await,
        ProcedureError::Timeout
    ));
    assert!(matches!(
        refused(status(413)).await,
        ProcedureError::TooLarge
    ));
}

#[tokio::test]
async fn throttling_says_how_long_to_wait() {
    let mut answers = status(429);
    answers.headers = vec![("x-ms-retry-after-ms", "250")];
    let ProcedureError::Throttled { retry_after } = refused(answers).await else {
        panic!("not throttled");
    };
    assert_eq!(retry_after, Duration::from_millis(250));
}

#[tokio::test]
async fn every_other_refusal_keeps_its_status() {
    for code in [401, 403, 409, 410, 449, 501] {
        let refusal = refused(status(code)).await;
        assert!(
            matches!(refusal, ProcedureError::Refused { status, .. } if status == code),
            "{refusal:?}"
        );
    }
}

#[tokio::test]
async fn a_service_in_trouble_leaves_the_outcome_unknown() {
    for code in [500, 502, 503, 504] {
        let lost = refused(status(code)).await;
        assert!(matches!(lost, ProcedureError::Unknown(_)), "{lost:?}");
    }
}

#[tokio::test]
async fn a_connection_broken_before_the_answer_leaves_the_outcome_unknown_and_is_not_tried_again() {
    let stub = Stub::start(Answers::default()).await;
    let procedure = stub.connect().await.procedure("events", "append");
    let listener = TcpListener::bind(stub.stop().await).await.unwrap();
    let requests = Arc::new(AtomicU32::new(0));
    let counter = requests.clone();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            if connection
                .read(&mut [0; 4096])
                .await
                .is_ok_and(|read| read > 0)
            {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    let outcome = procedure
        .execute::<_, Value>("meter:1", &("meter:1", 0))
        .await;
    assert!(
        matches!(outcome, Err(ProcedureError::Unknown(_))),
        "{outcome:?}"
    );
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let stub = Stub::start(Answers::default()).await;
    let procedure = stub.connect().await.procedure("events", "append");
    stub.stop().await;
    let outcome = procedure
        .execute::<_, Value>("meter:1", &("meter:1", 0))
        .await;
    assert!(
        matches!(outcome, Err(ProcedureError::NotSent(_))),
        "{outcome:?}"
    );
}
