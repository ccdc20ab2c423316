//! What the labelled values of an OFAC entry mean, the same in every form of the lists.
//!
//! One form gives a label and a value of their own (`idType`, `FeatureType`), another writes both into the remarks. Not each labelled value is an
//! identifier: some are terms of the measures, some facts of the party. [`Terms`] takes those that are none, and enters them into the listing.

use comity_model::DateValue;
use comity_model::listing::{
    DetailKind, Identifier, IdentifierKind, ListedName, Listing, NameKind, NameQuality, PartyKind, Programme,
    StateLink, StateRelation,
};

use super::text::{self, collapsed};
use super::{Context, dates, identifiers};

/// What a label says that its value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// A clause by which the measures reach further.
    Reach,
    /// As `Reach`, unless the value is `No`.
    ReachUnlessNo,
    /// What the measures order.
    Effect,
    /// The first day on which a measure binds.
    From,
    /// The day on which the list named the party.
    Listed,
    /// A detail of the party.
    Detail(DetailKind),
    /// A detail whose label is told with it.
    Told,
    /// A State.
    State(StateRelation),
}

/// Beginnings of labels, in small letters, and what they say; the first that fits counts.
const MEANINGS: &[(&str, Meaning)] = &[
    ("secondary sanctions risk", Meaning::Reach),
    ("additional sanctions information", Meaning::Reach),
    (
        "transactions prohibited for persons owned or controlled by u.s. financial institutions",
        Meaning::ReachUnlessNo,
    ),
    ("purchase/sales for divestment date", Meaning::Effect),
    ("effective date", Meaning::From),
    ("listing date", Meaning::Listed),
    ("gender", Meaning::Detail(DetailKind::Gender)),
    ("organization established date", Meaning::Detail(DetailKind::Founded)),
    ("vessel year of build", Meaning::Detail(DetailKind::Built)),
    ("aircraft manufacture date", Meaning::Detail(DetailKind::Built)),
    ("aircraft model", Meaning::Detail(DetailKind::CraftType)),
    ("other vessel type", Meaning::Detail(DetailKind::CraftType)),
    ("organization type", Meaning::Told),
    ("target type", Meaning::Told),
    ("issuer name", Meaning::Told),
    ("nationality of registration", Meaning::State(StateRelation::Nationality)),
    ("former vessel flag", Meaning::State(StateRelation::FormerFlag)),
    ("other vessel flag", Meaning::State(StateRelation::Flag)),
];

/// How labels end that begin with an order or an act, in small letters: what the order lays upon the party.
const ORDERS: &[&str] = &["executive order ", "caatsa section ", "caatsa - ", "peesa "];
const ORDER_ENDS: &[&str] =
    &[" directive determination", " directive information", " determination", " information"];

/// The meaning of the label at the beginning of a text, and where the label ends.
fn meaning(text: &str) -> Option<(Meaning, usize)> {
    let first = text.as_bytes().first().map(u8::to_ascii_lowercase);
    let start = |known: &str| {
        known.as_bytes().first().copied() == first
            && text.get(..known.len()).is_some_and(|t| t.eq_ignore_ascii_case(known))
    };
    if let Some((known, meaning)) = MEANINGS.iter().find(|(known, _)| start(known)) {
        return Some((*meaning, known.len()));
    }
    if ORDERS.iter().any(|known| start(known)) {
        // The label is short; the value behind it may hold the same words.
        let head: String = text.chars().take(80).map(|c| c.to_ascii_lowercase()).collect();
        let ends = ORDER_ENDS.iter().filter_map(|end| head.find(end).map(|at| at + end.len()));
        return ends.max_by_key(|end| std::cmp::Reverse(*end)).map(|end| (Meaning::Effect, end));
    }
    None
}

