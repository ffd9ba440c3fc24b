//! Transactions of one partition come one after another; those of others do not wait for them.

use std::sync::mpsc;

use super::*;

/// A transaction that creates `a/1` and then stands still until it is told to go on.
struct Slow {
    begun: tokio::sync::oneshot::Receiver<()>,
    go_on: mpsc::Sender<()>,
    task: tokio::task::JoinHandle<Result<Committed<()>, Failure>>,
}

impl Slow {
    async fn begin(account: &Account) -> Self {
        let (engine, container) = (account.engine.clone(), Arc::clone(&account.container));
        let (tell, begun) = tokio::sync::oneshot::channel();
        let (go_on, wait) = mpsc::channel();
        let task = tokio::spawn(async move {
            let work = move |mut transaction: Transaction| {
                transaction.apply(create(event("a", "1")))?;
                tell.send(()).unwrap();
                wait.recv().unwrap();
                Ok((transaction, ()))
            };
            engine.transact(&container, key("a"), work).await
        });
        let mut slow = Self { begun, go_on, task };
        (&mut slow.begun).await.unwrap();
        slow
    }

    async fn finish(self) -> Result<Committed<()>, Failure> {
        self.go_on.send(()).unwrap();
        self.task.await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_create_the_same_document_one_wins() {
    let account = Arc::new(Account::in_memory(1).await);
    for round in 0..5 {
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (account, id) = (Arc::clone(&account), round.to_string());
                tokio::spawn(async move { account.one("a", create(event("a", &id))).await })
            })
            .collect();
        let mut winners = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => winners += 1,
                Err(Failure::Conflict { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(winners, 1);
    }
    assert_eq!(account.engine.lsn(&account.container, 0), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_who_count_up_lose_no_step() {
    let account = Arc::new(Account::in_memory(1).await);
    account
        .one("a", create(json!({ "id": "n", "stream": "a", "n": 0 })))
        .await
        .unwrap();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let account = Arc::clone(&account);
            tokio::spawn(async move {
                let count = |mut transaction: Transaction| {
                    let found = document_of(transaction.apply(read("n", Precondition::None))?);
                    let n = json_of(&found)["n"].as_i64().unwrap() + 1;
                    transaction.apply(upsert(json!({ "id": "n", "stream": "a", "n": n })))?;
                    Ok((transaction, ()))
                };
                account.transact("a", count).await.unwrap()
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(json_of(&account.read("a", "n").unwrap())["n"], 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_transaction_holds_up_nobody_else() {
    let account = Account::in_memory(1).await;
    let slow = Slow::begin(&account).await;
    for n in 0..100 {
        let stream = format!("b{n}");
        account
            .one(&stream, create(event(&stream, "1")))
            .await
            .unwrap();
    }
    assert!(
        account.read("a", "1").is_err(),
        "nothing is seen before it is committed"
    );
    assert_eq!(slow.finish().await.unwrap().lsn, 101);
    account.read("a", "1").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_leaves_half_way_leaves_a_whole_transaction() {
    let account = Account::in_memory(1).await;
    let slow = Slow::begin(&account).await;
    slow.task.abort();
    assert!(slow.task.await.unwrap_err().is_cancelled());
    let mut next = Box::pin(account.one("a", create(event("a", "1"))));
    tokio::select! {
        biased;
        early = &mut next => panic!("the lock was not held: {early:?}"),
        () = tokio::task::yield_now() => slow.go_on.send(()).unwrap(),
    }
    let next = next.await;
    assert!(
        matches!(next, Err(Failure::Conflict { .. })),
        "the lock was held: {next:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_deleted_meanwhile_takes_no_write() {
    let account = Account::in_memory(1).await;
    let slow = Slow::begin(&account).await;
    account
        .engine
        .delete_container("daybook", "events")
        .await
        .unwrap();
    let again = account
        .engine
        .create_container("daybook", definition())
        .await
        .unwrap();
    let refused = slow.finish().await;
    assert!(
        matches!(refused, Err(Failure::NotFound { .. })),
        "{refused:?}"
    );
    let old = account.read("a", "1");
    assert!(matches!(
        old,
        Err(Failure::NotFound {
            kind: super::super::Kind::Container,
            ..
        })
    ));
    assert!(account.engine.read(&again, &key("a"), "1").is_err());
    assert_eq!(account.engine.lsn(&again, 0), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_came_meanwhile_has_the_documents_of_open_transactions() {
    let account = Account::in_memory(1).await;
    let slow = Slow::begin(&account).await;
    let mut changed = definition();
    changed["indexingPolicy"]["includedPaths"] = json!([{ "path": "/meta/event_id/?" }]);
    account
        .engine
        .replace_container("daybook", "events", changed)
        .await
        .unwrap();
    slow.finish().await.unwrap();
    let found = super::queries::index_ids(&account, "a", &["meta", "event_id"]).await;
    assert_eq!(found, ["1"]);
}
