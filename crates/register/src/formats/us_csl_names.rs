//! Names as the parts of the Consolidated Screening List write them, taken apart: the name itself, and what the list puts into the same field.

use comity_model::listing::{NameKind, PartyKind};

use super::text::{collapsed, names_in};

/// A name taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    /// The name itself, blanks collapsed.
    pub(crate) name: String,
    /// Other names in the same field, behind labels or parted by `;`.
    pub(crate) aliases: Vec<(NameKind, String)>,
    /// Clauses that extend the measure to others: `and any successor, sub-unit, or subsidiary thereof`.
    pub(crate) reach: Vec<String>,
    /// What kind of party the name shows.
    pub(crate) kind: PartyKind,
}

/// Where a clause on others begins.
const CLAUSES: [&str; 3] = ["and any successor", "and its sub-units", "and its sub-unit"];

/// Words that only bodies have in their names.
const BODIES: &[&str] = &[
    "ab",
    "academy",
    "administration",
    "ag",
    "agency",
    "airlines",
    "airways",
    "association",
    "authority",
    "aviation",
    "bank",
    "bhd",
    "branch",
    "bureau",
    "bv",
    "center",
    "centre",
    "co",
    "college",
    "commission",
    "committee",
    "companies",
    "company",
    "corp",
    "corporation",
    "department",
    "directorate",
    "electronics",
    "engineering",
    "enterprise",
    "enterprises",
    "equipment",
    "establishment",
    "export",
    "exports",
    "factory",
    "force",
    "forces",
    "foundation",
    "fze",
    "fzco",
    "fzc",
    "gmbh",
    "government",
    "group",
    "holding",
    "holdings",
    "inc",
    "incorporated",
    "industrial",
    "industries",
    "industry",
    "institute",
    "institution",
    "international",
    "investment",
    "jsc",
    "laboratory",
    "laboratories",
    "llc",
    "llp",
    "limited",
    "logistics",
    "ltd",
    "machinery",
    "manufacturing",
    "ministry",
    "office",
    "ojsc",
    "ooo",
    "organisation",
    "organization",
    "pjsc",
    "plant",
    "plc",
    "pte",
    "pvt",
    "regiment",
    "research",
    "sa",
    "sarl",
    "school",
    "sdn",
    "services",
    "shipping",
    "shipyard",
    "society",
    "solutions",
    "srl",
    "systems",
    "technologies",
    "technology",
    "trade",
    "traders",
    "trading",
    "university",
];

/// Forms of firms that stand behind a comma and are no given name.
const FORMS: [&str; 14] = [
    "inc",
    "inc.",
    "llc",
    "l.l.c.",
    "ltd",
    "ltd.",
    "co",
    "co.",
    "corp.",
    "s.a.",
    "gmbh",
    "a.s.",
    "limited",
    "incorporated",
];

