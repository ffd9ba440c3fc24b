//! Drives the samples as a person does: a real program, a real Chromium.
//!
//! Use it in tests that ask what somebody sees: [`browse`] starts the program and a browser of its own for one
//! test, and ends both.
//!
//! # Layout
//!
//! - `program`: the sample's binary, built and started on a free port.
//! - `chromium`: chromedriver and the browser, at several sizes, with and without scripts.
//! - `page`: what a person does with a page and sees on it.
//! - `audit`: axe-core, on the page as it stands.
//! - `readings`: a day of a meter as a file.
//!
//! # Why this design
//!
//! Nothing sleeps: every question waits until it is answered or its time is up. Each test has a program with
//! its own data in memory, so tests neither wait for nor disturb each other.
//!
//! # What it does not do
//!
//! Without Chromium it says so and passes, except where `CI` is set: there that is a failure.

mod audit;
mod chromium;
mod page;
mod program;
mod readings;

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt;

pub use chromium::Screen;
pub use page::Page;
pub use readings::{day_as_file, file_name};

use chromium::Chromium;
use program::Program;

/// Starts the energy sample and a browser, and lets `test` use it. A failure leaves a picture of the page.
///
/// # Panics
///
/// The test fails, or the program or the browser cannot be started.
pub async fn browse(screen: Screen, test: impl AsyncFnOnce(&Page)) {
    browse_program("energy", &["--ephemeral"], screen, test).await;
}

/// The same with another program of the workspace, which is told a port besides `arguments`.
///
/// # Panics
///
/// The test fails, or the program or the browser cannot be started.
pub async fn browse_program(
    package: &str,
    arguments: &[&str],
    screen: Screen,
    test: impl AsyncFnOnce(&Page),
) {
    let Some(chromium) = Chromium::start() else {
        return;
    };
    let program = Program::start(package, arguments);
    look(&chromium, screen, &program.address, test).await;
}

/// Starts a browser and lets `test` use it on pages that no program of ours serves, such as files; `address` is the
/// front of theirs. A failure leaves a picture of the page.
///
/// # Panics
///
/// The test fails, or the browser cannot be started.
pub async fn browse_files(address: &str, test: impl AsyncFnOnce(&Page)) {
    if let Some(chromium) = Chromium::start() {
        look(&chromium, Screen::Laptop, address, test).await;
    }
}

async fn look(chromium: &Chromium, screen: Screen, address: &str, test: impl AsyncFnOnce(&Page)) {
    let page = Page::new(chromium.open(screen).await, address);
    let outcome = AssertUnwindSafe(test(&page)).catch_unwind().await;
    if outcome.is_err() {
        page.keep_picture().await;
    }
    page.quit().await;
    if let Err(failure) = outcome {
        resume_unwind(failure);
    }
}
