//! Decision: every pack on every item. Hooks say which law speaks; all its requirements and prohibitions fire unordered; authorisations
//! cancel the requirements they name; restrictions remove authorisations. Packs never cancel each other.
//!
//! Each law is judged twice, at its best and its worst end. In the worst case all that is true or unknown fires and only authorisations
//! that surely hold relieve; the best case is the reverse. If both ends agree the law is settled; if not it is undetermined, and the best
//! end is never the headline. Where States differ on a rule, the law is judged once per position.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::answer::{PartyAnswer, PartyStatus};
use comity_model::control::{ControlList, head, is_under};
use comity_model::date::Day;
use comity_model::deal::{Item, KnowledgeLevel, UseClass};
use comity_model::expr::{Expr, FactRef, HsRange, ItemSet, Knows, Owner, PlaceSet, Test, Where};
use comity_model::fact::{FactValue, Facts};
use comity_model::listing::MeasureStatus;
use comity_model::mandate::{AgreedIn, Evidence};
use comity_model::number::Number;
use comity_model::place::{Place, StateCode};
use comity_model::rule::{Effect, EndOfStay, HookKind, Miss, Outcome, Pack, Rule, Table};
use comity_model::truth::Truth;
use comity_model::unit::{End, Extent};

use crate::classify::{
    At, Classified, Frame, Judge, OnList, agreed_in, day_compare, has_standing, path_under,
};
use crate::facts::View;
use crate::screen::OWN;

/// A fact of the deal by which the authority's information is told in one word.
pub const INFORMED_BY_AUTHORITY: &str = "informed_by_authority";

/// What a law is judged on besides the frame: the items as classified, the parties as screened, and which lists were there.
#[derive(Clone, Copy)]
pub struct Evidenced<'a> {
    /// The items, classified; as many as the deal has.
    pub items: &'a [Classified],
    /// The parties, screened; as many as the deal has, or none when nothing could be screened.
    pub parties: &'a [PartyAnswer],
    /// Ids of the party lists that were there.
    pub lists: &'a BTreeSet<String>,
}

/// The chosen position in each dispute, by dispute.
pub type Chosen<'a> = BTreeMap<&'a str, &'a str>;

/// One law on one item in one set of positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The result: a settled outcome, or undetermined between its ends.
    pub outcome: Outcome,
    /// The weaker end.
    pub best: Outcome,
    /// The stronger end.
    pub worst: Outcome,
    /// Hooks, in the order of the pack.
    pub hooks: Vec<Truth>,
    /// Rules, in the order of the pack: whether they fire.
    pub rules: Vec<Truth>,
    /// Gaps, in the order of the pack: whether they may bite.
    pub gaps: Vec<Truth>,
}

/// One question put to one law: evaluates hooks, rules and gaps.
pub struct Court<'a> {
    frame: Frame<'a>,
    evidence: Evidenced<'a>,
    pack: &'a Pack,
    list: Option<usize>,
    item: Option<usize>,
    chosen: Chosen<'a>,
    /// Tests taken as settled, to find out which open ones matter.
    assumed: Vec<(&'a Test, Truth)>,
}

/// The force of a rule on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Force {
    /// It binds.
    InForce,
    /// Its beginning lies ahead.
    NotYet(Day),
    /// It has ended.
    Lapsed(Day),
    /// Stayed: until when, by which act.
    Stayed(Option<Day>, String),
    /// Its force depends on an event that the pack does not know of.
    Unconfirmed(String),
    /// Not in force for the chosen position.
    NotHere,
}

impl Force {
    /// Whether it binds.
    #[must_use]
    pub fn truth(&self) -> Truth {
        match self {
            Self::InForce => Truth::True,
            Self::Unconfirmed(_) => Truth::Unknown,
            Self::NotYet(_) | Self::Lapsed(_) | Self::Stayed(..) | Self::NotHere => Truth::False,
        }
    }
}

impl<'a> Court<'a> {
    /// A court for one law; `item` is the index of the item, or none to judge what does not depend on one.
    #[must_use]
    pub fn new(
        frame: Frame<'a>,
        evidence: Evidenced<'a>,
        pack: &'a Pack,
        item: Option<usize>,
        chosen: Chosen<'a>,
    ) -> Self {
        let list = pack.list.as_deref().and_then(|id| frame.book.controls().iter().position(|l| l.id == id));
        Self { frame, evidence, pack, list, item, chosen, assumed: Vec::new() }
    }

