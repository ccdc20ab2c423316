//! Classification: which provisions of every control list name an item, which notes take it out again, and what is open.
//!
//! All lists are judged on the same facts. A provision is met when the item is of a class that the entry names and every limb holds; it is
//! taken away by "other than those specified in", and by notes. Three values throughout: a missing fact leaves a provision open, and an
//! entry without executable form stays open by name wherever its gate does not rule the item out.

use std::cell::RefCell;
use std::collections::BTreeMap;

use comity_model::control::{ControlList, Encoded, Entry, EntryVersion, Note, Provision, head, is_under};
use comity_model::date::Day;
use comity_model::deal::{Deal, Item};
use comity_model::expr::{Expr, Owner, Quantifier, Test, Where};
use comity_model::fact::FactValue;
use comity_model::lawbook::Lawbook;
use comity_model::mandate::{AgreedInSet, Evidence};
use comity_model::place::StateCode;
use comity_model::standing::StatusWord;
use comity_model::truth::Truth;
use comity_model::unit::Extent;

use crate::facts::View;
use crate::residue::{OpenFacts, OpenTest, Residue};
use crate::standing;

/// What a question is asked about: a lawbook, a deal and a day.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The law.
    pub book: &'a Lawbook,
    /// The deal.
    pub deal: &'a Deal,
    /// The day for which the answer holds.
    pub day: Day,
}

/// The fact that meets the `parts` of an entry: for which classes the item is specially designed.
pub const SPECIALLY_DESIGNED_FOR: &str = "specially_designed_for";
/// Its word for "for nothing".
const FOR_NOTHING: &str = "none";

/// One item, classified on all lists.
#[derive(Clone, Debug)]
pub struct Classified {
    /// One result a list, in the order of the lawbook's lists.
    pub lists: Vec<OnList>,
}

/// One item on one list.
#[derive(Clone, Debug, Default)]
pub struct OnList {
    /// Provisions that name it.
    pub matched: Vec<At>,
    /// Provisions that would, with the index of the note that takes it out.
    pub excluded: Vec<(At, usize)>,
    /// Provisions that are open.
    pub open: Vec<At>,
    /// Entries without (whole) executable form that do not rule it out.
    pub not_encoded: Vec<NotEncoded>,
}

/// A provision of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// Index of the entry.
    pub entry: usize,
    /// Index of its version; none where a claim alone puts the item there.
    pub version: Option<usize>,
    /// Index of the provision in the version.
    pub provision: usize,
    /// Its full code.
    pub code: String,
}

/// An entry that keeps the list open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotEncoded {
    /// Index of the entry.
    pub entry: usize,
    /// It does so only because it is not known what the item is specially designed for.
    pub by_parts: bool,
    /// It does so only because the item's class is not told, or too general.
    pub by_class: bool,
}

impl Classified {
    /// The result on the list with that index.
    #[must_use]
    pub fn on(&self, list: usize) -> Option<&OnList> {
        self.lists.get(list)
    }
}

/// Classifies one item on every list.
#[must_use]
pub fn classify(frame: Frame<'_>, item: &Item) -> Classified {
    Classified {
        lists: frame.book.controls().iter().map(|list| Judge::new(frame, list, item).list()).collect(),
    }
}

/// Judges one item on one list.
pub struct Judge<'a> {
    frame: Frame<'a>,
    list: &'a ControlList,
    item: &'a Item,
    classes: Vec<u32>,
    /// Net truth of provisions judged already, by entry and provision.
    memo: RefCell<BTreeMap<(usize, usize), Truth>>,
}

/// Where in the facts a condition is read: the item, or a row of one of its list facts, with the prefix under which names are reported.
#[derive(Clone)]
struct Place<'a> {
    view: View<'a>,
    prefix: String,
}

impl Place<'_> {
    fn name(&self, fact: &str) -> String {
        // A name in a row means the row's fact if the row is where it would stand.
        if self.prefix.is_empty() || self.view.layers.first().is_some_and(|item| item.contains_key(fact)) {
            fact.to_owned()
        } else {
            format!("{}.{fact}", self.prefix)
        }
    }
}

