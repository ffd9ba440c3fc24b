//! What a command costs by each strategy: operations, round trips, request units, time.
//!
//! Without an account the request units are a model's. With `COSMOS_ENDPOINT` set (and `COSMOS_KEY`, or signed in
//! with Entra ID) what the account measures stands beside them. The lengths of the streams are arguments, as in
//! `10 1000`; a stream of 100,000 events takes 600,000 request units to write. `--save` writes the counts to
//! `charges.json`, which the cockpit shows.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use cosmos::{Cosmos, Settings};
use snapshots_checks::charges::{Charges, model, save, table};
use snapshots_checks::place::Place;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let account = std::env::var_os("COSMOS_ENDPOINT").is_some();
    let settings = if account { Settings::from_env()? } else { Settings::ephemeral() };
    let place = Place::on(Cosmos::connect(&settings).await?).await;
    let (options, asked): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|argument| argument == "--save");
    let asked = asked.iter().map(|length| length.parse::<usize>());
    let mut lengths = asked.collect::<Result<Vec<_>, _>>()?;
    if lengths.is_empty() {
        lengths = if account { vec![10, 1_000] } else { vec![10, 1_000, 100_000] };
    }
    let run = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().to_string();
    let charges = Charges::new(&place, &run);
    let mut all = Vec::new();
    for length in lengths {
        let begun = Instant::now();
        charges.fill(length).await;
        println!("A stream of {length} events, filled in {:.1} s", begun.elapsed().as_secs_f64());
        let rows = charges.of(length).await;
        println!("{}", table(&rows, account));
        all.extend(rows);
    }
    if !options.is_empty() {
        save(&all)?;
    }
    println!("The model\n\n{}", model::FORMULAS);
    if !account {
        println!(
            "\nNothing here was measured but the time. With COSMOS_ENDPOINT set, the account's"
        );
        println!("own charges stand beside the model's.");
    }
    Ok(())
}
