//! Spreadsheets from strangers: an XLSX workbook as cells, whole or not at all.
//!
//! A workbook is a ZIP archive of XML parts, and every byte of it is untrusted. [`Book::open`] unpacks each member once within [`Limits`], counting what really
//! comes out, and reads what the sheets share; [`Book::rows`] reads one sheet. A file is accepted whole or refused with a [`SheetFault`]: nothing is repaired.
//!
//! - Formulas are never evaluated: the value that the author's program stored is the value. External links, macros and embedded objects are never looked at.
//! - Numbers are never binary fractions: a [`Number`] is the decimal text of the file.
//! - What a sheet declares of its size is not believed. Blank cells, columns and rows take no memory.
//! - What a value means is left to the readers of lists.
//!
//! The XML is read here and not by a larger library: declared counts must not reserve memory, a wrong index must not fall back to another text, and no feature
//! may teach the project's XML reader further encodings.

mod archive;
mod book;
mod cells;
mod fault;
#[cfg(feature = "sample")]
pub mod sample;
mod value;
mod xml;

pub use archive::Limits;
pub use book::Book;
pub use cells::{Row, cell_name, column_name};
pub use fault::SheetFault;
pub use value::{DateSystem, Number, Value};