    /// The law's decision.
    #[must_use]
    pub fn decide(&self) -> Decided {
        let hooks: Vec<Truth> = self
            .pack
            .hooks
            .iter()
            .map(|hook| {
                let truth = self.truth(&hook.when);
                if hook.evidence == Evidence::Memory { truth.at_most_unknown() } else { truth }
            })
            .collect();
        let reaches = |indexes: &[u16]| {
            Truth::any(indexes.iter().map(|i| hooks.get(usize::from(*i)).copied().unwrap_or(Truth::Unknown)))
        };
        let any_hook = Truth::any(hooks.iter().copied());
        let rules: Vec<Truth> = self
            .pack
            .rules
            .iter()
            .map(|rule| {
                let mut truth = reaches(&rule.hooks).and(self.force(rule).truth());
                if !truth.is_false() {
                    truth = truth.and(self.truth(&rule.when));
                }
                if rule.evidence == Evidence::Memory { truth.at_most_unknown() } else { truth }
            })
            .collect();
        let gaps: Vec<Truth> = self
            .pack
            .gaps
            .iter()
            .map(|gap| {
                let reach = if gap.hooks.is_empty() { any_hook } else { reaches(&gap.hooks) };
                if reach.is_false() || !self.position_holds(gap.dispute.as_ref()) {
                    return Truth::False;
                }
                reach.and(self.truth(&gap.when))
            })
            .collect();
        let (best, worst) =
            (self.end(&rules, &gaps, any_hook, false), self.end(&rules, &gaps, any_hook, true));
        // A hook that is open where nothing would follow anyway leaves nothing open.
        let best =
            if best == Outcome::OutOfScope && worst == Outcome::NoRequirementFound { worst } else { best };
        let outcome = if best == worst { worst } else { Outcome::Undetermined };
        Decided { outcome, best, worst, hooks, rules, gaps }
    }

    /// The outcome at one end.
    fn end(&self, rules: &[Truth], gaps: &[Truth], reach: Truth, worst: bool) -> Outcome {
        let reached = if worst { !reach.is_false() } else { reach.is_true() };
        if !reached {
            return Outcome::OutOfScope;
        }
        let burdens = |truth: Truth| if worst { !truth.is_false() } else { truth.is_true() };
        let relieves = |truth: Truth| if worst { truth.is_true() } else { !truth.is_false() };
        let fired = || self.pack.rules.iter().zip(rules.iter().copied());
        let restricted: BTreeSet<&str> = fired()
            .filter(|(rule, truth)| matches!(rule.effect, Effect::Restrict(_)) && burdens(*truth))
            .flat_map(
                |(rule, _)| if let Effect::Restrict(names) = &rule.effect { names.as_slice() } else { &[] },
            )
            .map(String::as_str)
            .collect();
        let cancelled: BTreeSet<&str> = fired()
            .filter(|(_, truth)| relieves(*truth))
            .filter_map(|(rule, _)| match &rule.effect {
                Effect::Authorise { name, cancels } if !restricted.contains(name.as_str()) => Some(cancels),
                _ => None,
            })
            .flatten()
            .map(String::as_str)
            .collect();
        let mut outcome = Outcome::NoRequirementFound;
        for (rule, _) in fired().filter(|(_, truth)| burdens(*truth)) {
            let (effect, name) = match &rule.effect {
                Effect::RequireLicence(name) | Effect::RequireTransferLicence(name) => {
                    (Outcome::LicenceRequired, name)
                }
                Effect::PresumptionOfDenial(name) => (Outcome::LicencePresumptionOfDenial, name),
                Effect::NotifyAndWait(name) => (Outcome::NotifyAndWait, name),
                Effect::Prohibit(_) => {
                    outcome = outcome.max(Outcome::Prohibited);
                    continue;
                }
                Effect::OtherAuthority(_) => {
                    outcome = outcome.max(Outcome::NotJudged);
                    continue;
                }
                Effect::Duty(_) => {
                    outcome = outcome.max(Outcome::DutyOnly);
                    continue;
                }
                Effect::Authorise { .. } | Effect::Restrict(_) => continue,
            };
            outcome = outcome.max(if cancelled.contains(name.as_str()) {
                Outcome::AuthorisedGenerally
            } else if self.licence_held(name) {
                Outcome::DutyOnly
            } else {
                effect
            });
        }
        if worst {
            let open = self
                .pack
                .gaps
                .iter()
                .zip(gaps)
                .filter(|(_, truth)| !truth.is_false())
                .map(|(gap, _)| gap.worst);
            outcome = open.fold(outcome, Outcome::max);
        }
        outcome
    }

    /// Whether a licence already held meets the requirement on the day.
    fn licence_held(&self, requirement: &str) -> bool {
        self.frame.deal.licences.iter().any(|licence| {
            licence.law.as_deref().is_none_or(|law| law == self.pack.id)
                && licence.meets.iter().any(|name| name == requirement)
                && licence.until.is_some_and(|until| self.frame.day <= until)
        })
    }

    fn position_holds(&self, dispute: Option<&(String, Vec<String>)>) -> bool {
        dispute.is_none_or(|(id, positions)| {
            self.chosen.get(id.as_str()).is_none_or(|chosen| positions.iter().any(|p| p == chosen))
        })
    }

