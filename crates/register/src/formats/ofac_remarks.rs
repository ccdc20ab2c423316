//! The remarks of an entry in the OFAC files: facts parted by `; `, among sentences that hold semicolons themselves.
//!
//! What is recognised becomes a typed fact; everything else stays where it was, in the remarks, word for word.

use comity_model::DateValue;
use comity_model::listing::{Identifier, IdentifierKind, NameKind};

use super::ofac_terms::{self, Terms, push_new};
use super::text::{collapsed, unquoted};
use super::{Context, dates};

/// The facts found in a remark.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Dates of birth.
    pub(crate) birth_dates: Vec<DateValue>,
    /// Places of birth.
    pub(crate) birth_places: Vec<String>,
    /// Nationalities.
    pub(crate) nationalities: Vec<String>,
    /// Citizenships.
    pub(crate) citizenships: Vec<String>,
    /// Terms of the measures and facts of the party under a label of their own.
    pub(crate) terms: Terms,
    /// Names in the remark, weak ones.
    pub(crate) names: Vec<(NameKind, String)>,
    /// Identifiers.
    pub(crate) identifiers: Vec<Identifier>,
    /// Parties that the remark links to.
    pub(crate) related: Vec<String>,
    /// Dates of birth that cannot be read.
    pub(crate) unread_dates: Vec<String>,
}

/// Reads a remark.
pub(crate) fn facts(remarks: &str, context: Context<'_>) -> Facts {
    let mut facts = Facts::default();
    let whole = remarks.trim_end();
    let whole = whole.strip_suffix('.').unwrap_or(whole);
    for part in whole.split("; ") {
        let part = part.trim();
        let part = part.strip_prefix("alt. ").unwrap_or(part);
        if !part.is_empty() {
            facts.take(part, context);
        }
    }
    facts
}

impl Facts {
    fn take(&mut self, part: &str, context: Context<'_>) {
        let after = |label: &str| part.strip_prefix(label).map(str::trim).filter(|v| !v.is_empty());
        if let Some(text) = after("DOB ") {
            match dates::english(text.trim_end_matches('.')) {
                Some(date) => push_new(&mut self.birth_dates, date),
                None => self.unread_dates.push(text.to_owned()),
            }
        } else if let Some(text) = after("POB ") {
            push_new(&mut self.birth_places, collapsed(text));
        } else if let Some(text) = after("nationality ") {
            push_new(&mut self.nationalities, collapsed(text));
        } else if let Some(text) = after("citizen ") {
            push_new(&mut self.citizenships, collapsed(text));
        } else if let Some(text) = after("Linked To: ") {
            push_new(&mut self.related, collapsed(text));
        } else if let Some(text) = after("a.k.a. ").or(after("n.k.a. ")) {
            self.name(NameKind::Alias, text);
        } else if let Some(text) = after("f.k.a. ") {
            self.name(NameKind::Former, text);
        } else if let Some((label, value)) = ofac_terms::split(part) {
            self.terms.take(label, value);
        } else if let Some(identifier) = identifier(part, context) {
            push_new(&mut self.identifiers, identifier);
        }
    }

    fn name(&mut self, kind: NameKind, text: &str) {
        // Only what stands in marks is a name; sentences may begin alike.
        let text = text.trim_end_matches('.');
        // `'LLC 'EXAMPLE''`: the list turns the marks of the name itself into the same ones.
        let nested = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\''));
        let nested =
            nested.filter(|t| t.starts_with('\'') != t.ends_with('\'') && t.matches('\'').count() == 2);
        let name = nested.unwrap_or_else(|| unquoted(text));
        if name.len() < text.len() {
            push_new(&mut self.names, (kind, collapsed(name)));
        }
    }
}

/// What ends a label: the value follows.
const LABEL_ENDS: &[&str] = &[" No. ", " Number ", " # ", ": "];

/// The first end of a label, and which it is.
fn label_end(part: &str) -> Option<(usize, &'static str)> {
    let places = part.bytes().enumerate().filter(|(_, b)| matches!(b, b' ' | b':'));
    places.filter_map(|(at, _)| part.get(at..).map(|rest| (at, rest))).find_map(|(at, rest)| {
        let end = LABEL_ENDS.iter().find(|end| rest.starts_with(**end));
        end.map(|end| (at, *end))
    })
}

