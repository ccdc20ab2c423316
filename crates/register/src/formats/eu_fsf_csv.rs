//! `eu-fsf-csv`: the consolidated list of financial sanctions of the European Union, form 1.1 in rows parted by `;`.
//!
//! One row an alias or an address or a birth or a number: rows are gathered by the logical id of the entity, wherever they stand. Older copies that went through a
//! spreadsheet (each line in quotation marks, other letters turned into `?`) have no such header and are refused.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::listing::SourceValue;

use super::eu_fsf::{Entity, Maker, Part, generated};

use super::columns::Header;
use super::rows::{Row, Rows};
use super::text::collapsed;
use super::{Context, Reading, Sink, SourceInput};
use crate::error::Refusal;

/// Columns of the entity itself, and what the XML form calls them.
const OWN: &[(&str, &str)] = &[
    ("Entity_LogicalId", "logicalId"),
    ("Entity_EU_ReferenceNumber", "euReferenceNumber"),
    ("Entity_UnitedNationId", "unitedNationId"),
    ("Entity_DesignationDate", "designationDate"),
    ("Entity_DesignationDetails", "designationDetails"),
];
const SUBJECT: &[(&str, &str)] =
    &[("Entity_SubjectType", "code"), ("Entity_SubjectType_ClassificationCode", "classificationCode")];
const REGULATION: &[(&str, &str)] = &[
    ("Entity_Regulation_Type", "regulationType"),
    ("Entity_Regulation_OrganisationType", "organisationType"),
    ("Entity_Regulation_PublicationDate", "publicationDate"),
    ("Entity_Regulation_EntryIntoForceDate", "entryIntoForceDate"),
    ("Entity_Regulation_NumberTitle", "numberTitle"),
    ("Entity_Regulation_Programme", "programme"),
    ("Entity_Regulation_PublicationUrl", "publicationUrl"),
];
const NAME: &[(&str, &str)] = &[
    ("NameAlias_LastName", "lastName"),
    ("NameAlias_FirstName", "firstName"),
    ("NameAlias_MiddleName", "middleName"),
    ("NameAlias_WholeName", "wholeName"),
    ("NameAlias_NameLanguage", "nameLanguage"),
    ("NameAlias_Gender", "gender"),
    ("NameAlias_Title", "title"),
    ("NameAlias_Function", "function"),
];
const ADDRESS: &[(&str, &str)] = &[
    ("Address_City", "city"),
    ("Address_Street", "street"),
    ("Address_PoBox", "poBox"),
    ("Address_ZipCode", "zipCode"),
    ("Address_Region", "region"),
    ("Address_Place", "place"),
    ("Address_AsAtListingTime", "asAtListingTime"),
    ("Address_ContactInfo", "contactInfo"),
    ("Address_CountryIso2Code", "countryIso2Code"),
    ("Address_CountryDescription", "countryDescription"),
];
const BIRTH: &[(&str, &str)] = &[
    ("BirthDate_BirthDate", "birthdate"),
    ("BirthDate_Day", "dayOfMonth"),
    ("BirthDate_Month", "monthOfYear"),
    ("BirthDate_Year", "year"),
    ("BirthDate_YearRangeFrom", "yearRangeFrom"),
    ("BirthDate_YearRangeTo", "yearRangeTo"),
    ("BirthDate_Circa", "circa"),
    ("BirthDate_CalendarType", "calendarType"),
    ("BirthDate_ZipCode", "zipCode"),
    ("BirthDate_Region", "region"),
    ("BirthDate_Place", "place"),
    ("BirthDate_City", "city"),
    ("BirthDate_CountryIso2Code", "countryIso2Code"),
    ("BirthDate_CountryDescription", "countryDescription"),
];
const IDENTIFICATION: &[(&str, &str)] = &[
    ("Identification_Number", "number"),
    ("Identification_Diplomatic", "diplomatic"),
    ("Identification_KnownExpired", "knownExpired"),
    ("Identification_KnownFalse", "knownFalse"),
    ("Identification_ReportedLost", "reportedLost"),
    ("Identification_RevokedByIssuer", "revokedByIssuer"),
    ("Identification_LatinNumber", "latinNumber"),
    ("Identification_TypeCode", "identificationTypeCode"),
    ("Identification_TypeDescription", "identificationTypeDescription"),
    ("Identification_CountryIso2Code", "countryIso2Code"),
    ("Identification_CountryDescription", "countryDescription"),
];
const CITIZENSHIP: &[(&str, &str)] = &[
    ("Citizenship_Region", "region"),
    ("Citizenship_CountryIso2Code", "countryIso2Code"),
    ("Citizenship_CountryDescription", "countryDescription"),
];
/// The sections of a row: how their columns begin, those that are understood, and where the remark on them stands.
const SECTIONS: [(&str, &[(&str, &str)]); 5] = [
    ("NameAlias_", NAME),
    ("Address_", ADDRESS),
    ("BirthDate_", BIRTH),
    ("Identification_", IDENTIFICATION),
    ("Citizenship_", CITIZENSHIP),
];
/// Columns without which a file is not of this form.
const REQUIRED: [&str; 13] = [
    "fileGenerationDate",
    "Entity_LogicalId",
    "Entity_EU_ReferenceNumber",
    "Entity_UnitedNationId",
    "Entity_DesignationDate",
    "Entity_Remark",
    "Entity_SubjectType",
    "Entity_SubjectType_ClassificationCode",
    "Entity_Regulation_NumberTitle",
    "Entity_Regulation_Programme",
    "NameAlias_LastName",
    "NameAlias_FirstName",
    "NameAlias_WholeName",
];
/// Columns that a file may have, and that none seen so far had: this form does not tell strong names from weak ones.
const OPTIONAL: &[(&str, &str)] =
    &[("NameAlias_Strong", "strong"), ("Entity_DelistingDate", "delistingDate")];

