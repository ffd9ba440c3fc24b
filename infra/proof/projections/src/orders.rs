//! What a process is told on its standard input.

use std::io::BufRead as _;

use tokio::sync::mpsc;

/// The lines of standard input, read by a thread of its own: nothing can interrupt that.
#[must_use]
pub fn orders() -> mpsc::UnboundedReceiver<String> {
    let (sender, orders) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    orders
}