/// A part of a remark cut into a label that means one of the terms, and its value; none for all else.
pub(crate) fn split(part: &str) -> Option<(&str, &str)> {
    let (meaning, mut end) = meaning(part)?;
    let rest = part.get(end..)?;
    if let (Meaning::From | Meaning::Listed | Meaning::Effect, Some(close)) = (meaning, rest.find(')'))
        && rest.starts_with(" (")
    {
        end += close + 1;
    }
    let (label, rest) = part.split_at_checked(end)?;
    let value = match rest.strip_prefix(" - ").or(rest.strip_prefix(": ")) {
        Some(value) => value,
        None => rest.strip_prefix(' ')?,
    };
    Some((label, value))
}

/// The terms and facts of one entry that are no identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    statements: Vec<Statement>,
    listed: Vec<DateValue>,
    details: Vec<(DetailKind, String)>,
    states: Vec<(StateRelation, String)>,
    /// What cannot be read, for notices.
    pub(crate) unread: Vec<String>,
}

/// A term of the measures.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement {
    what: What,
    /// The words in which programmes are looked for.
    names: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Reach(String),
    Effect(String),
    From(DateValue),
}

impl Terms {
    /// Takes a labelled value; false if the label means none of the terms (then it is an identifier).
    pub(crate) fn take(&mut self, label: &str, value: &str) -> bool {
        let label = clean_label(label);
        let Some((meaning, _)) = meaning(&label) else { return false };
        let value = collapsed(value);
        // The remarks end in a full stop that belongs to no value.
        let value = value.trim_end_matches('.');
        if value.is_empty() {
            return true;
        }
        let told = format!("{label}: {value}");
        match meaning {
            Meaning::Reach => self.state(What::Reach(told), value),
            Meaning::ReachUnlessNo if value.eq_ignore_ascii_case("no") => {
                push_new(&mut self.details, (DetailKind::Note, told));
            }
            Meaning::ReachUnlessNo => self.state(What::Reach(told), value),
            Meaning::Effect if value.starts_with("For more information") => {
                push_new(&mut self.details, (DetailKind::Note, told));
            }
            Meaning::Effect => self.state(What::Effect(told), &label),
            Meaning::From => match dates::english(value) {
                Some(date) => self.state(What::From(date), &label),
                None => self.unread.push(told),
            },
            Meaning::Listed => match dates::english(value) {
                Some(date) => {
                    push_new(&mut self.listed, date);
                    push_new(&mut self.details, (DetailKind::Note, told));
                }
                None => self.unread.push(told),
            },
            Meaning::Detail(kind) => push_new(&mut self.details, (kind, value.to_owned())),
            Meaning::Told => push_new(&mut self.details, (DetailKind::Note, told)),
            Meaning::State(relation) => push_new(&mut self.states, (relation, value.to_owned())),
        }
        true
    }

    fn state(&mut self, what: What, names: &str) {
        push_new(&mut self.statements, Statement { what, names: names.to_owned() });
    }

    /// Enters what was taken: each term into the programmes that it names, into all of the entry where it names none of them.
    pub(crate) fn enter(self, listing: &mut Listing, context: Context<'_>) {
        for statement in self.statements {
            let named = |p: &&mut Programme| names(&statement.names, &p.code);
            let any = listing.programmes.iter_mut().any(|p| named(&p));
            for programme in listing.programmes.iter_mut().filter(|p| !any || named(p)) {
                match &statement.what {
                    What::Reach(text) => push_new(&mut programme.reach, text.clone()),
                    What::Effect(text) => push_new(&mut programme.effects, text.clone()),
                    What::From(date) => earliest(&mut programme.from, date),
                }
            }
        }
        for date in &self.listed {
            earliest(&mut listing.listed_on, date);
        }
        for (kind, text) in self.details {
            listing.detail(kind, text);
        }
        for (relation, name) in self.states {
            let link = StateLink { relation, state: context.state(&name) };
            push_new(&mut listing.states, link);
        }
    }
}

/// The earlier of two dates stays.
pub(crate) fn earliest(slot: &mut Option<DateValue>, date: &DateValue) {
    let earlier = match slot {
        None => true,
        Some(known) => date.earliest() < known.earliest(),
    };
    if earlier {
        *slot = Some(date.clone());
    }
}

pub(crate) fn push_new<T: PartialEq>(values: &mut Vec<T>, value: T) {
    if !values.contains(&value) {
        values.push(value);
    }
}

