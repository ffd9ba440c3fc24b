//! Says what the Cosmos DB can do that `COSMOS_ENDPOINT` names, before the contract is tried on it.

use event_store_checks::stores;

#[tokio::main]
async fn main() {
    let cosmos = stores::endpoint().await;
    let can = cosmos.capabilities();
    println!("{}, database {}", cosmos.endpoint(), cosmos.database());
    let rows = [
        (
            can.procedures,
            "stored procedures",
            "left out: batches only, as the event store does there",
        ),
        (can.charges, "request charges", "every charge is 0: what compares charges fails"),
        (can.management, "creating containers", "they come from infra/azure"),
    ];
    for (able, what, otherwise) in rows {
        println!("  {what}: {}", if able { "yes" } else { otherwise });
    }
}