/// Labels that the value follows at once.
const BARE_LABELS: &[&str] = &[
    "Passport",
    "Diplomatic Passport",
    "SSN",
    "MMSI",
    "SWIFT/BIC",
    "Registration ID",
    "Website",
    "Email Address",
    "C.U.R.P.",
    "R.F.C.",
    "RFC",
    "RTN",
    "D.N.I.",
    "I.F.E.",
    "C.U.I.T.",
    "C.I.F.",
    "US FEIN",
    "Italian Fiscal Code",
    "Vessel Registration Identification",
    "Credencial electoral",
    "ISIN",
    "Personal ID Card",
    "License",
    "Telephone",
    "Phone",
    "Fax",
    "Chinese Commercial Code",
    "Equity Ticker",
    "LE Number",
    "Residency Number",
    "BIK (RU)",
];
/// Ends of labels that stand in brackets.
const MARKED: &[&str] = &["(MSN) ", "(also called L/N or S/N or F/N) ", "(USCC) "];
/// Labels that look like identifiers but are none.
const NO_IDENTIFIERS: &[&str] = &["For more information", "Executive Order", "CAATSA Section"];

fn identifier(part: &str, context: Context<'_>) -> Option<Identifier> {
    if NO_IDENTIFIERS.iter().any(|label| part.starts_with(label)) {
        return None;
    }
    let (label, rest) = labelled(part)?;
    let (value, state) = value_and_state(rest);
    let found = ofac_terms::identifier(label, value, state, context);
    let (kind, value, label) = (found.kind, &found.value, &found.label);
    let web = matches!(kind, IdentifierKind::Website | IdentifierKind::Email);
    let plausible = !value.is_empty()
        && value.len() <= 120
        && (web
            || value.bytes().any(|b| b.is_ascii_digit())
            || kind == IdentifierKind::Bic
            || label == "Equity Ticker");
    if !plausible || label.len() > 80 {
        return None;
    }
    Some(found)
}

/// A part cut into label and the rest.
fn labelled(part: &str) -> Option<(&str, &str)> {
    if let Some(rest) = part.strip_prefix("Digital Currency Address - ") {
        let (currency, _) = rest.split_once(' ')?;
        let end = "Digital Currency Address - ".len() + currency.len();
        return Some((part.get(..end)?, part.get(end..)?.trim()));
    }
    let brackets = if part.contains('(') { MARKED } else { &[] };
    for marked in brackets {
        if let Some((label, rest)) = part.split_once(*marked) {
            return Some((label.trim_end(), rest));
        }
    }
    // The longest bare label first: `Registration ID` before `Registration`.
    let first = part.as_bytes().first();
    let bare = BARE_LABELS.iter().filter(|l| l.as_bytes().first() == first);
    let bare = bare.filter(|l| part.strip_prefix(**l).is_some_and(|r| r.starts_with(' ')));
    if let Some(label) = bare.max_by_key(|l| l.len()) {
        let rest = part.get(label.len()..)?.trim();
        return Some((label, rest.strip_prefix("# ").unwrap_or(rest)));
    }
    let (at, mark) = label_end(part)?;
    let label_end = at + mark.trim_end().len();
    let label = part.get(..label_end)?.trim_end_matches([':', '#', ' ']);
    let rest = part.get(at + mark.len()..)?.trim();
    Some((label, rest.strip_prefix("# ").unwrap_or(rest)))
}

