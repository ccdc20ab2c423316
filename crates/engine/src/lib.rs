//! The judgement: reach, screen, classify, decide, answer. Every step is a pure function of a deal, a lawbook, editions of party lists and a
//! day: no clock, no file, no network, no parser. Same inputs, same bytes out. No State, list, regime or treaty is named here.

pub mod answer;
pub mod classify;
pub mod decide;
pub mod describe;
pub mod facts;
pub mod flip;
pub mod items;
pub mod laws;
pub mod link;
pub mod measures;
pub mod procedure;
pub mod r1540;
pub mod residue;
pub mod screen;
pub mod standing;
