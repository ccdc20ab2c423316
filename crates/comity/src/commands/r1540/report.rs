//! report
use super::ReportCommand;
use crate::cli::{Global, Output};
use crate::fail::Failure;
use comity_model::lawbook::Lawbook;
pub fn run(_g: &Global, _b: &Lawbook, _o: &ReportCommand) -> Result<Output, Failure> {
    Ok(Output::default())
}