/// Reads a list; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(input) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file given", "give the file of the list"));
    };
    let file = input.name.as_str();
    let mut rows = Rows::text(input.bytes, file, ';').with_plain_marks();
    let mut reading = Reading::default();
    let Some(first) = rows.next()? else {
        return Err(rows.refuse(1, "no row in the file"));
    };
    let header = Header::new(&first, file, &REQUIRED)?;
    let known = [OWN, SUBJECT, REGULATION].into_iter().chain(SECTIONS.iter().map(|(_, columns)| *columns));
    for (column, _) in known.flatten().filter(|(column, _)| header.place(column).is_none()) {
        reading.notice(file, first.line, "", format!("no column `{column}`; what it held is not read"));
    }
    let mut gathered: BTreeMap<String, usize> = BTreeMap::new();
    let mut entities: Vec<Gathering> = Vec::new();
    let mut unended = false;
    while let Some(row) = rows.next()? {
        header.fits(&row, file)?;
        unended = row.unended;
        let stamp = collapsed(header.cell(&row, "fileGenerationDate"));
        let day = generated(&stamp).ok_or_else(|| {
            rows.refuse(row.line, format!("fileGenerationDate is `{stamp}`, a day like 27/02/2026 expected"))
        })?;
        match reading.date {
            Some(known) if known != day => {
                let finding =
                    format!("fileGenerationDate is {day} here and {known} above (two files in one?)");
                return Err(rows.refuse(row.line, finding));
            }
            _ => reading.date = Some(day),
        }
        let id = collapsed(header.cell(&row, "Entity_LogicalId"));
        if id.is_empty() {
            return Err(rows.refuse(row.line, "a row without Entity_LogicalId"));
        }
        let at = *gathered.entry(id).or_insert(entities.len());
        if at == entities.len() {
            entities.push(Gathering::default());
        }
        if let Some(entity) = entities.get_mut(at) {
            entity.add(&header, &row);
        }
    }
    if unended {
        reading.notice(
            file,
            rows.line(),
            "",
            "the last row has no line end: whole only if the publisher left it out",
        );
    }
    let mut maker = Maker { file, context, reading: &mut reading, seen: BTreeSet::new() };
    let mut entries = 0;
    for gathering in entities {
        sink(maker.listing(&gathering.entity)?)?;
        entries += 1;
    }
    reading.entries = entries;
    Ok(reading)
}

