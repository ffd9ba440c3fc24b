//! Two processes, one person: one process forgets them while the other has their key in its memory.
//!
//! The clock stands still until it is moved, so everybody sees the same seconds.

use gdpr_checks::place::Place;
use gdpr_checks::words::{erased, person, postal_code, seen};
use gdpr_checks::{KeyFile, Keys, Personal};
use projections::CosmosDocuments;

type Process = Keys<CosmosDocuments, KeyFile>;

#[tokio::main]
async fn main() {
    let place = Place::new().await;
    let (ada, bert) = (place.keys.clone(), place.other_process());
    let key = ada.for_sealing(&person("1")).await.expect("a new key");
    let sealed = postal_code(&key, "register");
    println!("second   ada             bert");
    both(0, &ada, &bert, &sealed).await;
    println!("         forgets meter:1");
    ada.erase(&person("1"), &erased()).await.expect("it can be erased");
    both(0, &ada, &bert, &sealed).await;
    for (second, passes) in [(30, 30), (59, 29), (60, 1)] {
        place.hour.passes(passes);
        both(second, &ada, &bert, &sealed).await;
    }
    let again = bert.for_sealing(&person("1")).await;
    println!("\nbert seals something new: {}", again.expect_err("it was forgotten"));
}

/// What each of them sees.
async fn both(second: u32, ada: &Process, bert: &Process, sealed: &Personal<String>) {
    println!("{second:>6}   {:<15} {}", seen(ada, sealed).await, seen(bert, sealed).await);
}