    /// The force of a rule on the day, for the chosen positions.
    #[must_use]
    pub fn force(&self, rule: &Rule) -> Force {
        let day = self.frame.day;
        if let Some(from) = rule.in_force.from
            && day < from
        {
            return Force::NotYet(from);
        }
        if let Some(to) = rule.in_force.to
            && to < day
        {
            return Force::Lapsed(to);
        }
        for stay in &rule.stays {
            let last = stay.period.to;
            if stay.period.contains(day) {
                if last == Some(day) {
                    match stay.end {
                        EndOfStay::Inclusive => {}
                        EndOfStay::Exclusive => continue,
                        EndOfStay::Unclear => {
                            return Force::Unconfirmed(format!(
                                "whether the stay by {} covers its last day, {day}",
                                stay.by
                            ));
                        }
                    }
                }
                return Force::Stayed(last, stay.by.clone());
            }
            if let Some(last) = last
                && last < day
                && self.pack.known_as_of < last
            {
                return Force::Unconfirmed(format!("was the stay by {} extended after {last}?", stay.by));
            }
        }
        if self.position_holds(rule.dispute.as_ref()) { Force::InForce } else { Force::NotHere }
    }

    /// Disputes on which this law's answer may depend here.
    #[must_use]
    pub fn disputes(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let rules = self.pack.rules.iter().filter_map(|r| r.dispute.as_ref().map(|d| (d, &r.when)));
        let gaps = self.pack.gaps.iter().filter_map(|g| g.dispute.as_ref().map(|d| (d, &g.when)));
        for ((id, _), when) in rules.chain(gaps) {
            if !found.contains(id) && !self.truth(when).is_false() {
                found.insert(id.clone());
            }
        }
        for hit in self.evidence.parties.iter().flat_map(|p| &p.hits) {
            for measure in hit.measures.iter().filter(|m| m.status == MeasureStatus::Contested.word()) {
                if let Some(row) = self.mandate_row(&measure.list, &hit.id) {
                    found.insert(row.0.clone());
                }
            }
        }
        found
    }

