//! The guide through its front door: the program, run in small workshops.

mod check;
mod starters;
mod support;
