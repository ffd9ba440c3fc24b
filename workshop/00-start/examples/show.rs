//! Stores the first event where the sample keeps its own, and shows what came back.
//!
//! `cargo run -q -p start-checks --features mine --example show`

use std::error::Error;
use std::process::ExitCode;

use cosmos::{Cosmos, Settings};
use start_checks::{EVENTS, StoreError, meters_delivered, store};

#[tokio::main]
async fn main() -> ExitCode {
    match show().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            let mut source = error.source();
            while let Some(reason) = source {
                eprintln!("  because {reason}");
                source = reason.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn show() -> Result<(), Box<dyn Error>> {
    let cosmos = Cosmos::connect(&Settings::from_env()?).await?;
    cosmos.provision(&[EVENTS]).await?;
    let events = cosmos.container(EVENTS.name).await?;
    let event = meters_delivered(1, 2);
    match store(&events, &event).await {
        Ok(stored) => {
            println!("{:#}\n", stored.document);
            println!("what I did   RU (model)");
            println!("create       {:.2}", stored.create);
            println!("point read   {:.2}", stored.read);
        }
        Err(refused @ StoreError::Exists { .. }) => println!("{refused}: it stays as it is"),
        Err(error) => return Err(error.into()),
    }
    println!("\nin the sample: http://127.0.0.1:3000/streams/{}", event.stream);
    Ok(())
}
