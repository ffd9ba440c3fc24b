//! The whole of it against a real Cosmos DB in this process.

use std::process::Command;

use cosmos::{
    Capabilities, ContainerSpec, Cosmos, Error, Executed, Place, ProcedureError, ProcedureSpec,
    Settings,
};
use serde_json::{Value, json};
use tempfile::TempDir;

const GREET: ProcedureSpec = ProcedureSpec {
    id: "greet",
    body: "function greet(name) { getContext().getResponse().setBody({ hello: name }); }",
};

const NOTES: ContainerSpec = ContainerSpec {
    name: "notes",
    partition_key: "/stream",
    unique_keys: &["/meta/event_id"],
    indexed: &["/version/?", "/meta/event_id/?"],
    procedures: &[GREET],
};

async fn memory() -> Cosmos {
    Cosmos::connect(&Settings::ephemeral()).await.unwrap()
}

async fn provisioned(specs: &[ContainerSpec]) -> Cosmos {
    let cosmos = memory().await;
    cosmos.provision(specs).await.unwrap();
    cosmos
}

/// A procedure called once in a container of its own, and the place it ran in.
async fn run(body: &'static str) -> (Cosmos, Result<Executed<Value>, ProcedureError>) {
    let procedures = Box::leak(Box::new([ProcedureSpec { id: "it", body }]));
    let cosmos = provisioned(&[ContainerSpec {
        procedures,
        ..NOTES
    }])
    .await;
    let outcome = cosmos
        .procedure("notes", "it")
        .execute("a:1", &["a:1"])
        .await;
    (cosmos, outcome)
}

#[tokio::test]
async fn an_embedded_place_can_do_everything() {
    let everything = Capabilities {
        procedures: true,
        charges: true,
        management: true,
    };
    assert_eq!(memory().await.capabilities(), everything);
}