    /// The dispute of the dated row that makes a hit's measure contested.
    fn mandate_row(&self, list: &str, listing: &str) -> Option<&'a (String, Vec<String>)> {
        let native = crate::screen::split_listing(listing).map(|(_, native)| native)?;
        let rows = self.frame.book.basics().mandates.get(list)?;
        rows.iter()
            .filter(|row| row.period.contains(self.frame.day) && row.dispute.is_some())
            .find(|row| row.key.is_empty() || native.starts_with(&row.key))
            .and_then(|row| row.dispute.as_ref())
    }

    /// The value of a condition.
    #[must_use]
    pub fn truth(&self, expr: &Expr) -> Truth {
        match expr {
            Expr::Const(value) => (*value).into(),
            Expr::All(parts) => {
                let mut truth = Truth::True;
                for part in parts {
                    truth = truth.and(self.truth(part));
                    if truth.is_false() {
                        break;
                    }
                }
                truth
            }
            Expr::Any(parts) => {
                let mut truth = Truth::False;
                for part in parts {
                    truth = truth.or(self.truth(part));
                    if truth.is_true() {
                        break;
                    }
                }
                truth
            }
            Expr::Not(inner) => !self.truth(inner),
            Expr::Test(test) => {
                if let Some((_, truth)) = self.assumed.iter().find(|(assumed, _)| *assumed == test) {
                    return *truth;
                }
                self.test(test)
            }
        }
    }

    fn the_item(&self) -> Option<(&'a Item, &'a Classified)> {
        let index = self.item?;
        Some((self.frame.deal.items.get(index)?, self.evidence.items.get(index)?))
    }

    /// The value of a single test.
    #[must_use]
    pub fn test(&self, test: &Test) -> Truth {
        let deal = self.frame.deal;
        match test {
            Test::Holds(fact) => self.fact(fact, |view, name| view.holds(name)),
            Test::Limit { fact, basis, op, limit } => {
                self.fact(fact, |view, name| view.compare(name, basis.as_deref(), *op, &limit.value).truth)
            }
            Test::Words { fact, words } => self.fact(fact, |view, name| view.has_word(name, words)),
            Test::Activity(activities) => activities.contains(&deal.activity).into(),
            Test::Place { of, set } => self.any_place(*of, |place| self.in_set(place, set)),
            Test::SamePlace(a, b) => {
                self.any_place(*a, |x| self.any_place(*b, |y| (x.state == y.state).into()))
            }
            Test::Region { of, regions } => self.any_place(*of, |place| {
                place.region.as_ref().map_or(Truth::Unknown, |region| regions.contains(region).into())
            }),
            Test::Standing { of, treaty, words } => self.any_place(*of, |place| {
                has_standing(self.frame.book, place.state, treaty, words, self.frame.day)
            }),
            Test::Cell { table, row, column } => {
                let Some(table) = self.pack.tables.get(table) else { return Truth::Unknown };
                self.any_place(*row, |place| cell(table, place.state.as_str(), Some(column), self.frame.day))
            }
            Test::Under(set) => {
                self.the_item().map_or(Truth::Unknown, |(_, classified)| self.under(set, classified))
            }
            Test::Reason(column) => {
                self.the_item().map_or(Truth::Unknown, |(item, c)| self.reason(column, item, c))
            }
            Test::AgreedIn(set) => {
                self.the_item().map_or(Truth::Unknown, |(_, classified)| self.agreed(set, classified))
            }
            Test::Hs(ranges) => {
                let hs = self.the_item().and_then(|(item, _)| item.hs.as_deref());
                hs.map_or(Truth::Unknown, |hs| Truth::any(ranges.iter().map(|range| in_range(hs, range))))
            }
            Test::Content { state, op, limit } => {
                self.content_share(*state).map_or(Truth::Unknown, |share| share.compare(*op, &limit.value))
            }
            Test::Value { op, limit, currency } => {
                let value = self.the_item().and_then(|(item, _)| item.value.as_ref());
                match value {
                    Some(money) if money.currency == *currency => {
                        op.holds(&money.amount, &limit.value).into()
                    }
                    _ => Truth::Unknown,
                }
            }
            Test::PartyOn { lists, programmes, roles } => {
                Truth::any(lists.iter().map(|list| self.party_on(list, programmes, roles)))
            }
            Test::Use(words) => match &deal.end_use.purpose {
                None => Truth::Unknown,
                Some(stated) if stated.iter().any(|class| words.iter().any(|w| w == class.word())) => {
                    Truth::True
                }
                Some(stated) if stated.contains(&UseClass::Unknown) => Truth::Unknown,
                Some(_) => Truth::False,
            },
            Test::Knowledge { level, uses } => {
                Truth::any(uses.iter().filter_map(|u| u.parse().ok()).map(|u| self.knows(*level, u)))
            }
            Test::Date(op, day) => day_compare(self.frame.day, *op, *day),
            Test::Class(_) | Test::Entry(_) | Test::Contains(_) | Test::Rows { .. } => {
                let Some(((item, _), list)) =
                    self.the_item().zip(self.list.and_then(|l| self.frame.book.controls().get(l)))
                else {
                    return Truth::Unknown;
                };
                Judge::new(self.frame, list, item).holds(&Expr::Test(test.clone()))
            }
        }
    }

    /// The share of the item's value with origin in a State that is controlled to the destination, as far as it is known. A part of which no
    /// entry is stated may or may not be controlled: it counts at the upper end only. A part with its entry is asked for by a sub-query.
    fn content_share(&self, state: StateCode) -> Option<Extent> {
        let parts = self.the_item()?.0.content.as_ref()?;
        let hundred = Number::from(100);
        let (mut low, mut high) = (Number::zero(), Number::zero());
        for part in parts.iter().filter(|part| part.state == state) {
            let share = part.percent.checked_div(&hundred)?;
            let controlled = match &part.entry {
                None => Truth::Unknown,
                Some(entry) => self.would_need_licence(entry, state),
            };
            if controlled.is_true() {
                low = &low + &share;
            }
            if !controlled.is_false() {
                high = &high + &share;
            }
        }
        let end = |value| Some(End { value, closed: true });
        Some(Extent { low: end(low), high: end(high) })
    }

    /// Whether something under that entry, with that origin, would need a licence of this law to the same destination. One level deep: rules
    /// that look at parties, uses, knowledge or content are left out.
    fn would_need_licence(&self, entry: &str, origin: StateCode) -> Truth {
        let Some((list, code)) = entry.split_once(':') else { return Truth::Unknown };
        let mut deal = self.frame.deal.clone();
        deal.items = vec![Item {
            description: String::new(),
            classes: Vec::new(),
            hs: None,
            quantity: None,
            value: None,
            origin: Some(origin),
            content: None,
            claimed: vec![(list.to_owned(), code.to_owned())],
            facts: Facts::new(),
            contains: None,
        }];
        let classified = [Classified {
            lists: self
                .frame
                .book
                .controls()
                .iter()
                .map(|known| OnList {
                    matched: (known.id == list)
                        .then(|| stated(known, code, self.frame.day))
                        .into_iter()
                        .flatten()
                        .collect(),
                    ..OnList::default()
                })
                .collect(),
        }];
        let frame = Frame { book: self.frame.book, deal: &deal, day: self.frame.day };
        let evidence = Evidenced { items: &classified, parties: &[], lists: self.evidence.lists };
        let court = Court::new(frame, evidence, self.pack, Some(0), self.chosen.clone());
        let mut truth = Truth::False;
        for rule in &self.pack.rules {
            let requires = matches!(
                rule.effect,
                Effect::RequireLicence(_)
                    | Effect::RequireTransferLicence(_)
                    | Effect::PresumptionOfDenial(_)
            );
            if requires && !asks_beyond_the_item(&rule.when) {
                truth = truth.or(court.force(rule).truth().and(court.truth(&rule.when)));
            }
        }
        truth
    }

    fn fact(&self, fact: &FactRef, ask: impl Fn(&View<'_>, &str) -> Truth) -> Truth {
        let basics = self.frame.book.basics();
        let deal = self.frame.deal;
        match fact.owner {
            Owner::Deal => ask(&View::new(&basics.deal_facts, &deal.facts), &fact.name),
            Owner::Item => self.the_item().map_or(Truth::Unknown, |(item, _)| {
                ask(&View::new(&basics.item_facts, &item.facts), &fact.name)
            }),
            Owner::Party(role) => {
                let mut parties = deal.parties.iter().filter(|p| p.role == role).peekable();
                if parties.peek().is_none() {
                    // A deal that names no such party may still tell the fact for all.
                    let none = Facts::new();
                    let facts = if deal.facts.contains_key(&fact.name) { &deal.facts } else { &none };
                    return ask(&View::new(&basics.deal_facts, facts), &fact.name);
                }
                Truth::any(parties.map(|p| ask(&View::new(&basics.deal_facts, &p.facts), &fact.name)))
            }
        }
    }

    fn any_place(&self, of: Where, ask: impl Fn(&Place) -> Truth) -> Truth {
        let deal = self.frame.deal;
        let one = |place: Option<&Place>| place.map_or(Truth::Unknown, &ask);
        match of {
            Where::From => one(deal.from.as_ref()),
            Where::To => one(deal.to.as_ref()),
            // A deal that names no stop goes directly.
            Where::Via => Truth::any(deal.legs.iter().map(|leg| ask(&leg.place))),
            Where::Origin => {
                let origin = self.the_item().and_then(|(item, _)| item.origin).map(Place::from);
                one(origin.as_ref())
            }
            Where::Party(role) => {
                let states: Vec<Option<StateCode>> = deal
                    .parties
                    .iter()
                    .filter(|p| p.role == role)
                    .map(|p| p.state.or(p.nationality))
                    .collect();
                if states.is_empty() {
                    return Truth::Unknown;
                }
                Truth::any(states.into_iter().map(|s| s.map_or(Truth::Unknown, |s| ask(&s.into()))))
            }
            Where::Actor => {
                use comity_model::deal::Role;
                let actors: Vec<_> =
                    deal.parties.iter().filter(|p| matches!(p.role, Role::Exporter | Role::Broker)).collect();
                if actors.is_empty() {
                    return Truth::Unknown;
                }
                Truth::any(
                    actors
                        .into_iter()
                        .map(|p| p.nationality.or(p.state).map_or(Truth::Unknown, |s| ask(&s.into()))),
                )
            }
        }
    }

    fn in_set(&self, place: &Place, set: &PlaceSet) -> Truth {
        match set {
            PlaceSet::States(states) => states.contains(&place.state).into(),
            PlaceSet::Area => self
                .pack
                .area
                .iter()
                .any(|(state, period)| *state == place.state && period.contains(self.frame.day))
                .into(),
            PlaceSet::Table { table, column } => {
                self.pack.tables.get(table).map_or(Truth::Unknown, |t| {
                    cell(t, place.state.as_str(), column.as_deref(), self.frame.day)
                })
            }
        }
    }

    fn on_list(&self, list: &str, classified: &'a Classified) -> Option<(usize, &'a OnList)> {
        let index = self.frame.book.controls().iter().position(|l| l.id == list)?;
        Some((index, classified.on(index)?))
    }

    fn under(&self, set: &ItemSet, classified: &'a Classified) -> Truth {
        match set {
            ItemSet::List(list) => self.on_list(list, classified).map_or(Truth::Unknown, |(_, on)| {
                if !on.matched.is_empty() {
                    Truth::True
                } else if on.open.is_empty() && on.not_encoded.is_empty() {
                    Truth::False
                } else {
                    Truth::Unknown
                }
            }),
            ItemSet::Code { list, code } => self.under_code(list, code, classified),
            ItemSet::Category { list, prefix } => {
                self.on_list(list, classified).map_or(Truth::Unknown, |(index, on)| {
                    self.by_codes(index, on, |code| code.starts_with(prefix.as_str()).into())
                })
            }
            ItemSet::Table { list, table, column } => {
                let Some(table) = self.pack.tables.get(table) else { return Truth::Unknown };
                let mut truth = Truth::False;
                for (key, _) in table.rows.iter() {
                    if let Some(column) = column
                        && !cell(table, key, Some(column), self.frame.day).is_true()
                    {
                        continue;
                    }
                    let (list, code) = key.split_once(':').unwrap_or((list, key));
                    truth = truth.or(self.under_code(list, code, classified));
                    if truth.is_true() {
                        break;
                    }
                }
                truth
            }
        }
    }

    fn under_code(&self, list: &str, code: &str, classified: &'a Classified) -> Truth {
        self.on_list(list, classified).map_or(Truth::Unknown, |(index, on)| {
            self.by_codes(index, on, |at| {
                if is_under(at, code) {
                    Truth::True
                } else if is_under(code, at) {
                    Truth::Unknown
                } else {
                    Truth::False
                }
            })
        })
    }

    /// Matched codes count as they are; open and unencoded ones count as unknown where they could be meant.
    fn by_codes(&self, list: usize, on: &OnList, meant: impl Fn(&str) -> Truth) -> Truth {
        let mut truth = Truth::any(on.matched.iter().map(|at| meant(&at.code)));
        if truth.is_true() {
            return truth;
        }
        if on.open.iter().any(|at| !meant(&at.code).is_false()) {
            truth = truth.or(Truth::Unknown);
        }
        let entries = self.frame.book.controls().get(list).map_or(&[][..], |l| &l.entries);
        if on.not_encoded.iter().any(|n| entries.get(n.entry).is_some_and(|e| !meant(&e.code).is_false())) {
            truth = truth.or(Truth::Unknown);
        }
        // An unencoded head may hold the paragraph that is asked for.
        truth
    }

    /// Whether a provision of the pack's list that names the item states this reason.
    fn reason(&self, column: &str, item: &Item, classified: &'a Classified) -> Truth {
        let Some((index, list)) = self.list.and_then(|i| Some((i, self.frame.book.controls().get(i)?)))
        else {
            return Truth::Unknown;
        };
        let Some(on) = classified.on(index) else { return Truth::Unknown };
        let judge = Judge::new(self.frame, list, item);
        let states = |at: &At| -> Truth {
            let Some(entry) = list.entries.get(at.entry) else { return Truth::Unknown };
            let Some(version) = at.version.and_then(|v| entry.versions.get(v)) else { return Truth::Unknown };
            let path = version.provisions.get(at.provision).map_or("", |p| p.path.as_str());
            Truth::any(
                version
                    .reasons
                    .iter()
                    .filter(|r| r.column == column && r.scope.iter().any(|scope| path_under(path, scope)))
                    .map(|r| judge.reason_holds(r.when.as_ref())),
            )
        };
        let mut truth = Truth::any(on.matched.iter().map(&states));
        if truth != Truth::True {
            if on.open.iter().any(|at| !states(at).is_false()) {
                truth = truth.or(Truth::Unknown);
            }
            if !on.not_encoded.is_empty() {
                truth = truth.or(Truth::Unknown);
            }
        }
        truth
    }

    fn agreed(&self, set: &[AgreedIn], classified: &'a Classified) -> Truth {
        let meets = |agreed: &BTreeSet<AgreedIn>| set.iter().any(|a| agreed.contains(a));
        let mut truth = Truth::False;
        for (list, on) in self.frame.book.controls().iter().zip(&classified.lists) {
            if on.matched.iter().any(|at| agreed_in(list, at).is_some_and(&meets)) {
                return Truth::True;
            }
            let open = on.open.iter().any(|at| agreed_in(list, at).is_some_and(&meets))
                || on
                    .not_encoded
                    .iter()
                    .any(|n| list.entries.get(n.entry).is_some_and(|e| meets(&e.agreed_in)));
            if open {
                truth = Truth::Unknown;
            }
        }
        truth
    }

    fn party_on(&self, list: &str, programmes: &[String], roles: &[comity_model::deal::Role]) -> Truth {
        let deal = self.frame.deal;
        let concerned = |index: usize| {
            roles.is_empty() || deal.parties.get(index).is_some_and(|p| roles.contains(&p.role))
        };
        let is_list = |id: &str| id == list || (list == OWN && id.split('/').next() == Some(OWN));
        if !self.evidence.lists.iter().any(|l| is_list(l)) {
            // A list that this lawbook cannot read at all is outside of what it covers: the answer names it (`lists_not_covered`). A list
            // that it can read and that is not on this machine is unknown.
            let readable = self.frame.book.basics().lists.iter().any(|s| s.id.as_str() == list);
            return if readable { Truth::Unknown } else { Truth::False };
        }
        if deal.parties.is_empty() || self.evidence.parties.is_empty() {
            return Truth::Unknown;
        }
        let mut truth = Truth::False;
        for (_, party) in self.evidence.parties.iter().enumerate().filter(|(i, _)| concerned(*i)) {
            if party.status == PartyStatus::NotScreened {
                truth = truth.or(Truth::Unknown);
            }
            for hit in &party.hits {
                let own = !hit.evidence.iter().any(|e| e.starts_with("owner of the party"));
                for measure in hit.measures.iter().filter(|m| is_list(&m.list)) {
                    if !programmes.is_empty() && !measure.programmes.iter().any(|p| programmes.contains(p)) {
                        continue;
                    }
                    let sure = hit.status == PartyStatus::Hit && own;
                    let here = match measure.status.parse::<MeasureStatus>() {
                        Ok(MeasureStatus::InForce) if sure => Truth::True,
                        Ok(MeasureStatus::Contested) if sure => {
                            match self.mandate_row(&measure.list, &hit.id) {
                                Some((id, positions)) => match self.chosen.get(id.as_str()) {
                                    Some(chosen) => positions.iter().any(|p| p == chosen).into(),
                                    None => Truth::Unknown,
                                },
                                None => Truth::Unknown,
                            }
                        }
                        Ok(
                            MeasureStatus::InForce | MeasureStatus::Contested | MeasureStatus::Unconfirmed,
                        )
                        | Err(_) => Truth::Unknown,
                        Ok(
                            MeasureStatus::Suspended
                            | MeasureStatus::Stopped
                            | MeasureStatus::Expired
                            | MeasureStatus::Removed,
                        ) => Truth::False,
                    };
                    truth = truth.or(here);
                }
            }
        }
        truth
    }

    fn knows(&self, level: Knows, class: UseClass) -> Truth {
        let end_use = &self.frame.deal.end_use;
        if level == Knows::Informed {
            if let Some(informed) = &end_use.informed {
                return informed.contains(&class).into();
            }
            return match self.frame.deal.facts.get(INFORMED_BY_AUTHORITY).map(|f| &f.value) {
                Some(FactValue::Truth(false)) => Truth::False,
                _ => Truth::Unknown,
            };
        }
        // Who states a purpose knows it.
        if end_use.purpose.as_ref().is_some_and(|stated| stated.contains(&class)) {
            return Truth::True;
        }
        let Some(known) = end_use.knowledge.as_ref().and_then(|k| k.of(class)) else { return Truth::Unknown };
        let wanted = match level {
            Knows::Aware | Knows::Informed => KnowledgeLevel::Know,
            Knows::ShouldKnow => KnowledgeLevel::ShouldKnow,
            Knows::Suspects => KnowledgeLevel::Suspect,
        };
        (known >= wanted).into()
    }

    /// Party lists that rules of this law ask for and that the lawbook cannot read, in the order of the rules.
    #[must_use]
    pub fn lists_not_covered(&self) -> BTreeSet<String> {
        let readable = |list: &str| self.frame.book.basics().lists.iter().any(|s| s.id.as_str() == list);
        let mut found = BTreeSet::new();
        for rule in &self.pack.rules {
            rule.when.for_each_test(&mut |test| {
                if let Test::PartyOn { lists, .. } = test {
                    found.extend(
                        lists
                            .iter()
                            .filter(|l| *l != OWN && !readable(l) && !self.evidence.lists.contains(*l))
                            .cloned(),
                    );
                }
            });
        }
        found
    }

    /// Open tests of this law's hooks, rules and gaps, each once.
    #[must_use]
    pub fn open_tests(&self) -> Vec<&'a Test> {
        let mut open: Vec<&'a Test> = Vec::new();
        let decided = self.decide();
        let mut look = |expr: &'a Expr| {
            collect(expr, &mut |test| {
                if self.test(test) == Truth::Unknown && !open.contains(&test) {
                    open.push(test);
                }
            });
        };
        for (hook, truth) in self.pack.hooks.iter().zip(&decided.hooks) {
            if *truth == Truth::Unknown {
                look(&hook.when);
            }
        }
        for (rule, truth) in self.pack.rules.iter().zip(&decided.rules) {
            if *truth == Truth::Unknown {
                look(&rule.when);
            }
        }
        for (gap, truth) in self.pack.gaps.iter().zip(&decided.gaps) {
            if *truth == Truth::Unknown {
                look(&gap.when);
            }
        }
        open
    }

    /// Of the open tests, those whose value could still change the answer. Exact while they are few; beyond that, those that change an end
    /// when they alone are settled, or all of them if none does.
    #[must_use]
    pub fn decisive_tests(&self) -> Vec<&'a Test> {
        let open = self.open_tests();
        let ends = |assumed: Vec<(&'a Test, Truth)>| {
            let court = Court { assumed, chosen: self.chosen.clone(), ..*self };
            let decided = court.decide();
            (decided.best, decided.worst)
        };
        let values = [Truth::False, Truth::True];
        if open.len() <= EXACT_TESTS_MAX {
            let count = open.len();
            let table: Vec<(Outcome, Outcome)> = (0..1usize << count)
                .map(|row| {
                    ends(open.iter().enumerate().map(|(i, t)| (*t, Truth::from(row >> i & 1 == 1))).collect())
                })
                .collect();
            return open
                .iter()
                .enumerate()
                .filter(|(i, _)| (0..table.len()).any(|row| table.get(row) != table.get(row ^ (1 << i))))
                .map(|(_, test)| *test)
                .collect();
        }
        let now = ends(Vec::new());
        let single: Vec<&'a Test> = open
            .iter()
            .copied()
            .filter(|test| values.iter().any(|v| ends(vec![(*test, *v)]) != now))
            .collect();
        if single.is_empty() { open } else { single }
    }
}

