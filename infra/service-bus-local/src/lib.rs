//! stub
#![allow(dead_code)]
mod clock;
mod config;
mod engine;
mod message;
mod rules;