#[tokio::test]
async fn a_separate_cosmos_local_can_do_everything_too() {
    let server = cosmos_local::CosmosLocal::start(cosmos_local::Options::default())
        .await
        .unwrap();
    let settings = Settings {
        place: Place::Endpoint {
            url: server.endpoint().to_owned(),
            key: Some(server.key().to_owned()),
        },
        database: "daybook".to_owned(),
    };
    let cosmos = Cosmos::connect(&settings).await.unwrap();
    assert_eq!(cosmos.endpoint(), server.endpoint());
    assert!(cosmos.capabilities().procedures);
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let server = cosmos_local::CosmosLocal::start(cosmos_local::Options::default())
        .await
        .unwrap();
    let settings = Settings {
        place: Place::Endpoint {
            url: server.endpoint().to_owned(),
            key: Some("d3Jvbmc=".to_owned()),
        },
        database: "daybook".to_owned(),
    };
    let error = Cosmos::connect(&settings).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn provisioning_twice_changes_nothing() {
    let cosmos = provisioned(&[NOTES]).await;
    let before = cosmos
        .container("notes")
        .await
        .unwrap()
        .read(None)
        .await
        .unwrap();
    cosmos.provision(&[NOTES]).await.unwrap();
    let after = cosmos
        .container("notes")
        .await
        .unwrap()
        .read(None)
        .await
        .unwrap();
    assert_eq!(before.into_model().unwrap(), after.into_model().unwrap());
}

#[tokio::test]
async fn a_container_is_created_as_its_spec_says() {
    let cosmos = provisioned(&[NOTES]).await;
    let notes = cosmos.container("notes").await.unwrap();
    let notes =
        serde_json::to_value(notes.read(None).await.unwrap().into_model().unwrap()).unwrap();
    let key = json!({"paths": ["/stream"], "kind": "Hash", "version": 2});
    assert_eq!(notes["partitionKey"], key);
    let keys = json!([{"paths": ["/meta/event_id"]}]);
    assert_eq!(notes["uniqueKeyPolicy"]["uniqueKeys"], keys);
    let policy = &notes["indexingPolicy"];
    assert_eq!(policy["indexingMode"], "consistent");
    assert_eq!(policy["automatic"], true);
    let paths = json!([{"path": "/version/?"}, {"path": "/meta/event_id/?"}]);
    assert_eq!(policy["includedPaths"], paths);
    let excluded = policy["excludedPaths"].as_array().unwrap();
    assert!(excluded.contains(&json!({"path": "/*"})), "{excluded:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_at_once_provision_one_container() {
    let cosmos = memory().await;
    let tasks = (0..8).map(|_| {
        let cosmos = cosmos.clone();
        tokio::spawn(async move { cosmos.provision(&[NOTES]).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    cosmos.container("notes").await.unwrap();
}

#[tokio::test]
async fn another_partition_key_is_refused_naming_both() {
    let cosmos = provisioned(&[NOTES]).await;
    let other = ContainerSpec {
        partition_key: "/id",
        ..NOTES
    };
    let error = cosmos
        .provision(&[other])
        .await
        .expect_err("the key differs");
    assert!(matches!(error, Error::Mismatch { .. }), "{error:?}");
    let text = error.to_string();
    for part in ["notes", "/stream", "/id", "delete the container"] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn other_unique_keys_are_refused_naming_both() {
    let cosmos = provisioned(&[NOTES]).await;
    let other = ContainerSpec {
        unique_keys: &[],
        ..NOTES
    };
    let error = cosmos
        .provision(&[other])
        .await
        .expect_err("the keys differ");
    let text = error.to_string();
    assert!(matches!(error, Error::Mismatch { .. }), "{error:?}");
    assert!(text.contains("/meta/event_id, expected none"), "{text}");
}

#[tokio::test]
async fn a_container_that_was_not_provisioned_is_named() {
    let cosmos = provisioned(&[NOTES]).await;
    let error = cosmos.container("views").await.err().unwrap();
    assert!(matches!(error, Error::Missing { .. }), "{error:?}");
    assert!(error.to_string().contains("views"), "{error}");
}

#[tokio::test]
async fn a_procedure_answers_with_a_charge_and_a_session() {
    let cosmos = provisioned(&[NOTES]).await;
    let greet = cosmos.procedure("notes", "greet");
    let executed = greet
        .execute::<_, Value>("zähler:1", &("Ada",))
        .await
        .unwrap();
    assert_eq!(executed.value, json!({"hello": "Ada"}));
    assert!(executed.charge > 0.0);
    assert!(executed.session.is_some());
}

#[tokio::test]
async fn a_procedure_whose_text_differs_is_replaced() {
    let cosmos = provisioned(&[NOTES]).await;
    let changed = ContainerSpec {
        procedures: &[ProcedureSpec {
            id: "greet",
            body: "function greet() { getContext().getResponse().setBody('changed'); }",
        }],
        ..NOTES
    };
    cosmos.provision(&[changed]).await.unwrap();
    let greet = cosmos.procedure("notes", "greet");
    let executed = greet.execute::<_, String>("a:1", &["Ada"]).await.unwrap();
    assert_eq!(executed.value, "changed");
}

#[tokio::test]
async fn a_procedure_that_throws_is_quoted_with_its_number_and_line() {
    let (_cosmos, thrown) =
        run("function it(stream) {\n  throw new Error(412, 'not here: ' + stream);\n}").await;
    let Err(ProcedureError::Script { number, message }) = thrown else {
        panic!("{thrown:?}");
    };
    assert_eq!(number, Some(412));
    assert!(message.starts_with("not here: a:1"), "{message}");
    assert!(message.contains(":2:"), "the line is missing: {message}");
}

#[tokio::test]
async fn a_procedure_that_throws_stores_nothing() {
    let create = "function it(stream) {
        const all = getContext().getCollection();
        const note = { id: '1', stream: stream, meta: { event_id: 'e1' } };
        all.createDocument(all.getSelfLink(), note, (error) => {
            throw new Error('after the note was created');
        });
    }";
    let (cosmos, thrown) = run(create).await;
    let Err(ProcedureError::Script { message, .. }) = thrown else {
        panic!("{thrown:?}");
    };
    assert!(message.contains("after the note was created"), "{message}");
    let notes = cosmos.container("notes").await.unwrap();
    let read = notes.read_item("a:1", "1", None).await;
    assert!(read.is_err_and(|error| error.status().is_not_found()));
}

#[tokio::test]
async fn a_procedure_that_loops_for_ever_is_stopped() {
    let (_cosmos, stopped) = run("function it() { for (;;) {} }").await;
    assert!(
        matches!(stopped, Err(ProcedureError::Timeout)),
        "{stopped:?}"
    );
}

#[tokio::test]
async fn a_procedure_that_does_not_exist_is_not_found() {
    let cosmos = provisioned(&[NOTES]).await;
    for (container, id) in [("notes", "missing"), ("missing", "greet")] {
        let outcome = cosmos
            .procedure(container, id)
            .execute::<_, Value>("a:1", &["Ada"])
            .await;
        assert!(
            matches!(outcome, Err(ProcedureError::NotFound)),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_procedure_that_does_not_compile_is_refused_with_the_reason() {
    let cosmos = memory().await;
    let broken = ContainerSpec {
        procedures: &[ProcedureSpec {
            id: "broken",
            body: "function broken( {",
        }],
        ..NOTES
    };
    let error = cosmos
        .provision(&[broken])
        .await
        .expect_err("it does not compile");
    let Error::Procedure {
        container,
        id,
        source,
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!((container.as_str(), id.as_str()), ("notes", "broken"));
    assert!(
        matches!(*source, ProcedureError::Refused { status: 400, .. }),
        "{source:?}"
    );
}

#[tokio::test]
async fn what_was_stored_in_a_folder_is_there_after_connecting_again() {
    let folder = TempDir::new().unwrap();
    let settings = Settings::embedded(folder.path());
    let note = json!({"id": "1", "stream": "a:1", "meta": {"event_id": "e1"}});
    {
        let cosmos = Cosmos::connect(&settings).await.unwrap();
        cosmos.provision(&[NOTES]).await.unwrap();
        let notes = cosmos.container("notes").await.unwrap();
        notes.create_item("a:1", "1", &note, None).await.unwrap();
    }
    let cosmos = Cosmos::connect(&settings).await.unwrap();
    let notes = cosmos.container("notes").await.unwrap();
    let found: Value = notes
        .read_item("a:1", "1", None)
        .await
        .unwrap()
        .into_model()
        .unwrap();
    assert_eq!(found["meta"], note["meta"]);
}

fn is_locked(error: &Error, folder: &TempDir) {
    let text = error.to_string();
    assert!(matches!(error, Error::Embedded(_)), "{error:?}");
    assert!(text.contains(folder.path().to_str().unwrap()), "{text}");
    assert!(
        text.contains("cosmos-local"),
        "the remedy is missing: {text}"
    );
}

#[tokio::test]
async fn a_folder_in_use_by_this_process_is_refused_with_the_remedy() {
    let folder = TempDir::new().unwrap();
    let settings = Settings::embedded(folder.path());
    let _first = Cosmos::connect(&settings).await.unwrap();
    is_locked(&Cosmos::connect(&settings).await.unwrap_err(), &folder);
}

/// Names the folder that another process holds, when this program is that other process.
const FOLDER: &str = "DAYBOOK_TEST_FOLDER";

#[tokio::test]
async fn a_folder_in_use_by_another_process_is_refused_with_the_remedy() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let error = Cosmos::connect(&Settings::embedded(folder))
            .await
            .err()
            .unwrap();
        println!("refused: {error}");
        return;
    }
    let folder = TempDir::new().unwrap();
    let _first = Cosmos::connect(&Settings::embedded(folder.path()))
        .await
        .unwrap();
    let name = "a_folder_in_use_by_another_process_is_refused_with_the_remedy";
    let other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&other.stdout);
    assert!(
        said.contains("refused: ") && said.contains("cosmos-local"),
        "{said}"
    );
}
