//! A workbook: its sheets, and what they share.

use std::collections::BTreeMap;

use crate::archive::{Archive, Limits};
use crate::cells::{self, Row, Shared};
use crate::fault::SheetFault;
use crate::value::{self, DateSystem};
use crate::xml::{Step, Xml};

/// The most styles of cells; no program writes more than 64,000.
const STYLES_MAX: usize = 65_536;

/// A workbook whose members have all been unpacked once within limits.
#[derive(Clone, Debug)]
pub struct Book {
    archive: Archive,
    limits: Limits,
    names: Vec<String>,
    paths: Vec<String>,
    shared: Shared,
}

impl Book {
    /// Opens a workbook.
    ///
    /// # Errors
    /// The first fault: bytes that are no XLSX workbook, damage anywhere in the archive, what goes beyond the limits, paths that lead out of the archive, document
    /// types and entities.
    pub fn open(bytes: Vec<u8>, limits: Limits) -> Result<Self, SheetFault> {
        let archive = Archive::open(bytes, limits)?;
        let office = relations(&archive, "")?;
        let Some(workbook) = office.values().find(|r| r.kind == "officeDocument") else {
            return Err(SheetFault::new("_rels/.rels", "names no workbook"));
        };
        let path = workbook.path()?.to_owned();
        let related = relations(&archive, &path)?;
        let one = |kind: &str| related.values().find(|r| r.kind == kind).map(Relation::path).transpose();
        let strings = match one("sharedStrings")? {
            None => Vec::new(),
            Some(part) => strings(&archive.needed(part)?, part, limits)?,
        };
        let day_styles = match one("styles")? {
            None => Vec::new(),
            Some(part) => day_styles(&archive.needed(part)?, part)?,
        };
        let mut book = Self {
            archive,
            limits,
            names: Vec::new(),
            paths: Vec::new(),
            shared: Shared { strings, day_styles, system: DateSystem::From1900 },
        };
        book.sheets_of(&path, &related)?;
        Ok(book)
    }

    /// The names of the sheets with cells, in the order of the workbook, hidden ones included.
    #[must_use]
    pub fn sheets(&self) -> &[String] {
        &self.names
    }

    /// How the workbook counts dates.
    #[must_use]
    pub fn date_system(&self) -> DateSystem {
        self.shared.system
    }