/// `N (State) issued ... expires ...`
fn value_and_state(rest: &str) -> (&str, Option<&str>) {
    let (value, state) = match rest.split_once(" (") {
        Some((value, after)) => (value, after.split_once(')').map(|(state, _)| state)),
        None => (rest, None),
    };
    let cut = [" issued ", " expires ", " Expires "].iter().filter_map(|w| value.find(w)).min();
    let value = cut.and_then(|at| value.get(..at)).unwrap_or(value);
    (value.trim(), state.map(str::trim).filter(|s| !s.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(remarks: &str) -> Facts {
        let list = "own/test".parse().unwrap();
        let state_of = |name: &str| (name == "Exampleland").then(|| "XA".parse().unwrap());
        facts(
            remarks,
            Context { list: &list, bundle: &[], today: "2026-01-15".parse().unwrap(), state_of: &state_of },
        )
    }

    #[test]
    fn facts_are_told_from_sentences() {
        let facts = read(
            "DOB 10 Dec 1948; alt. DOB circa 1951; DOB spring 1950; POB Example Town, Exampleland; nationality Exampleland; \
             citizen Otherland; Passport X 123 (Exampleland) issued 01 Jan 2000 expires 01 Jan 2010; Linked To: EXAMPLE RIDGE; \
             a.k.a. 'Ridge Runner'; f.k.a. 'OLD RIDGE'; (Linked; a.k.a. no name); all offices worldwide.",
        );
        let dates: Vec<_> = facts.birth_dates.iter().map(ToString::to_string).collect();
        assert_eq!(dates, ["1948-12-10", "about 1951"]);
        assert_eq!(facts.unread_dates, ["spring 1950"]);
        assert_eq!(facts.birth_places, ["Example Town, Exampleland"]);
        assert_eq!((facts.nationalities.len(), facts.citizenships.len(), facts.related.len()), (1, 1, 1));
        let expected =
            [(NameKind::Alias, "Ridge Runner".to_owned()), (NameKind::Former, "OLD RIDGE".to_owned())];
        assert_eq!(facts.names, expected);
        let passport = &facts.identifiers[0];
        assert_eq!((passport.kind, passport.value.as_str()), (IdentifierKind::Passport, "X 123"));
        assert_eq!(passport.state.as_ref().unwrap().code.unwrap().as_str(), "XA");
    }

    #[test]
    fn names_may_hold_marks_of_their_own() {
        for (part, name) in [
            ("a.k.a. 'LLC 'RIDGE''.", Some("LLC 'RIDGE'")),
            ("a.k.a. ''RIDGE' LLC'", Some("'RIDGE' LLC")),
            ("a.k.a. 'RIDGE' and 'HILL'", None),
            ("a.k.a. RIDGE", None),
        ] {
            let facts = read(part);
            assert_eq!(facts.names.first().map(|(_, n)| n.as_str()), name, "{part}");
        }
    }

    #[test]
    fn identifiers_are_typed() {
        for (part, kind, value) in [
            ("Vessel Registration Identification IMO 9990011", IdentifierKind::Imo, "9990011"),
            ("Company Number IMO 9990011", IdentifierKind::Imo, "9990011"),
            ("National ID No. 12-3 (Exampleland)", IdentifierKind::NationalId, "12-3"),
            ("NIT # 8600-1 (Exampleland)", IdentifierKind::TaxId, "8600-1"),
            ("Cedula No. 16 (Exampleland)", IdentifierKind::NationalId, "16"),
            ("SWIFT/BIC EXAMXXPY", IdentifierKind::Bic, "EXAMXXPY"),
            ("alt. Digital Currency Address - XBT 1Invented99", IdentifierKind::Wallet, "1Invented99"),
            ("Aircraft Manufacturer's Serial Number (MSN) 102", IdentifierKind::SerialNumber, "102"),
            ("Aircraft Tail Number XA-ABC1", IdentifierKind::TailNumber, "XA-ABC1"),
            ("Registration ID 1027 (Exampleland)", IdentifierKind::Registration, "1027"),
            ("Website http://example.org", IdentifierKind::Website, "http://example.org"),
            ("MMSI 422000000", IdentifierKind::Mmsi, "422000000"),
            ("Folio Mercantil No. 55 (Exampleland)", IdentifierKind::Registration, "55"),
            ("Unified Social Credit Code (USCC) 91X7 (Exampleland)", IdentifierKind::Registration, "91X7"),
        ] {
            let facts = read(part);
            let found: Vec<_> = facts.identifiers.iter().map(|i| (i.kind, i.value.as_str())).collect();
            assert_eq!(found, [(kind, value)], "{part}");
        }
        for part in [
            "Gender Male",
            "Secondary sanctions risk: section 1(b) of Order 12345",
            "Executive Order 12345 information",
            "born to No. one",
        ] {
            assert!(read(part).identifiers.is_empty(), "{part}");
        }
    }
}