/// A label without what its form of the list puts behind it.
pub(crate) fn clean_label(label: &str) -> String {
    let label = collapsed(label);
    label.trim_end_matches([':', '-', ' ']).to_owned()
}

/// Whether words name a programme: by the number of an order that stands in its code (`X-EO12345`), or by a word in capitals of its code.
fn names(words: &str, code: &str) -> bool {
    let orders = words.match_indices("Executive Order ").chain(words.match_indices("EO "));
    let by_number = orders.into_iter().any(|(at, mark)| {
        let digits = words.get(at + mark.len()..).unwrap_or_default();
        let digits = digits.get(..digits.bytes().take_while(u8::is_ascii_digit).count()).unwrap_or_default();
        !digits.is_empty() && code.split('-').any(|part| part.trim().strip_prefix("EO") == Some(digits))
    });
    let capitals = |word: &&str| word.len() >= 4 && word.bytes().all(|b| b.is_ascii_uppercase());
    let parts = |text: &'_ str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.filter(capitals).map(str::to_owned).collect()
    };
    by_number || parts(words).iter().any(|word| parts(code).contains(word))
}

/// An identifier by its label and value, `IMO` in front of the value understood.
pub(crate) fn identifier(label: &str, value: &str, state: Option<&str>, context: Context<'_>) -> Identifier {
    let (value, label) = match value.strip_prefix("IMO ") {
        Some(number) => (number.trim(), "IMO Number"),
        None => (value, label),
    };
    let kind = match label {
        "Legal Entity Number" if value.len() == 20 => IdentifierKind::Lei,
        label if label.ends_with("Vessel Call Sign") => IdentifierKind::CallSign,
        label => identifiers::kind_of(label),
    };
    let state = state.map(|s| context.state(s));
    Identifier { kind, value: value.to_owned(), label: label.to_owned(), state }
}

/// Whether a labelled value can identify: its kind is known, or it holds a digit, or is the sign of a share.
pub(crate) fn identifies(found: &Identifier) -> bool {
    found.kind != IdentifierKind::Other
        || found.label == "Equity Ticker"
        || found.value.bytes().any(|b| b.is_ascii_digit())
}

/// A name for display. Persons are written `SURNAME, Given names` and turned round; nobody else is.
pub(crate) fn name(raw: &str, party: PartyKind, kind: NameKind, quality: NameQuality) -> Option<ListedName> {
    let mut name = text::name(raw, kind, quality)?;
    if party == PartyKind::Person
        && let Some((surname, given)) = name.text.split_once(", ")
    {
        name.text = format!("{given} {surname}");
        name.verbatim = Some(raw.to_owned());
    }
    Some(name)
}

