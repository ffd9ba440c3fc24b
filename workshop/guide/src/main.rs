//! The guide: the brain behind `just`. It reads the folders of the workshop and runs cargo.
//!
//! Use it through the recipes of the `justfile`, or as `cargo run -q -p guide -- check`.
//!
//! # Layout
//! - [`commands`]: a file for each command; a new command is a file there and a line in its enum
//! - [`course`], [`state`], [`progress`]: the modules, what is remembered, and where the attendee is
//! - [`lesson`], [`agenda`]: pages, read by their headings, and a day made of their minutes
//! - [`exercise`], [`marker`], [`starter`], [`manifest`], [`page`]: how an exercise is made from a solution
//! - [`solved`], [`saved`], [`copy`]: an exercise with our lines, copies of theirs, and of the workspace
//! - [`cargo`], [`verdict`], [`expected`], [`legible`], [`place`]: how a check is run, what its output
//!   means, and where to look
//! - [`room`]: what is told to the teacher, by those who choose so
//! - [`verify`]: the gates for authors
//! - [`probe`]: asking the machine
//! - [`quote`], [`deck`]: what lessons and slides quote, and the slides
//! - [`report`]: the four words and their places on the screen
//! - [`git`], [`files`], [`error`]: what all of them need
//!
//! Why a program and not a script: it has to run alike on every laptop that has Rust, and only that.
//! It depends on nothing else of this repository, so it still works while an exercise does not.

mod agenda;
mod cargo;
mod commands;
mod copy;
mod course;
mod deck;
mod error;
mod exercise;
mod expected;
mod files;
mod git;
mod legible;
mod lesson;
mod manifest;
mod marker;
mod page;
mod place;
mod probe;
mod progress;
mod quote;
mod report;
mod room;
mod saved;
mod solved;
mod starter;
mod state;
mod verdict;
mod verify;

use clap::Parser;
use std::process::ExitCode;

/// The guide through the workshop.
#[derive(Parser)]
#[command(name = "guide")]
struct Arguments {
    #[command(subcommand)]
    command: Option<commands::Command>,
}

fn main() -> ExitCode {
    match commands::run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}", error::with_causes(&error));
            ExitCode::from(2)
        }
    }
}