/// The provision that a stated code means: the one of that code with an executable form, or the bare code.
fn stated(list: &ControlList, code: &str, day: Day) -> Option<At> {
    let index = *list.by_code.get(head(code))? as usize;
    let entry = list.entries.get(index)?;
    let version = entry.versions.iter().position(|v| v.period.contains(day));
    let provision = version.and_then(|v| {
        entry
            .versions
            .get(v)?
            .provisions
            .iter()
            .position(|p| is_under(code, &crate::classify::join(&entry.code, &p.path)))
    });
    let version = provision.and(version);
    Some(At { entry: index, version, provision: provision.unwrap_or(0), code: code.to_owned() })
}

fn asks_beyond_the_item(when: &Expr) -> bool {
    let mut found = false;
    when.for_each_test(&mut |test| {
        found |= matches!(
            test,
            Test::PartyOn { .. } | Test::Use(_) | Test::Knowledge { .. } | Test::Content { .. }
        );
    });
    found
}

/// So many open tests are tried in all combinations.
const EXACT_TESTS_MAX: usize = 8;

fn collect<'e>(expr: &'e Expr, visit: &mut impl FnMut(&'e Test)) {
    match expr {
        Expr::Const(_) => {}
        Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|p| collect(p, visit)),
        Expr::Not(inner) => collect(inner, visit),
        Expr::Test(test) => visit(test),
    }
}

