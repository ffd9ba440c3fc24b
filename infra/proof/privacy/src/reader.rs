//! A process that shows a meter's postal code whenever it is asked for it: `reader <url> <key> <key file> <seconds> <meter>`.
//! It ends with its standard input.

use std::io::BufRead as _;
use std::path::Path;
use std::time::Duration;

use aggregates::registration::MeterId;
use energy::meters::Meters;
use event_store::Range;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, key, file, seconds, meter] = &arguments[..] else {
        panic!("five arguments are needed");
    };
    let cosmos = privacy_proofs::connect(url, key).await;
    let longest = Duration::from_millis(seconds.parse().expect("milliseconds"));
    let meters = Meters::new(privacy_proofs::store(&cosmos, Path::new(file), longest).await);
    let id = MeterId::parse(meter).expect("a number");
    for _line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let shown = meters.load(&id, Range::all()).await.expect("the meter can be loaded").view();
        println!("{}", shown.registration.expect("it is registered").postal_code);
    }
}