impl<'a> Judge<'a> {
    /// A judge of `item` on `list`.
    #[must_use]
    pub fn new(frame: Frame<'a>, list: &'a ControlList, item: &'a Item) -> Self {
        let tree = &frame.book.basics().classes;
        let classes = item.classes.iter().filter_map(|name| tree.get(name).map(|(index, _)| index)).collect();
        Self { frame, list, item, classes, memo: RefCell::new(BTreeMap::new()) }
    }

    fn place(&self) -> Place<'a> {
        Place {
            view: View::new(&self.frame.book.basics().item_facts, &self.item.facts),
            prefix: String::new(),
        }
    }

    /// The item's facts as conditions see them.
    #[must_use]
    pub fn view(&self) -> View<'a> {
        self.place().view
    }

    /// The whole list.
    #[must_use]
    pub fn list(&self) -> OnList {
        let mut found = OnList::default();
        for (index, entry) in self.list.entries.iter().enumerate() {
            let claimed = self
                .item
                .claimed
                .iter()
                .find(|(list, code)| *list == self.list.id && head(code) == entry.code);
            let (class, parts) = self.gate(entry);
            let gate = class.or(parts);
            let version = entry.versions.iter().position(|v| v.period.contains(self.frame.day));
            let whole =
                version.and_then(|v| entry.versions.get(v)).is_some_and(|v| v.encoded == Encoded::Whole);
            let before = (found.matched.len(), found.excluded.len(), found.open.len());
            if gate != Truth::False
                && let Some(v) = version
            {
                self.entry(index, entry, v, &mut found);
            }
            let touched = before != (found.matched.len(), found.excluded.len(), found.open.len());
            match claimed {
                // What cannot be checked counts as claimed; what can be checked is checked and never trusted.
                Some((_, code)) if !whole && !touched => {
                    found.matched.push(At { entry: index, version: None, provision: 0, code: code.clone() })
                }
                _ if !whole && gate != Truth::False => found.not_encoded.push(NotEncoded {
                    entry: index,
                    by_parts: class.is_false(),
                    by_class: class == Truth::Unknown && parts.is_false(),
                }),
                _ => {}
            }
        }
        keep_deepest(&mut found.matched);
        found
    }

    fn entry(&self, index: usize, entry: &'a Entry, v: usize, found: &mut OnList) {
        let Some(version) = entry.versions.get(v) else { return };
        for (p, provision) in version.provisions.iter().enumerate() {
            if !provision.period.contains(self.frame.day) {
                continue;
            }
            let raw = self.raw(entry, version, provision);
            if raw.is_false() {
                continue;
            }
            let at = || At {
                entry: index,
                version: Some(v),
                provision: p,
                code: join(&entry.code, &provision.path),
            };
            let notes = notes_on(version, provision, self.frame.day);
            let mut released = (Truth::False, 0);
            for (n, note) in notes {
                let truth = self.truth(&note.when, &self.place());
                if truth > released.0 {
                    released = (truth, n);
                }
            }
            match (raw, released.0) {
                (Truth::True, Truth::False) => found.matched.push(at()),
                (Truth::True, Truth::True) => found.excluded.push((at(), released.1)),
                (_, Truth::True) => {}
                // Open by its parts; it may be settled all the same when they are seen together.
                _ => {
                    match self.provision_residue(entry, version, provision).settled(&|name| self.known(name))
                    {
                        Some(true) => found.matched.push(at()),
                        Some(false) => {}
                        None => found.open.push(at()),
                    }
                }
            }
        }
    }

    /// Whether the item's classes, and what it is specially designed for, meet the gate of an entry.
    #[must_use]
    pub fn gate(&self, entry: &Entry) -> (Truth, Truth) {
        (self.class_in(&entry.gate), self.designed_for(&entry.parts))
    }

    fn class_in(&self, gate: &[u32]) -> Truth {
        if gate.is_empty() {
            return Truth::False;
        }
        if self.classes.is_empty() {
            return Truth::Unknown;
        }
        let tree = &self.frame.book.basics().classes;
        let mut best = Truth::False;
        for class in &self.classes {
            for wanted in gate {
                if tree.is_a(*class, *wanted) {
                    return Truth::True;
                }
                if tree.is_a(*wanted, *class) {
                    best = Truth::Unknown;
                }
            }
        }
        best
    }

    fn designed_for(&self, parts: &[u32]) -> Truth {
        if parts.is_empty() {
            return Truth::False;
        }
        let Some(FactValue::Words(words)) = self.item.facts.get(SPECIALLY_DESIGNED_FOR).map(|f| &f.value)
        else {
            return Truth::Unknown;
        };
        let tree = &self.frame.book.basics().classes;
        let mut best = Truth::False;
        for word in words.iter().filter(|w| *w != FOR_NOTHING) {
            let Some((class, _)) = tree.get(word) else { return Truth::Unknown };
            for wanted in parts {
                if tree.is_a(class, *wanted) {
                    return Truth::True;
                }
                if tree.is_a(*wanted, class) {
                    best = Truth::Unknown;
                }
            }
        }
        best
    }

    fn own_gate(&self, entry: &Entry, provision: &Provision) -> Truth {
        if provision.parts { self.designed_for(&entry.parts) } else { self.class_in(&entry.gate) }
    }

    /// Whether the provision's own words are met, before notes.
    fn raw(&self, entry: &Entry, version: &EntryVersion, provision: &Provision) -> Truth {
        let mut truth = self.own_gate(entry, provision);
        let place = self.place();
        for limb in &provision.limbs {
            if truth.is_false() {
                return truth;
            }
            truth = truth.and(self.truth(&limb.when, &place));
        }
        for code in &version.other_than {
            if truth.is_false() {
                return truth;
            }
            truth = truth.and(!self.code(code));
        }
        if version.evidence == Evidence::Memory { truth.at_most_unknown() } else { truth }
    }

    fn net(
        &self,
        index: usize,
        p: usize,
        entry: &Entry,
        version: &EntryVersion,
        provision: &Provision,
    ) -> Truth {
        if let Some(known) = self.memo.borrow().get(&(index, p)) {
            return *known;
        }
        let mut truth = self.raw(entry, version, provision);
        for (_, note) in notes_on(version, provision, self.frame.day) {
            if truth.is_false() {
                break;
            }
            truth = truth.and(!self.truth(&note.when, &self.place()));
        }
        self.memo.borrow_mut().insert((index, p), truth);
        truth
    }

    /// Whether the item is specified in an entry or provision of the list.
    #[must_use]
    pub fn code(&self, code: &str) -> Truth {
        let Some(index) = self.list.by_code.get(head(code)).map(|i| *i as usize) else {
            return Truth::Unknown;
        };
        let Some(entry) = self.list.entries.get(index) else { return Truth::Unknown };
        let gate = {
            let (class, parts) = self.gate(entry);
            class.or(parts)
        };
        if gate.is_false() {
            return Truth::False;
        }
        let Some(version) = entry.version_on(self.frame.day) else { return Truth::Unknown };
        let mut truth = Truth::False;
        let mut covered = false;
        for (p, provision) in provisions_of(entry, version, code, self.frame.day) {
            covered = true;
            truth = truth.or(self.net(index, p, entry, version, provision));
        }
        let whole = version.encoded == Encoded::Whole || (covered && code != entry.code);
        if whole { truth } else { truth.or(Truth::Unknown) }
    }

    /// The value of a condition on this item.
    fn truth(&self, expr: &Expr, place: &Place<'a>) -> Truth {
        match expr {
            Expr::Const(value) => (*value).into(),
            Expr::All(parts) => {
                let mut truth = Truth::True;
                for part in parts {
                    truth = truth.and(self.truth(part, place));
                    if truth.is_false() {
                        break;
                    }
                }
                truth
            }
            Expr::Any(parts) => {
                let mut truth = Truth::False;
                for part in parts {
                    truth = truth.or(self.truth(part, place));
                    if truth.is_true() {
                        break;
                    }
                }
                truth
            }
            Expr::Not(inner) => !self.truth(inner, place),
            Expr::Test(test) => self.test(test, place),
        }
    }

    /// The value of a single test on this item.
    fn test(&self, test: &Test, place: &Place<'a>) -> Truth {
        match test {
            Test::Holds(fact) if fact.owner == Owner::Item => place.view.holds(&fact.name),
            Test::Limit { fact, basis, op, limit } if fact.owner == Owner::Item => {
                place.view.compare(&fact.name, basis.as_deref(), *op, &limit.value).truth
            }
            Test::Words { fact, words } if fact.owner == Owner::Item => {
                place.view.has_word(&fact.name, words)
            }
            Test::Rows { list, quantifier, inner } => {
                let Some(rows) = place.view.rows(list) else { return Truth::Unknown };
                quantify(
                    *quantifier,
                    rows.iter().map(|row| {
                        self.truth(inner, &Place { view: place.view.within(row), prefix: String::new() })
                    }),
                )
            }
            Test::Class(name) => self
                .frame
                .book
                .basics()
                .classes
                .get(name)
                .map_or(Truth::Unknown, |(class, _)| self.class_in(&[class])),
            Test::Entry(code) => self.code(code),
            Test::Contains(inner) => match &self.item.contains {
                None => Truth::Unknown,
                Some(parts) => Truth::any(parts.iter().map(|part| {
                    let judge = Judge::new(self.frame, self.list, part);
                    judge.truth(inner, &judge.place())
                })),
            },
            Test::Standing { of: Where::To, treaty, words } => {
                self.frame.deal.to.as_ref().map_or(Truth::Unknown, |to| {
                    has_standing(self.frame.book, to.state, treaty, words, self.frame.day)
                })
            }
            Test::Date(op, day) => day_compare(self.frame.day, *op, *day),
            // Conditions of control lists do not use the words of packs; the loader sees to that. What is not known here stays open.
            _ => Truth::Unknown,
        }
    }

    /// What is left of a provision (net of its notes) when all known facts are put in.
    #[must_use]
    pub fn residue(&self, at: &At) -> Residue {
        let Some(entry) = self.list.entries.get(at.entry) else { return Residue::Known(false) };
        let Some(version) = at.version.and_then(|v| entry.versions.get(v)) else {
            return Residue::Known(true);
        };
        let Some(provision) = version.provisions.get(at.provision) else { return Residue::Known(false) };
        self.provision_residue(entry, version, provision)
    }

    fn provision_residue(&self, entry: &Entry, version: &EntryVersion, provision: &Provision) -> Residue {
        let place = self.place();
        let gate = Residue::of(self.own_gate(entry, provision), || {
            let name = if provision.parts { SPECIALLY_DESIGNED_FOR } else { "class" };
            OpenTest::Other { name: name.into(), test: entry.code.clone() }
        });
        let limbs = provision.limbs.iter().map(|limb| self.expr_residue(&limb.when, &place));
        let others = version.other_than.iter().map(|code| self.code_residue(code).negate());
        let notes = notes_on(version, provision, self.frame.day)
            .map(|(_, note)| self.expr_residue(&note.when, &place).negate());
        let read = Residue::of(
            if version.evidence == Evidence::Memory { Truth::Unknown } else { Truth::True },
            || OpenTest::Other { name: format!("text:{}", entry.code), test: String::new() },
        );
        let parts: Vec<Residue> =
            std::iter::once(gate).chain(limbs).chain(others).chain(notes).chain([read]).collect();
        Residue::all(parts)
    }

    fn code_residue(&self, code: &str) -> Residue {
        match self.code(code) {
            Truth::True => return Residue::Known(true),
            Truth::False => return Residue::Known(false),
            Truth::Unknown => {}
        }
        let open = |name: String| Residue::Open(Box::new(OpenTest::Other { name, test: code.to_owned() }));
        let Some(entry) = self.list.entry(head(code)) else { return open(format!("entry {code}")) };
        let mut parts = Vec::new();
        let mut covered = false;
        if let Some(version) = entry.version_on(self.frame.day) {
            for (_, provision) in provisions_of(entry, version, code, self.frame.day) {
                covered = true;
                parts.push(self.provision_residue(entry, version, provision));
            }
            covered &= version.encoded == Encoded::Whole || code != entry.code;
        }
        if !covered {
            let (class, designed) = self.gate(entry);
            let gate = Residue::any([
                Residue::of(class, || OpenTest::Other { name: "class".into(), test: entry.code.clone() }),
                Residue::of(designed, || OpenTest::Other {
                    name: SPECIALLY_DESIGNED_FOR.into(),
                    test: entry.code.clone(),
                }),
            ]);
            parts.push(Residue::all([gate, open(format!("entry {code}"))]));
        }
        Residue::any(parts)
    }

    fn expr_residue(&self, expr: &Expr, place: &Place<'a>) -> Residue {
        match expr {
            Expr::Const(value) => Residue::Known(*value),
            Expr::All(parts) => Residue::all(parts.iter().map(|p| self.expr_residue(p, place))),
            Expr::Any(parts) => Residue::any(parts.iter().map(|p| self.expr_residue(p, place))),
            Expr::Not(inner) => self.expr_residue(inner, place).negate(),
            Expr::Test(test) => self.test_residue(test, place),
        }
    }

    fn test_residue(&self, test: &Test, place: &Place<'a>) -> Residue {
        let truth = self.test(test, place);
        Maybe::of(truth).map_open(|()| match test {
            Test::Holds(fact) => Residue::open(OpenTest::Holds(place.name(&fact.name))),
            Test::Words { fact, words } => {
                Residue::open(OpenTest::Words { fact: place.name(&fact.name), words: words.clone() })
            }
            Test::Limit { fact, basis, op, limit } => {
                if place.view.compare(&fact.name, basis.as_deref(), *op, &limit.value).remark.is_some() {
                    let test = format!("{basis:?} {op} {}", limit.text);
                    return Residue::open(OpenTest::Other { name: place.name(&fact.name), test });
                }
                Residue::open(OpenTest::Limit {
                    fact: place.name(&fact.name),
                    op: *op,
                    limit: limit.value.clone(),
                })
            }
            Test::Rows { list, quantifier, inner } => match place.view.rows(list) {
                None => Residue::open(OpenTest::Other {
                    name: place.name(list),
                    test: format!("{quantifier:?} {inner:?}"),
                }),
                Some(rows) => {
                    let mut rows = rows.iter().enumerate().map(|(i, row)| {
                        let prefix = format!("{}[{i}]", place.name(list));
                        self.expr_residue(inner, &Place { view: place.view.within(row), prefix })
                    });
                    match quantifier {
                        Quantifier::Some => Residue::any(rows),
                        Quantifier::Every => Residue::all(rows),
                        Quantifier::None => Residue::any(rows).negate(),
                        // A count is open as a whole: its rows are named, each as one question.
                        Quantifier::Count(..) => rows.find(|r| !matches!(r, Residue::Known(_))).unwrap_or(
                            Residue::open(OpenTest::Other { name: list.clone(), test: "count".into() }),
                        ),
                    }
                }
            },
            Test::Class(name) => Residue::open(OpenTest::Other { name: "class".into(), test: name.clone() }),
            Test::Entry(code) => self.code_residue(code),
            Test::Contains(inner) => match &self.item.contains {
                None => {
                    Residue::open(OpenTest::Other { name: "contains".into(), test: format!("{inner:?}") })
                }
                Some(parts) => Residue::any(parts.iter().map(|part| {
                    let judge = Judge::new(self.frame, self.list, part);
                    judge.expr_residue(inner, &judge.place())
                })),
            },
            Test::Standing { treaty, .. } => {
                let name = match &self.frame.deal.to {
                    None => "to".to_owned(),
                    Some(to) => format!("standing:{}:{treaty}", to.state),
                };
                Residue::open(OpenTest::Other { name, test: treaty.clone() })
            }
            other => Residue::open(OpenTest::Other { name: "condition".into(), test: format!("{other:?}") }),
        })
    }

    /// The facts that an open provision hangs on, with those from which they could be computed. While it is not known whether the item is of
    /// the kind that the provision names, that is the one question: what stands behind the gate is asked when the gate is open.
    #[must_use]
    pub fn open_facts(&self, at: &At) -> OpenFacts {
        if let Some(gate) = self.open_gate(at) {
            return OpenFacts { missing: vec![gate.to_owned()], settle: vec![vec![gate.to_owned()]] };
        }
        self.spell_out(self.residue(at).open_facts(&|name| self.known(name), &|name| {
            name == SPECIALLY_DESIGNED_FOR || self.view().is_judged(name.rsplit('.').next().unwrap_or(name))
        }))
    }

    /// The fact that keeps the gate of an open provision open, if it is open.
    fn open_gate(&self, at: &At) -> Option<&'static str> {
        let entry = self.list.entries.get(at.entry)?;
        let provision = entry.versions.get(at.version?)?.provisions.get(at.provision)?;
        let fact = if provision.parts { SPECIALLY_DESIGNED_FOR } else { "class" };
        (self.own_gate(entry, provision) == Truth::Unknown).then_some(fact)
    }

    fn known(&self, name: &str) -> Option<Extent> {
        match &self.view().get(name)?.value {
            FactValue::Quantity(quantity) => Some(quantity.extent.clone()),
            _ => None,
        }
    }

    /// Derived facts can be given themselves or by what they are computed from.
    fn spell_out(&self, facts: OpenFacts) -> OpenFacts {
        let view = self.view();
        let mut spelt = OpenFacts::default();
        for name in &facts.missing {
            spelt.missing.push(name.clone());
            spelt.missing.extend(view.inputs(name).into_iter().filter(|i| !facts.missing.contains(i)));
        }
        spelt.missing.dedup();
        for set in facts.settle {
            let computed: Vec<String> = set
                .iter()
                .flat_map(|name| {
                    let inputs = view.inputs(name);
                    if inputs.is_empty() { vec![name.clone()] } else { inputs }
                })
                .collect();
            let differs = computed != set;
            spelt.settle.push(set);
            if differs {
                spelt.settle.push(computed);
            }
        }
        spelt
    }

    /// Whether a reason's own condition holds for the item.
    #[must_use]
    pub fn reason_holds(&self, when: Option<&Expr>) -> Truth {
        when.map_or(Truth::True, |expr| self.truth(expr, &self.place()))
    }

    /// The value of any condition of the list on the item.
    #[must_use]
    pub fn holds(&self, expr: &Expr) -> Truth {
        self.truth(expr, &self.place())
    }
}