/// Whether a row has a mark in a column; without a column, whether there is a row.
fn cell(table: &Table, key: &str, column: Option<&str>, day: Day) -> Truth {
    if table.pointers.iter().any(|p| p == key) {
        return Truth::Unknown;
    }
    let key = table.inherit.get(key).map_or(key, String::as_str);
    if table.pointers.iter().any(|p| p == key) {
        return Truth::Unknown;
    }
    let Some(rows) = table.rows.get(key) else {
        return match table.miss {
            Miss::False => Truth::False,
            Miss::Unknown => Truth::Unknown,
        };
    };
    let mut here = rows.iter().filter(|(period, _)| period.contains(day)).map(|(_, marks)| *marks).peekable();
    match column {
        None => here.peek().is_some().into(),
        Some(column) => match table.columns.iter().position(|c| c == column) {
            Some(bit) => here.any(|marks| marks >> bit & 1 == 1).into(),
            None => Truth::Unknown,
        },
    }
}

/// Whether a tariff code lies in a range, compared on as many digits as both have; a shorter code may be open.
fn in_range(hs: &str, range: &HsRange) -> Truth {
    let cut = |text: &str, n: usize| text.get(..n.min(text.len())).unwrap_or("").to_owned();
    let (first, last) = (&range.first, &range.last);
    let above = cut(hs, first.len()).cmp(&cut(first, hs.len()));
    let below = cut(hs, last.len()).cmp(&cut(last, hs.len()));
    use std::cmp::Ordering::{Equal, Greater, Less};
    match (above, below) {
        (Less, _) | (_, Greater) => Truth::False,
        (Equal, _) if hs.len() < first.len() => Truth::Unknown,
        (_, Equal) if hs.len() < last.len() => Truth::Unknown,
        _ => Truth::True,
    }
}