    /// All rows of a sheet in which something stands.
    ///
    /// # Errors
    /// If there is no sheet of that name; at the first fault of the sheet.
    pub fn rows(&self, sheet: &str) -> Result<Vec<Row>, SheetFault> {
        let mut rows = Vec::new();
        self.each_row(sheet, &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Gives the rows of a sheet in which something stands, one after the other.
    ///
    /// # Errors
    /// If there is no sheet of that name; at the first fault of the sheet, when earlier rows have been given already; what `each` returns.
    pub fn each_row(
        &self,
        sheet: &str,
        each: &mut dyn FnMut(Row) -> Result<(), SheetFault>,
    ) -> Result<(), SheetFault> {
        let path = self.names.iter().position(|name| name == sheet).and_then(|at| self.paths.get(at));
        let Some(path) = path else {
            let known = self.names.join(", ");
            return Err(SheetFault::new(sheet, format!("no sheet of this name (there are: {known})"))
                .but("name one of them, or fetch the file again if it should be there"));
        };
        let text = self.archive.needed(path)?;
        cells::rows(&text, sheet, &self.shared, self.limits, each)
    }

    fn sheets_of(&mut self, path: &str, related: &Relations) -> Result<(), SheetFault> {
        let text = self.archive.needed(path)?;
        let mut xml = Xml::new(&text, path);
        loop {
            match xml.step()? {
                Step::Open(root) if xml.depth() == 1 && !root.is("workbook") => {
                    return Err(xml.fault(format!("`{}` where a workbook is expected", root.name())));
                }
                Step::Open(element) if xml.depth() == 2 && element.is("workbookPr") => {
                    let [from_1904] = xml.attributes(&element, ["date1904"])?;
                    if matches!(from_1904.as_deref(), Some("1" | "true" | "on")) {
                        self.shared.system = DateSystem::From1904;
                    }
                    xml.skip()?;
                }
                Step::Open(element) if xml.depth() == 3 && element.is("sheet") => {
                    let [name, id] = xml.attributes(&element, ["name", "id"])?;
                    let name = name.filter(|name| !name.is_empty());
                    let relation = id.and_then(|id| related.get(&id));
                    let (Some(name), Some(relation)) = (name, relation) else {
                        return Err(xml.fault("a sheet without a name, or one that leads to no part"));
                    };
                    // Sheets of charts and dialogues have no cells.
                    if relation.kind == "worksheet" {
                        if self.names.contains(&name) {
                            return Err(xml.fault(format!("two sheets of the name `{name}`")));
                        }
                        self.paths.push(relation.path()?.to_owned());
                        self.names.push(name);
                    }
                    xml.skip()?;
                }
                Step::Open(element) if xml.depth() == 2 && !element.is("sheets") => xml.skip()?,
                Step::Open(_) if xml.depth() > 2 => xml.skip()?,
                Step::End if self.names.is_empty() => return Err(xml.fault("a workbook without sheets")),
                Step::End => return Ok(()),
                _ => {}
            }
        }
    }
}

type Relations = BTreeMap<String, Relation>;

/// What a part says of another one.
struct Relation {
    /// The last word of its type.
    kind: String,
    /// The path in the archive; none if it leads out of it.
    path: Option<String>,
    /// The part that names it.
    from: String,
}

impl Relation {
    fn path(&self) -> Result<&str, SheetFault> {
        self.path.as_deref().ok_or_else(|| {
            SheetFault::new(&self.from, format!("the {} lies outside of the archive", self.kind))
        })
    }
}

/// What the relations of a part say, by id; the empty path is the whole archive.
fn relations(archive: &Archive, path: &str) -> Result<Relations, SheetFault> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let part =
        if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
    let text = archive.needed(&part)?;
    let mut xml = Xml::new(&text, &part);
    let mut found = Relations::new();
    loop {
        match xml.step()? {
            Step::Open(element) if element.is("Relationship") => {
                let [id, kind, target, mode] =
                    xml.attributes(&element, ["Id", "Type", "Target", "TargetMode"])?;
                let (Some(id), Some(kind), Some(target)) = (id, kind, target) else {
                    return Err(xml.fault("a relation without id, type or target"));
                };
                let external = mode.is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
                let relation = Relation {
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    path: resolved(folder, &target).filter(|_| !external),
                    from: part.clone(),
                };
                if found.insert(id, relation).is_some() {
                    return Err(xml.fault("two relations of one id"));
                }
            }
            Step::End => return Ok(found),
            _ => {}
        }
    }
}

/// The path that a target means, seen from a folder; none if it leads out of the archive.
fn resolved(folder: &str, target: &str) -> Option<String> {
    let (mut parts, target) = match target.strip_prefix('/') {
        Some(rest) => (Vec::new(), rest),
        None => (folder.split('/').filter(|part| !part.is_empty()).collect(), target),
    };
    if target.contains([':', '\\']) {
        return None;
    }
    for part in target.split('/') {
        match part {
            ".." => _ = parts.pop()?,
            "." | "" => {}
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The texts that the sheets share, in their order.
fn strings(text: &str, part: &str, limits: Limits) -> Result<Vec<String>, SheetFault> {
    let mut xml = Xml::new(text, part);
    let mut found = Vec::new();
    loop {
        match xml.step()? {
            Step::Open(element) if xml.depth() == 2 && element.is("si") => {
                found.push(cells::rich_text(&mut xml)?);
                if found.len() > limits.strings_max {
                    return Err(xml.fault(format!("more than {} shared texts", limits.strings_max)));
                }
            }
            Step::Open(_) if xml.depth() > 1 => xml.skip()?,
            Step::End => return Ok(found),
            _ => {}
        }
    }
}

/// For each style of cells whether it shows numbers as days.
fn day_styles(text: &str, part: &str) -> Result<Vec<bool>, SheetFault> {
    let mut xml = Xml::new(text, part);
    let mut formats = BTreeMap::<u32, bool>::new();
    let mut styles = Vec::new();
    let mut in_cells = false;
    loop {
        match xml.step()? {
            Step::Open(element) if xml.depth() == 2 => in_cells = element.is("cellXfs"),
            Step::Open(element) if xml.depth() == 3 && element.is("numFmt") => {
                let [id, code] = xml.attributes(&element, ["numFmtId", "formatCode"])?;
                let id = id
                    .and_then(|id| id.parse().ok())
                    .ok_or_else(|| xml.fault("a format without its number"))?;
                formats.insert(id, value::shows_a_day(&code.unwrap_or_default()));
                xml.skip()?;
            }
            Step::Open(element) if xml.depth() == 3 && in_cells && element.is("xf") => {
                let [id] = xml.attributes(&element, ["numFmtId"])?;
                let id =
                    id.map_or(Ok(0), |id| id.parse()).map_err(|_| xml.fault("a style of no known format"))?;
                let own = formats.get(&id).copied();
                styles.push(own.unwrap_or_else(|| value::built_in_shows_a_day(id)));
                if styles.len() > STYLES_MAX {
                    return Err(xml.fault(format!("more than {STYLES_MAX} styles of cells")));
                }
                xml.skip()?;
            }
            Step::Open(_) if xml.depth() > 2 => xml.skip()?,
            Step::End => return Ok(styles),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_stay_in_the_archive() {
        for (folder, target, path) in [
            ("xl", "worksheets/sheet1.xml", Some("xl/worksheets/sheet1.xml")),
            ("xl", "/xl/sharedStrings.xml", Some("xl/sharedStrings.xml")),
            ("xl", "../customXml/item1.xml", Some("customXml/item1.xml")),
            ("", "xl/workbook.xml", Some("xl/workbook.xml")),
            ("xl", "../../etc/passwd", None),
            ("", "../a", None),
            ("xl", "https://example.org/a", None),
            ("xl", "..\\..\\a", None),
            ("", "", None),
        ] {
            assert_eq!(resolved(folder, target).as_deref(), path, "{target}");
        }
    }
}
