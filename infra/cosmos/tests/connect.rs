//! Who is at the endpoint, what it can do, and what is said when it is not there.

mod stub;

use std::error::Error as _;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use cosmos::{Capabilities, Cosmos, Error, Place, Settings};
use stub::{Answers, KEY, Stub};

async fn refused(answers: Answers) -> (String, Error) {
    let stub = Stub::start(answers).await;
    let error = Cosmos::connect(&stub.settings()).await;
    (stub.url.clone(), error.expect_err("the stub refuses"))
}

#[tokio::test]
async fn a_place_that_checks_keys_and_knows_procedures_can_do_everything() {
    let cosmos = Stub::start(Answers::default()).await.connect().await;
    let everything = Capabilities {
        procedures: true,
        charges: true,
        management: true,
    };
    assert_eq!(cosmos.capabilities(), everything);
}

#[tokio::test]
async fn an_emulator_that_takes_any_key_runs_no_procedures_and_counts_no_charges() {
    let answers = Answers {
        wrong_key: StatusCode::OK,
        ..Answers::default()
    };
    let found = Stub::start(answers).await.connect().await.capabilities();
    assert!(!found.procedures && !found.charges && found.management);
}

#[tokio::test]
async fn an_emulator_that_does_not_know_procedures_runs_none() {
    for probe in [StatusCode::NOT_IMPLEMENTED, StatusCode::BAD_REQUEST] {
        let answers = Answers {
            probe,
            ..Answers::default()
        };
        let found = Stub::start(answers).await.connect().await.capabilities();
        assert!(!found.procedures && found.charges);
    }
}

#[tokio::test]
async fn an_endpoint_where_nobody_listens_is_named_soon_with_what_to_check() {
    let stub = Stub::start(Answers::default()).await;
    let settings = stub.settings();
    let url = stub.url.clone();
    stub.stop().await;
    let started = Instant::now();
    let error = Cosmos::connect(&settings).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(20));
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains(&url), "{error}");
    assert!(error.to_string().contains("COSMOS_ENDPOINT"), "{error}");
    assert!(error.source().is_some());
}

#[tokio::test]
async fn a_wrong_key_is_refused_with_its_remedy() {
    let (url, error) = refused(Answers {
        account: StatusCode::UNAUTHORIZED,
        ..Answers::default()
    })
    .await;
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert!(error.to_string().contains(&url) && error.to_string().contains("COSMOS_KEY"));
    assert!(!format!("{error:?} {error}").contains(KEY));
}

#[tokio::test]
async fn a_web_page_is_not_taken_for_cosmos_db() {
    let (url, error) = refused(Answers {
        account: StatusCode::NOT_FOUND,
        account_body: Some("<html>".to_owned()),
        ..Answers::default()
    })
    .await;
    assert!(
        matches!(error, Error::NotCosmos { status: 404, .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains(&url));
}

#[tokio::test]
async fn an_address_that_is_no_url_is_refused() {
    let settings = Settings {
        place: Place::Endpoint {
            url: "localhost".to_owned(),
            key: Some(KEY.to_owned()),
        },
        database: "daybook".to_owned(),
    };
    let error = Cosmos::connect(&settings).await.unwrap_err();
    assert!(matches!(error, Error::Settings(_)), "{error:?}");
}

#[cfg(not(feature = "embedded"))]
#[tokio::test]
async fn without_the_feature_an_embedded_place_names_it() {
    let error = Cosmos::connect(&Settings::ephemeral()).await.unwrap_err();
    assert!(matches!(error, Error::NotEmbedded), "{error:?}");
    assert!(error.to_string().contains("`embedded`"), "{error}");
}