/// The kinds of hook by which a law surely or perhaps reaches.
#[must_use]
pub fn hook_kinds(pack: &Pack, hooks: &[Truth]) -> Vec<HookKind> {
    let mut kinds: Vec<HookKind> =
        pack.hooks.iter().zip(hooks).filter(|(_, t)| t.is_true()).map(|(h, _)| h.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tariff_codes_compare_on_the_digits_they_have() {
        let range = |first: &str, last: &str| HsRange { first: first.into(), last: last.into() };
        assert_eq!(in_range("850440", &range("84", "85")), Truth::True);
        assert_eq!(in_range("860000", &range("84", "85")), Truth::False);
        assert_eq!(in_range("85", &range("850440", "850440")), Truth::Unknown);
        assert_eq!(in_range("8504", &range("850440", "850440")), Truth::Unknown);
        assert_eq!(in_range("850450", &range("850440", "850440")), Truth::False);
        assert_eq!(in_range("85044090", &range("850440", "850440")), Truth::True);
        assert_eq!(in_range("77", &range("72", "76")), Truth::False);
    }

    #[test]
    fn pointer_rows_are_never_read_as_blanks() {
        let table = Table {
            columns: vec!["A".into()],
            rows: BTreeMap::from([
                (
                    "XA".into(),
                    vec![("..2022-05-02".parse().unwrap(), 1), ("2022-05-03..".parse().unwrap(), 0)],
                ),
                ("XB".into(), vec![(Default::default(), 0)]),
            ]),
            miss: Miss::Unknown,
            inherit: BTreeMap::from([("XC".into(), "XA".into())]),
            pointers: vec!["XB".into()],
            source: String::new(),
        };
        let on = |day: &str, key: &str, column: Option<&str>| cell(&table, key, column, day.parse().unwrap());
        assert_eq!(on("2022-05-02", "XA", Some("A")), Truth::True);
        assert_eq!(on("2022-05-03", "XA", Some("A")), Truth::False);
        assert_eq!(on("2022-05-02", "XB", Some("A")), Truth::Unknown);
        assert_eq!(on("2022-05-02", "XC", Some("A")), Truth::True);
        assert_eq!(on("2022-05-02", "XD", Some("A")), Truth::Unknown);
        assert_eq!(on("2022-05-03", "XA", None), Truth::True);
    }
}