/// An entity on its way through the rows.
#[derive(Default)]
struct Gathering {
    entity: Entity,
    /// Sections that were seen, with all their values, so that what rows repeat is taken once.
    seen: BTreeSet<Vec<String>>,
}

impl Gathering {
    fn add(&mut self, header: &Header, row: &Row) {
        if self.entity.line == 0 {
            self.entity.line = row.line;
            self.entity.own = part(header, row, &[OWN, OPTIONAL].concat(), "");
            self.entity.subject = part(header, row, SUBJECT, "");
        }
        let remark = header.cell(row, "Entity_Remark").to_owned();
        if !remark.trim().is_empty() && !self.entity.own.remarks.contains(&remark) {
            self.entity.own.remarks.push(remark);
        }
        if self.is_new(header, row, |name| name.starts_with("Entity_Regulation_"), "Entity_Regulation_") {
            self.entity.regulations.push(part(header, row, REGULATION, ""));
        }
        self.is_new(
            header,
            row,
            |name| name.starts_with("Entity_") && !name.starts_with("Entity_Regulation_"),
            "",
        );
        for (prefix, columns) in SECTIONS {
            if !self.is_new(header, row, |name| name.starts_with(prefix), prefix) {
                continue;
            }
            // A section whose own cells are empty but for ids, languages and acts tells nothing.
            let mut found = part(header, row, columns, prefix);
            if prefix == "NameAlias_" {
                found.values.extend(part(header, row, OPTIONAL, "").values);
            }
            let flags = ["false", "true", ""];
            let told = found.values.iter().any(|(name, v)| name != "strong" && !flags.contains(&v.trim()));
            if !told {
                continue;
            }
            match prefix {
                "NameAlias_" => self.entity.names.push(found),
                "Address_" => self.entity.addresses.push(found),
                "BirthDate_" => self.entity.births.push(found),
                "Identification_" => self.entity.identifications.push(found),
                _ => self.entity.citizenships.push(found),
            }
        }
    }

    /// Whether the cells of a section are not empty and were not seen before; if so, they go into the source.
    fn is_new(&mut self, header: &Header, row: &Row, of: impl Fn(&str) -> bool, section: &str) -> bool {
        let cells = header.names().iter().zip(&row.fields).filter(|(name, _)| of(name));
        let cells: Vec<_> = cells.filter(|(_, field)| !field.text.trim().is_empty()).collect();
        if cells.is_empty() {
            return false;
        }
        let mut key = vec![section.to_owned()];
        key.extend(cells.iter().flat_map(|(name, field)| [(*name).clone(), field.text.clone()]));
        let new = self.seen.insert(key);
        if new {
            let values = cells
                .iter()
                .map(|(name, field)| SourceValue { key: (*name).clone(), value: field.text.clone() });
            self.entity.source.extend(values);
        }
        new
    }
}

/// The part of an entity that stands in some columns, with the remark on it.
fn part(header: &Header, row: &Row, columns: &[(&str, &str)], prefix: &str) -> Part {
    let value = |(column, name): &(&str, &str)| ((*name).to_owned(), header.cell(row, column).to_owned());
    let remark = if prefix.is_empty() { "" } else { header.cell(row, &format!("{prefix}Remark")) };
    Part {
        values: columns.iter().map(value).collect(),
        remarks: Some(remark.to_owned()).filter(|r| !r.trim().is_empty()).into_iter().collect(),
        contacts: Vec::new(),
    }
}