impl Residue {
    fn open(test: OpenTest) -> Self {
        Self::Open(Box::new(test))
    }
}

/// A settled residue, or one that is made only when it is open.
enum Maybe {
    Settled(Residue),
    Open,
}

impl Maybe {
    fn map_open(self, make: impl FnOnce(()) -> Residue) -> Residue {
        match self {
            Self::Settled(residue) => residue,
            Self::Open => make(()),
        }
    }
}

impl Maybe {
    fn of(truth: Truth) -> Self {
        match truth {
            Truth::True => Self::Settled(Residue::Known(true)),
            Truth::False => Self::Settled(Residue::Known(false)),
            Truth::Unknown => Self::Open,
        }
    }
}

/// `3A225` and `` make `3A225`; `3A001` and `a.5` make `3A001.a.5`.
#[must_use]
pub fn join(code: &str, path: &str) -> String {
    if path.is_empty() { code.to_owned() } else { format!("{code}.{path}") }
}

/// Whether a path is, or lies below, another; the empty path is above all.
#[must_use]
pub fn path_under(path: &str, above: &str) -> bool {
    above.is_empty() || is_under(path, above)
}

fn notes_on<'v>(
    version: &'v EntryVersion,
    provision: &'v Provision,
    day: Day,
) -> impl Iterator<Item = (usize, &'v Note)> {
    version.notes.iter().enumerate().filter(move |(_, note)| {
        note.period.contains(day) && note.scope.iter().any(|scope| path_under(&provision.path, scope))
    })
}