/// Parties that a free text names behind `Linked To: `; in brackets up to the one that closes them, else up to the next semicolon.
pub(crate) fn linked_to(text: &str) -> Vec<String> {
    const MARK: &str = "Linked To: ";
    let mut found = Vec::new();
    for (at, _) in text.match_indices(MARK) {
        let bracketed = text.get(..at).is_some_and(|before| before.ends_with('(') || before.ends_with("; "));
        let rest = text.get(at + MARK.len()..).unwrap_or_default();
        let mut open = 0_u32;
        let end = rest.find(|c: char| match c {
            '(' => {
                open += 1;
                false
            }
            ')' if open == 0 => bracketed,
            ')' => {
                open -= 1;
                false
            }
            ';' => true,
            _ => false,
        });
        let party = collapsed(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default());
        let party = if end.is_none() { party.trim_end_matches('.').to_owned() } else { party };
        if !party.is_empty() {
            push_new(&mut found, party);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(codes: &[&str], parts: &[&str]) -> Listing {
        let list: comity_model::listing::ListId = "own/test".parse().unwrap();
        let context =
            Context { list: &list, bundle: &[], today: "2026-01-15".parse().unwrap(), state_of: &|_| None };
        let mut listing = Listing::new("own/test/1".parse().unwrap(), PartyKind::Organization);
        listing.programmes = codes.iter().map(|c| Programme::new(*c, "")).collect();
        let mut terms = Terms::default();
        for part in parts {
            let (label, value) = split(part).unwrap_or_else(|| panic!("{part}"));
            assert!(terms.take(label, value), "{part}");
        }
        terms.enter(&mut listing, context);
        listing
    }

    #[test]
    fn a_term_goes_to_the_programmes_that_it_names_else_to_all() {
        let found = listing(
            &["ALPHA-EO11111", "BETA-EO22222", "GAMMA"],
            &[
                "Secondary sanctions risk: See Section 11 of Executive Order 22222.",
                "Secondary sanctions risk: Invented Regulations, 31 CFR 999.201",
                "Executive Order 11111 Directive Determination - Subject to Directive 1",
                "Executive Order 33333 information: LOANS. Sec. 9(a)",
            ],
        );
        let reach: Vec<_> = found.programmes.iter().map(|p| p.reach.len()).collect();
        let effects: Vec<_> = found.programmes.iter().map(|p| p.effects.len()).collect();
        assert_eq!((reach, effects), (vec![1, 2, 1], vec![2, 1, 1]));
        assert_eq!(
            found.programmes[1].reach[0],
            "Secondary sanctions risk: See Section 11 of Executive Order 22222"
        );
        assert_eq!(
            found.programmes[0].effects[0],
            "Executive Order 11111 Directive Determination: Subject to Directive 1"
        );
    }

    #[test]
    fn dates_of_terms_are_those_of_the_programmes() {
        let found = listing(
            &["ZETA-EO55555", "GAMMA-EO44444"],
            &[
                "Effective Date (ZETA) 02 Aug 2021",
                "Listing Date (ZETA) 03 Jun 2021",
                "Purchase/Sales For Divestment Date (ZETA) 03 Jun 2022",
                "Effective Date (EO 44444 Directive 2): 26 Mar 2022",
                "Effective Date (EO 44444 Directive 1a): 01 Mar 2022",
                "Listing Date (EO 44444 Directive 2): 24 Feb 2022",
            ],
        );
        let from: Vec<_> = found.programmes.iter().map(|p| p.from.as_ref().unwrap().to_string()).collect();
        assert_eq!(from, ["2021-08-02", "2022-03-01"]);
        assert_eq!(found.listed_on.as_ref().unwrap().to_string(), "2021-06-03");
        assert_eq!(found.programmes[0].effects, ["Purchase/Sales For Divestment Date (ZETA): 03 Jun 2022"]);
        assert!(found.programmes.iter().all(|p| p.until.is_none()));
    }

    #[test]
    fn facts_of_the_party_are_details() {
        let found = listing(
            &["X"],
            &[
                "Gender Male",
                "Organization Established Date 31 Jul 1990",
                "Target Type Public Company",
                "Transactions Prohibited For Persons Owned or Controlled By U.S. Financial Institutions: No",
                "Nationality of Registration Exampleland",
                "Executive Order 11111 Directive Information - For more information on directives, see elsewhere",
            ],
        );
        let details: Vec<_> = found.details.iter().map(|d| d.kind.word()).collect();
        assert_eq!(details, ["gender", "founded", "note", "note", "note"]);
        assert_eq!(found.states[0].state.text, "Exampleland");
        assert!(found.programmes[0].reach.is_empty() && found.programmes[0].effects.is_empty());
        assert_eq!(split("Gender"), None);
        assert_eq!(split("Passport X 1"), None);
        assert!(!Terms::default().take("Tax ID No.", "1"));
    }

    #[test]
    fn links_are_found_in_free_text() {
        assert_eq!(
            linked_to("(Linked To: EXAMPLE CORPS (EC)-SECOND FORCE)"),
            ["EXAMPLE CORPS (EC)-SECOND FORCE"]
        );
        assert_eq!(linked_to("Invented. (Linked To: A; Linked To: B LTD.)"), ["A", "B LTD."]);
        assert_eq!(linked_to("Linked To: A (B)."), ["A (B)"]);
        assert!(linked_to("linked to nobody (Linked To: )").is_empty());
    }
}
