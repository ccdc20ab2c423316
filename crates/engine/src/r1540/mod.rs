//! What follows from matrices of the resolution: cells with all their facts, differences, gaps, tables of review, assistance. Pure functions of
//! editions, the catalogue and a day; nothing here counts the marks of one State.

pub mod assist;
pub mod assist_topics;
pub mod cells;
pub mod consistency;
pub mod diff;
pub mod place;
pub mod review;