/// The provisions that a code means: those at and below it, or, where none is, the one above it that holds it.
fn provisions_of<'v>(
    entry: &Entry,
    version: &'v EntryVersion,
    code: &str,
    day: Day,
) -> Vec<(usize, &'v Provision)> {
    let in_force = || version.provisions.iter().enumerate().filter(|(_, p)| p.period.contains(day));
    let below: Vec<_> = in_force().filter(|(_, p)| is_under(&join(&entry.code, &p.path), code)).collect();
    if !below.is_empty() {
        return below;
    }
    in_force().filter(|(_, p)| is_under(code, &join(&entry.code, &p.path))).collect()
}

/// Only the deepest provisions met are told.
fn keep_deepest(found: &mut Vec<At>) {
    let codes: Vec<(usize, String)> = found.iter().map(|at| (at.entry, at.code.clone())).collect();
    found.retain(|at| {
        !codes.iter().any(|(entry, code)| *entry == at.entry && *code != at.code && is_under(code, &at.code))
    });
}

fn quantify(quantifier: Quantifier, rows: impl Iterator<Item = Truth>) -> Truth {
    let (mut yes, mut maybe, mut count) = (0u32, 0u32, 0u32);
    for truth in rows {
        count += 1;
        match truth {
            Truth::True => yes += 1,
            Truth::Unknown => maybe += 1,
            Truth::False => {}
        }
    }
    match quantifier {
        Quantifier::Some if yes > 0 => Truth::True,
        Quantifier::Some if maybe > 0 => Truth::Unknown,
        Quantifier::Some => Truth::False,
        Quantifier::None if yes > 0 => Truth::False,
        Quantifier::None if maybe > 0 => Truth::Unknown,
        Quantifier::None => Truth::True,
        Quantifier::Every if count == 0 || yes + maybe < count => Truth::False,
        Quantifier::Every if maybe > 0 => Truth::Unknown,
        Quantifier::Every => Truth::True,
        Quantifier::Count(op, wanted) => {
            let extent = Extent {
                low: Some(comity_model::unit::End { value: i64::from(yes).into(), closed: true }),
                high: Some(comity_model::unit::End { value: i64::from(yes + maybe).into(), closed: true }),
            };
            extent.compare(op, &i64::from(wanted).into())
        }
    }
}

