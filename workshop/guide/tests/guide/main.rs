//! The guide through its front door: the program, run in small workshops.

mod check;
mod keeping;
mod moving;
mod starters;
mod store;
mod support;
mod watch;