/// Parts of a name that stand between surname and given name.
const SUFFIXES: [&str; 8] = ["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "v"];

impl Plain {
    /// Takes the name of a field apart. What cannot be told stays in the name.
    pub(crate) fn of(raw: &str) -> Self {
        let mut name = collapsed(raw);
        let mut plain =
            Self { name: String::new(), aliases: Vec::new(), reach: Vec::new(), kind: PartyKind::Unknown };
        if let Some(at) = CLAUSES.iter().filter_map(|clause| name.find(clause)).min().filter(|at| *at > 0) {
            plain.reach.push(name.split_off(at).trim().to_owned());
        }
        name.truncate(name.trim_end_matches([' ', ';', ',']).len());
        let mut parted = names_in(&name).into_iter();
        if let Some((None, main)) = parted.next() {
            plain.aliases.extend(parted.map(|(kind, other)| (kind.unwrap_or(NameKind::Alias), other)));
            name = main;
        }
        while let Some((before, inner)) = last_bracket(&name) {
            let low = inner.to_lowercase();
            if let Some(kind) = kind_word(&low) {
                plain.kind = kind;
            } else {
                break;
            }
            name = before.to_owned();
        }
        if plain.kind == PartyKind::Unknown && is_body(&name) {
            plain.kind = PartyKind::Organization;
        }
        plain.name = name;
        plain
    }
}

/// The text before the last pair of brackets, and what is in it, if nothing follows and something precedes.
fn last_bracket(name: &str) -> Option<(&str, &str)> {
    let inner = name.strip_suffix(')')?;
    let (before, inner) = inner.rsplit_once('(')?;
    let before = before.trim_end();
    (!before.is_empty() && !inner.contains(')')).then_some((before, inner.trim()))
}

/// `PRC individual`, `Russian national`, `Russian entity`.
fn kind_word(low: &str) -> Option<PartyKind> {
    match low.rsplit(' ').next()? {
        "individual" | "national" => Some(PartyKind::Person),
        "entity" => Some(PartyKind::Organization),
        _ => None,
    }
}

fn is_body(name: &str) -> bool {
    let low = name.to_lowercase().replace('.', "");
    low.split(|c: char| !c.is_alphanumeric()).any(|word| BODIES.contains(&word))
}

/// Whether an address is that of a prison: its party is a person.
pub(crate) fn of_a_prisoner(address: &str) -> bool {
    let low = address.to_lowercase();
    ["inmate number", "inmate no", "register number", "incarcerated", "correctional institution"]
        .iter()
        .any(|mark| low.contains(mark))
}

/// `SURNAME, Given names` turned round; none if it is not of this form.
pub(crate) fn turned(name: &str) -> Option<String> {
    let (surname, given) = name.split_once(", ")?;
    (!given.is_empty() && !surname.is_empty()).then(|| format!("{given} {surname}"))
}

/// `Surname, Given` and `Surname, Jr., Given` in the order of the publisher's other files (`Given Jr. Surname`); none if it is the name of a body.
pub(crate) fn person(name: &str) -> Option<String> {
    let parts: Vec<&str> = name.split(", ").map(str::trim).collect();
    let is = |words: &[&str], part: &str| words.contains(&part.to_lowercase().as_str());
    match parts.as_slice() {
        [surname, given] if !is_form(given) => Some(format!("{given} {surname}")),
        [surname, suffix, given] if is(&SUFFIXES, suffix) => Some(format!("{given} {suffix} {surname}")),
        _ => None,
    }
}

/// Whether a piece of a name is the form of a firm.
pub(crate) fn is_form(piece: &str) -> bool {
    FORMS.contains(&piece.to_lowercase().as_str())
}

/// The form in which names are keys: blanks collapsed, small letters.
pub(crate) fn key(name: &str) -> String {
    collapsed(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_name_is_taken_off() {
        let plain =
            Plain::of(" Example Ridge Co. (XA entity); and any successor, sub-unit, or subsidiary thereof");
        assert_eq!(plain.name, "Example Ridge Co.");
        assert_eq!(Plain::of("Ridge Ltd.,").name, "Ridge Ltd.");
        assert_eq!(plain.reach, ["and any successor, sub-unit, or subsidiary thereof"]);
        assert_eq!(plain.kind, PartyKind::Organization);
        let plain = Plain::of("Mira Vale (a.k.a Mirra Vale; M. Vale) (XA individual)");
        assert_eq!(plain.name, "Mira Vale");
        let aliases = [(NameKind::Alias, "Mirra Vale".to_owned()), (NameKind::Alias, "M. Vale".to_owned())];
        assert_eq!((plain.aliases.as_slice(), plain.kind), (&aliases[..], PartyKind::Person));
        for whole in
            ["Ridge Institute (RI)", "(RI)", "and any successor", "Mira Vale", "a) (", "(XA individual)"]
        {
            assert_eq!(Plain::of(whole).name, whole);
        }
    }

    #[test]
    fn names_are_turned_as_their_publisher_does() {
        for (name, expected) in [
            ("Vale, Mira Ann", Some("Mira Ann Vale")),
            ("Vale, Jr., Tom", Some("Tom Jr. Vale")),
            ("Vale, III, Tom J.", Some("Tom J. III Vale")),
            ("Ridge Systems, Inc.", None),
            ("Ridge Systems", None),
            ("Ridge, Vale, and Hill", None),
        ] {
            assert_eq!(person(name).as_deref(), expected, "{name}");
        }
    }
}
