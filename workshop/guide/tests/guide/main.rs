//! The guide through its front door: the program, run in small workshops.

mod agenda;
mod bundle;
mod check;
mod doctor;
mod keeping;
mod mine;
mod moving;
mod recipes;
mod room;
mod showing;
mod starters;
mod store;
mod support;
mod verify;
mod watch;
