//! Decision: every pack on every item. Hooks say which law speaks; all its requirements and prohibitions fire unordered; authorisations
//! cancel the requirements they name; restrictions remove authorisations. Packs never cancel each other.
//!
//! Each law is judged twice, at its best and its worst end. In the worst case all that is true or unknown fires and only authorisations
//! that surely hold relieve; the best case is the reverse. If both ends agree the law is settled; if not it is undetermined, and the best
//! end is never the headline. Where States differ on a rule, the law is judged once per position.

mod conditions;
mod listed;

use std::collections::{BTreeMap, BTreeSet};

use comity_model::answer::PartyAnswer;
use comity_model::date::Day;
use comity_model::expr::{Expr, Test};
use comity_model::listing::MeasureStatus;
use comity_model::mandate::Evidence;
use comity_model::rule::{Effect, EndOfStay, Gap, Hook, HookKind, Outcome, Pack, Rule};
use comity_model::truth::Truth;

use crate::classify::{Classified, Frame};
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
        self.decide_from(None)
    }

    /// The decision, where what an earlier one settled stays as it is: more knowledge never unsettles it. Of the open rules only those in the
    /// set are looked at again.
    fn decide_from(&self, before: Option<(&Decided, &BTreeSet<usize>)>) -> Decided {
        let settled = |of: fn(&Decided) -> &Vec<Truth>, index: usize| -> Option<Truth> {
            before.and_then(|(decided, _)| of(decided).get(index).copied()).filter(|truth| truth.is_known())
        };
        let hook = |(index, hook): (usize, &Hook)| {
            settled(|d| &d.hooks, index).unwrap_or_else(|| {
                let truth = self.truth(&hook.when);
                if hook.evidence == Evidence::Memory { truth.at_most_unknown() } else { truth }
            })
        };
        let hooks: Vec<Truth> = self.pack.hooks.iter().enumerate().map(hook).collect();
        let reaches = |indexes: &[u16]| {
            Truth::any(indexes.iter().map(|i| hooks.get(usize::from(*i)).copied().unwrap_or(Truth::Unknown)))
        };
        let any_hook = Truth::any(hooks.iter().copied());
        let rule = |(index, rule): (usize, &Rule)| {
            if let Some(truth) = settled(|d| &d.rules, index) {
                return truth;
            }
            if before.is_some_and(|(_, relevant)| !relevant.contains(&index)) {
                return Truth::Unknown;
            }
            let mut truth = reaches(&rule.hooks).and(self.force(rule).truth());
            if !truth.is_false() {
                truth = truth.and(self.truth(&rule.when));
            }
            if rule.evidence == Evidence::Memory { truth.at_most_unknown() } else { truth }
        };
        let rules: Vec<Truth> = self.pack.rules.iter().enumerate().map(rule).collect();
        let gap = |(index, gap): (usize, &Gap)| {
            if let Some(truth) = settled(|d| &d.gaps, index) {
                return truth;
            }
            let reach = if gap.hooks.is_empty() { any_hook } else { reaches(&gap.hooks) };
            if reach.is_false() || !self.position_holds(gap.dispute.as_ref()) {
                return Truth::False;
            }
            reach.and(self.truth(&gap.when))
        };
        let gaps: Vec<Truth> = self.pack.gaps.iter().enumerate().map(gap).collect();
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
                if let Some(row) =
                    self.mandate_row(&measure.list, measure.listing.as_ref().unwrap_or(&hit.id))
                {
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

    /// Party lists that rules of this law ask for, that are not here, and that this machine is not expected to have: the lawbook cannot read them, or their publisher
    /// gives them out on request only. In the order of the rules.
    #[must_use]
    pub fn lists_not_covered(&self) -> BTreeSet<String> {
        let expected = |list: &str| self.frame.book.basics().sources.expected(list);
        let mut found = BTreeSet::new();
        for rule in &self.pack.rules {
            rule.when.for_each_test(&mut |test| {
                if let Test::PartyOn { lists, .. } = test {
                    found.extend(
                        lists
                            .iter()
                            .filter(|l| *l != OWN && !expected(l) && !self.evidence.lists.contains(*l))
                            .cloned(),
                    );
                }
            });
        }
        found
    }

    /// Rules that can have a part in the answer: those that ask for something, authorisations that could cancel it, restrictions on these.
    fn relevant_rules(&self, decided: &Decided) -> BTreeSet<usize> {
        let alive = || {
            self.pack.rules.iter().zip(&decided.rules).enumerate().filter(|(_, (_, truth))| !truth.is_false())
        };
        let (mut relevant, mut asked, mut granted) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (index, (rule, _)) in alive() {
            match &rule.effect {
                Effect::RequireLicence(name)
                | Effect::RequireTransferLicence(name)
                | Effect::PresumptionOfDenial(name)
                | Effect::NotifyAndWait(name) => {
                    asked.insert(name);
                    relevant.insert(index);
                }
                Effect::Prohibit(_) | Effect::OtherAuthority(_) | Effect::Duty(_) => {
                    relevant.insert(index);
                }
                Effect::Authorise { .. } | Effect::Restrict(_) => {}
            }
        }
        for (index, (rule, _)) in alive() {
            if let Effect::Authorise { name, cancels } = &rule.effect
                && cancels.iter().any(|c| asked.contains(c))
            {
                granted.insert(name);
                relevant.insert(index);
            }
        }
        for (index, (rule, _)) in alive() {
            if matches!(&rule.effect, Effect::Restrict(names) if names.iter().any(|n| granted.contains(n))) {
                relevant.insert(index);
            }
        }
        relevant
    }

    /// Open tests of this law's hooks, rules and gaps, each once.
    #[must_use]
    pub fn open_tests(&self) -> Vec<&'a Test> {
        let mut open: Vec<&'a Test> = Vec::new();
        let decided = self.decide();
        let mut look = |expr: &'a Expr| self.collect(expr, &mut open);
        let relevant = self.relevant_rules(&decided);
        for (hook, truth) in self.pack.hooks.iter().zip(&decided.hooks) {
            if *truth == Truth::Unknown {
                look(&hook.when);
            }
        }
        for (index, (rule, truth)) in self.pack.rules.iter().zip(&decided.rules).enumerate() {
            if *truth == Truth::Unknown && relevant.contains(&index) {
                look(&rule.when);
            }
        }
        for (gap, truth) in self.pack.gaps.iter().zip(&decided.gaps) {
            if *truth == Truth::Unknown && gap.worst > decided.best {
                look(&gap.when);
            }
        }
        open
    }

    /// Open tests that an open condition hangs on: parts that are settled already hide what stands in them.
    fn collect(&self, expr: &'a Expr, into: &mut Vec<&'a Test>) {
        if self.truth(expr).is_known() {
            return;
        }
        match expr {
            Expr::Const(_) => {}
            Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| self.collect(part, into)),
            Expr::Not(inner) => self.collect(inner, into),
            Expr::Test(test) => {
                if !into.contains(&test) {
                    into.push(test);
                }
            }
        }
    }

    /// Of the open tests, those whose value could still change the answer: found by trying all combinations while they are few. Beyond that
    /// all open tests of rules that can have a part are named; none that matters is left out.
    #[must_use]
    pub fn decisive_tests(&self) -> Vec<&'a Test> {
        let open = self.open_tests();
        let decided = self.decide();
        let relevant = self.relevant_rules(&decided);
        let ends = |assumed: Vec<(&'a Test, Truth)>| {
            let court = Court { assumed, chosen: self.chosen.clone(), ..*self };
            let then = court.decide_from(Some((&decided, &relevant)));
            (then.best, then.worst)
        };
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
        open
    }
}

/// So many open tests are tried in all combinations.
const EXACT_TESTS_MAX: usize = 8;

/// The kinds of hook by which a law surely or perhaps reaches.
#[must_use]
pub fn hook_kinds(pack: &Pack, hooks: &[Truth]) -> Vec<HookKind> {
    let mut kinds: Vec<HookKind> =
        pack.hooks.iter().zip(hooks).filter(|(_, t)| t.is_true()).map(|(h, _)| h.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}