/// Compares days as conditions on dates do.
#[must_use]
pub fn day_compare(day: Day, op: comity_model::unit::Op, limit: Day) -> Truth {
    use comity_model::unit::Op;
    match op {
        Op::Gt => day > limit,
        Op::Ge => day >= limit,
        Op::Lt => day < limit,
        Op::Le => day <= limit,
        Op::Eq => day == limit,
    }
    .into()
}

/// Whether a State has one of these statuses in a treaty on a day. A status that rests on memory settles nothing.
#[must_use]
pub fn has_standing(book: &Lawbook, state: StateCode, treaty: &str, words: &[String], day: Day) -> Truth {
    let states = book.states();
    let Some(treaty) = states.treaty_ref(treaty) else { return Truth::Unknown };
    let answer = standing::status(states, state, treaty, day);
    Truth::any(
        words.iter().map(|word| word.parse::<StatusWord>().map_or(Truth::Unknown, |word| answer.is(word))),
    )
}

/// Where a provision was agreed: its own set, or its entry's.
#[must_use]
pub fn agreed_in<'l>(list: &'l ControlList, at: &At) -> Option<&'l AgreedInSet> {
    let entry = list.entries.get(at.entry)?;
    let own = at.version.and_then(|v| entry.versions.get(v)).and_then(|v| v.provisions.get(at.provision));
    Some(own.and_then(|p| p.agreed_in.as_ref()).unwrap_or(&entry.agreed_in))
}
