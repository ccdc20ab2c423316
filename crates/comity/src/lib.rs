//! The door: command line, text and JSON. It reads the world (files, clock, environment) and hands it to the engine, which knows none of it.

pub mod cli;
pub mod commands;
pub mod deal_file;
pub mod explain;
pub mod fail;
pub mod ftm;
pub mod state;
pub mod text;
pub mod world;
