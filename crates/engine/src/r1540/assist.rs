//! Assistance: which offers meet a request and why, what a State could ask for, what is due, how old each request is, and the figures of the
//! log.
//!
//! A suggestion tells what met and what did not. Nothing is weighed in secret: offers are in the order of the number of criteria met, then of
//! the alphabet. What a source does not say is unknown: it neither meets a criterion nor rules an offer out. No figure is computed of a State.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::assistance::{
    Ageing, Alias, Assistance, Calendar, Counted, Counts, Course, Covers, Help, Offer, Procedure, Region,
    Request, Topic, UNSPECIFIED, Who,
};
use comity_model::date::Day;
use comity_model::r1540::{CellValue, R1540, Weapon};
use comity_model::standing::States;
use comity_model::{StateCode, Truth};

use crate::procedure::{self, CourseFault, Move, Running, Stand};

/// What an offer must meet to be suggested, in the order in which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gate {
    /// It stands on the day.
    Valid,
    /// It shares a topic, or the wider one of a topic.
    Topic,
    /// Its region covers the requester, or may.
    Region,
}

impl Gate {
    /// For a reader.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid on the day",
            Self::Topic => "topic",
            Self::Region => "region",
        }
    }
}

/// What the words of a request or an offer are read as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading<'a> {
    /// Topics, with the word that stands for each.
    pub topics: Vec<(&'a Topic, String)>,
    /// Kinds of help that the words name.
    pub kinds: BTreeSet<Help>,
    /// Words that have a row and no counterpart.
    pub without_counterpart: Vec<&'a Alias>,
    /// Words that nobody has looked at.
    pub unmapped: Vec<String>,
}

/// What words are read as: topics as they stand, others by the aliases; what has no reading is kept and told.
#[must_use]
pub fn read_words<'a>(all: &'a Assistance, words: &[String]) -> Reading<'a> {
    let mut reading = Reading::default();
    for word in words {
        if let Some(topic) = all.topic(word) {
            reading.topics.push((topic, word.clone()));
        } else if let Ok(at) = all.aliases.binary_search_by(|a| a.word.as_str().cmp(word)) {
            let Some(alias) = all.aliases.get(at) else { continue };
            reading
                .topics
                .extend(alias.topics.iter().filter_map(|t| all.topic(t)).map(|t| (t, word.clone())));
            reading.kinds.extend(alias.kinds.iter().copied());
            if alias.topics.is_empty() && alias.kinds.is_empty() {
                reading.without_counterpart.push(alias);
            }
        } else {
            reading.unmapped.push(word.clone());
        }
    }
    let mut seen = BTreeSet::new();
    reading.topics.retain(|(topic, _)| seen.insert(&topic.id));
    reading
}

/// How a criterion beside the gates came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Met {
    /// Both sides name these.
    Yes(Vec<String>),
    /// Both sides name some, and none in common.
    No,
    /// One side does not say.
    NotStated,
}

impl Met {
    fn of<T: Ord + Copy, S: ToString>(
        asked: &BTreeSet<T>,
        offered: &BTreeSet<T>,
        say: impl Fn(T) -> S,
    ) -> Self {
        let common: Vec<String> = asked.intersection(offered).map(|t| say(*t).to_string()).collect();
        if asked.is_empty() || offered.is_empty() {
            Self::NotStated
        } else if common.is_empty() {
            Self::No
        } else {
            Self::Yes(common)
        }
    }

    /// Whether it is met.
    #[must_use]
    pub fn is_met(&self) -> bool {
        matches!(self, Self::Yes(_))
    }
}

/// A topic in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedTopic<'a> {
    /// The topic of the request.
    pub asked: &'a Topic,
    /// The topic of the offer; the same, or the wider one of the two, or the narrower.
    pub offered: &'a Topic,
    /// The word of the offer that is read so.
    pub word: String,
}

/// Whether a region covers the requester.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered<'a> {
    /// True: by a region that names it; unknown: none does, and one does not say whom it covers.
    pub truth: Truth,
    /// The region, or the code of the State, that decides; empty where the offer names none.
    pub by: &'a str,
    /// The region, where it is one.
    pub region: Option<&'a Region>,
}

/// An offer that meets a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion<'a> {
    /// The offer.
    pub offer: &'a Offer,
    /// Topics in common; never empty.
    pub topics: Vec<SharedTopic<'a>>,
    /// Topics of the request that the offer does not meet.
    pub topics_not_met: Vec<&'a Topic>,
    /// Region.
    pub region: Covered<'a>,
    /// Language.
    pub language: Met,
    /// Kind of weapon.
    pub weapon: Met,
    /// Kind of help.
    pub kind: Met,
    /// Neither begin nor end of the offer is stated.
    pub validity_not_stated: bool,
    /// How many of the five criteria are met: topic, region, language, weapon, kind of help.
    pub met: usize,
}

/// How many criteria there are.
pub const CRITERIA: usize = 5;

/// What was found for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched<'a> {
    /// What the words of the request are read as.
    pub reading: Reading<'a>,
    /// Suggestions, those that meet most first, then by the alphabet.
    pub suggestions: Vec<Suggestion<'a>>,
    /// How many offers were left after each gate.
    pub left: [(Gate, usize); 3],
    /// How many offers there were.
    pub offers: usize,
    /// The gate that left none.
    pub emptied_by: Option<Gate>,
}

/// An offer as it is compared.
struct Ready<'a> {
    offer: &'a Offer,
    topics: Vec<(&'a Topic, String)>,
    languages: BTreeSet<&'a str>,
    weapons: BTreeSet<Weapon>,
    kinds: BTreeSet<Help>,
    name: String,
}

/// Offers made ready for many requests.
pub struct Desk<'a> {
    all: &'a Assistance,
    states: &'a States,
    r1540: &'a R1540,
    offers: Vec<Ready<'a>>,
    /// The weapon of a topic's fields, where all have the same.
    weapon_of: BTreeMap<&'a str, Weapon>,
}

impl<'a> Desk<'a> {
    /// Makes offers ready.
    #[must_use]
    pub fn new(
        all: &'a Assistance,
        states: &'a States,
        r1540: &'a R1540,
        offers: impl IntoIterator<Item = &'a Offer>,
    ) -> Self {
        let weapon_of =
            all.topics.iter().filter_map(|t| Some((t.id.as_str(), only_weapon(t, r1540)?))).collect();
        let mut desk = Self { all, states, r1540, offers: Vec::new(), weapon_of };
        desk.offers = offers.into_iter().map(|offer| desk.ready(offer)).collect();
        desk
    }

    fn ready(&self, offer: &'a Offer) -> Ready<'a> {
        let reading = read_words(self.all, &offer.topics);
        let name = offer.provider.state().and_then(|code| self.states.name(code));
        Ready {
            offer,
            languages: offer.languages.iter().map(String::as_str).collect(),
            weapons: self.weapons(&offer.weapons, &[], &reading.topics),
            kinds: offer.kinds.iter().copied().chain(reading.kinds).collect(),
            name: comity_model::standing::fold(name.unwrap_or(offer.provider.name())),
            topics: reading.topics,
        }
    }

    /// Kinds of weapon: as stated, else those of the fields, else those of topics whose fields all have the same.
    fn weapons(&self, stated: &[Weapon], fields: &[String], topics: &[(&Topic, String)]) -> BTreeSet<Weapon> {
        if !stated.is_empty() {
            return stated.iter().copied().collect();
        }
        let of_fields: BTreeSet<Weapon> = fields
            .iter()
            .filter_map(|id| self.r1540.field(id))
            .map(|f| f.weapon)
            .filter(|w| *w != Weapon::Any)
            .collect();
        if !of_fields.is_empty() {
            return of_fields;
        }
        topics.iter().filter_map(|(topic, _)| self.weapon_of.get(topic.id.as_str()).copied()).collect()
    }

    /// The offers that meet a request on a day.
    #[must_use]
    pub fn matched(&self, request: &Request, day: Day) -> Matched<'a> {
        let reading = read_words(self.all, &request.topics);
        let languages: BTreeSet<&str> = request.languages.iter().map(String::as_str).collect();
        let weapons = self.weapons(&request.weapons, &request.fields, &reading.topics);
        let kinds: BTreeSet<Help> =
            request.kinds.iter().copied().chain(reading.kinds.iter().copied()).collect();
        let mut left = [(Gate::Valid, 0), (Gate::Topic, 0), (Gate::Region, 0)];
        let mut pass = |gate: Gate| {
            left.iter_mut().filter(|(g, _)| *g == gate).for_each(|(_, n)| *n += 1);
        };
        let mut ranked: Vec<(&Ready<'a>, Suggestion<'a>)> = Vec::new();
        for ready in &self.offers {
            if !ready.offer.period.contains(day) {
                continue;
            }
            pass(Gate::Valid);
            let topics = shared(&reading.topics, &ready.topics);
            if topics.is_empty() {
                continue;
            }
            pass(Gate::Topic);
            let region = self.covers(ready.offer, request);
            if region.truth == Truth::False {
                continue;
            }
            pass(Gate::Region);
            let met_by = |topic: &Topic| topics.iter().any(|s| s.asked.id == topic.id);
            let topics_not_met = reading.topics.iter().map(|(t, _)| *t).filter(|t| !met_by(t)).collect();
            let language = Met::of(&languages, &ready.languages, |l| l);
            let weapon = Met::of(&weapons, &ready.weapons, |w| w.plain());
            let kind = Met::of(&kinds, &ready.kinds, |k| k.word());
            let met = 1
                + usize::from(region.truth == Truth::True)
                + [&language, &weapon, &kind].into_iter().filter(|m| m.is_met()).count();
            let validity_not_stated = ready.offer.period.from.is_none() && ready.offer.period.to.is_none();
            ranked.push((
                ready,
                Suggestion {
                    offer: ready.offer,
                    topics,
                    topics_not_met,
                    region,
                    language,
                    weapon,
                    kind,
                    validity_not_stated,
                    met,
                },
            ));
        }
        ranked.sort_by(|(a, x), (b, y)| {
            y.met.cmp(&x.met).then_with(|| a.name.cmp(&b.name)).then_with(|| a.offer.id.cmp(&b.offer.id))
        });
        let emptied_by = left.iter().find(|(_, n)| *n == 0).map(|(gate, _)| *gate);
        Matched {
            reading,
            suggestions: ranked.into_iter().map(|(_, s)| s).collect(),
            left,
            offers: self.offers.len(),
            emptied_by,
        }
    }

    /// Whether an offer covers a requester.
    fn covers(&self, offer: &'a Offer, request: &Request) -> Covered<'a> {
        let mut best = Covered { truth: Truth::False, by: "", region: None };
        if offer.regions.is_empty() {
            best.truth = Truth::Unknown;
        }
        for by in &offer.regions {
            let region = self.all.region(by);
            let truth = match (region, by.parse::<StateCode>()) {
                (Some(region), _) => self.region_covers(region, request),
                (None, Ok(code)) => Truth::from(request.requester == Who::State(code)),
                (None, Err(_)) => Truth::Unknown,
            };
            let better = match truth {
                Truth::True => best.truth != Truth::True,
                Truth::Unknown => best.truth == Truth::False,
                Truth::False => false,
            };
            if better {
                best = Covered { truth, by, region };
            }
        }
        best
    }

    fn region_covers(&self, region: &Region, request: &Request) -> Truth {
        if let Some(code) = request.requester.state() {
            return covers_state(region, code, self.states);
        }
        match (&region.covers, self.all.region(&request.region)) {
            (Covers::Everyone, _) => Truth::True,
            (Covers::Unnamed, _) | (_, None) => Truth::Unknown,
            (_, Some(asked)) => match (members(region, self.states), members(asked, self.states)) {
                (Some(covered), Some(asked)) => Truth::from(asked.is_subset(&covered)),
                _ => Truth::Unknown,
            },
        }
    }
}

/// The one weapon that all fields of a topic have; none if they have several or none.
fn only_weapon(topic: &Topic, r1540: &R1540) -> Option<Weapon> {
    if topic.prefix.is_empty() {
        return None;
    }
    let mut weapons = r1540.fields.iter().filter(|f| f.id.starts_with(&topic.prefix)).map(|f| f.weapon);
    let first = weapons.next().filter(|w| *w != Weapon::Any)?;
    weapons.all(|w| w == first).then_some(first)
}

/// Topics in common: the same, or one that is the wider topic of the other. Of several ways the closest is told.
fn shared<'a>(asked: &[(&'a Topic, String)], offered: &[(&'a Topic, String)]) -> Vec<SharedTopic<'a>> {
    let mut found = Vec::new();
    for (topic, _) in asked {
        let same = offered.iter().find(|(o, _)| o.id == topic.id);
        let wider = || offered.iter().find(|(o, _)| topic.parent.as_deref() == Some(o.id.as_str()));
        let narrower = || offered.iter().find(|(o, _)| o.parent.as_deref() == Some(topic.id.as_str()));
        if let Some((offered, word)) = same.or_else(wider).or_else(narrower) {
            found.push(SharedTopic { asked: topic, offered, word: word.clone() });
        }
    }
    found
}

/// Whether a region covers a State.
fn covers_state(region: &Region, code: StateCode, states: &States) -> Truth {
    match &region.covers {
        Covers::Everyone => Truth::True,
        Covers::Unnamed => Truth::Unknown,
        Covers::Group(group) => Truth::from(states.state(code).is_some_and(|s| s.group == *group)),
        Covers::States(named) => Truth::from(named.binary_search(&code).is_ok()),
    }
}

/// The States of a region, where they are known.
fn members(region: &Region, states: &States) -> Option<BTreeSet<StateCode>> {
    match &region.covers {
        Covers::Everyone => Some(states.states.iter().map(|s| s.code).collect()),
        Covers::Unnamed => None,
        Covers::Group(group) => {
            Some(states.states.iter().filter(|s| s.group == *group).map(|s| s.code).collect())
        }
        Covers::States(named) => Some(named.iter().copied().collect()),
    }
}

/// A topic that a State could ask help on, with the fields that suggest it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal<'a> {
    /// The topic.
    pub topic: &'a Topic,
    /// Its fields that show nothing, or an open reference, in the order given.
    pub fields: Vec<(&'a str, CellValue)>,
}

/// Topics by the gaps of a matrix: each field that is blank or open goes to the topic with the longest prefix that its id begins with. Fields
/// of no topic stand apart. Topics are in the order of the alphabet; nothing is sent, and the State chooses.
#[must_use]
pub fn propose<'a>(
    topics: &'a [Topic],
    cells: impl IntoIterator<Item = (&'a str, CellValue)>,
) -> (Vec<Proposal<'a>>, Vec<(&'a str, CellValue)>) {
    let mut by_topic: BTreeMap<&str, Proposal<'a>> = BTreeMap::new();
    let mut without = Vec::new();
    for (field, value) in cells {
        match value {
            CellValue::Blank | CellValue::Open => {}
            CellValue::X | CellValue::Na => continue,
        }
        let fits = topics.iter().filter(|t| !t.prefix.is_empty() && field.starts_with(&t.prefix));
        match fits.max_by_key(|t| t.prefix.len()) {
            Some(topic) => by_topic
                .entry(&topic.id)
                .or_insert_with(|| Proposal { topic, fields: Vec::new() })
                .fields
                .push((field, value)),
            None => without.push((field, value)),
        }
    }
    (by_topic.into_values().collect(), without)
}

/// A request with its log.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// The request.
    pub request: &'a Request,
    /// Its log.
    pub course: &'a Course,
}

/// Where a request stands, or why that cannot be told.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    /// The request.
    pub request: &'a Request,
    /// The state on the day.
    pub stand: Result<Stand<'a>, CourseFault>,
}

/// Where each request stands on a day; one that begins later is left out.
#[must_use]
pub fn placed<'a>(all: &'a Assistance, kept: &[Kept<'a>], day: Day) -> Vec<Placed<'a>> {
    let mut found: Vec<Placed<'a>> = kept
        .iter()
        .filter(|k| k.course.opened <= day)
        .map(|k| Placed { request: k.request, stand: stand_of(all, k.course, day) })
        .collect();
    found.sort_by(|a, b| a.request.id.cmp(&b.request.id));
    found
}

/// The procedure of a course and the calendar of its body.
///
/// # Errors
/// When the data have no such procedure, or no calendar for it.
pub fn rules_of<'a>(
    all: &'a Assistance,
    course: &Course,
) -> Result<(&'a Procedure, &'a Calendar), CourseFault> {
    let procedure = all
        .procedure(&course.procedure)
        .ok_or_else(|| CourseFault::Procedure(format!("no procedure `{}`", course.procedure)))?;
    let calendar = all
        .calendar_of(&procedure.body)
        .ok_or_else(|| CourseFault::Procedure(format!("no calendar for `{}`", procedure.body)))?;
    Ok((procedure, calendar))
}

fn stand_of<'a>(all: &'a Assistance, course: &Course, day: Day) -> Result<Stand<'a>, CourseFault> {
    let (procedure, calendar) = rules_of(all, course)?;
    procedure::stand(procedure, calendar, course, day)
}

/// Something that falls due.
#[derive(Clone, Debug)]
pub struct Due<'a> {
    /// The request.
    pub request: &'a Request,
    /// The state it is in.
    pub state: &'a str,
    /// The clock.
    pub running: Running<'a>,
    /// Its last day.
    pub on: Day,
}

/// What falls due, the earliest first, then by request; what is past stands there too, as long as its state lasts.
#[must_use]
pub fn due<'a>(placed: &[Placed<'a>]) -> Vec<Due<'a>> {
    let mut found: Vec<Due<'a>> = Vec::new();
    for one in placed {
        let Ok(stand) = &one.stand else { continue };
        for running in &stand.timers {
            let Some(on) = running.ends else { continue };
            found.push(Due { request: one.request, state: &stand.state.id, running: running.clone(), on });
        }
    }
    found.sort_by(|a, b| {
        (a.on, &a.request.id, &a.running.timer.id).cmp(&(b.on, &b.request.id, &b.running.timer.id))
    });
    found
}

/// How old a request is in its state.
#[derive(Clone, Debug)]
pub struct Aged<'a> {
    /// The request.
    pub request: &'a Request,
    /// The state.
    pub stand: Stand<'a>,
    /// Days in the state.
    pub days: i64,
    /// Days since the request came in.
    pub days_open: i64,
    /// Clocks that have run out in this state while it waits.
    pub overdue: Vec<Running<'a>>,
}

/// Requests that are still open, by age in their state, the oldest first.
#[must_use]
pub fn ageing<'a>(kept: &[Kept<'a>], placed: &[Placed<'a>], day: Day) -> Vec<Aged<'a>> {
    let mut found: Vec<Aged<'a>> = Vec::new();
    for one in placed {
        let Ok(stand) = &one.stand else { continue };
        if stand.state.ends {
            continue;
        }
        let opened = kept.iter().find(|k| k.request.id == one.request.id).map(|k| k.course.opened);
        let overdue = stand.timers.iter().filter(|t| t.ran_out && !t.timer.every).cloned().collect();
        found.push(Aged {
            request: one.request,
            days: day.days_since(stand.since),
            days_open: opened.map_or(0, |o| day.days_since(o)),
            stand: stand.clone(),
            overdue,
        });
    }
    found.sort_by(|a, b| b.days.cmp(&a.days).then_with(|| a.request.id.cmp(&b.request.id)));
    found
}

/// Days as they were counted, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// Every number, the smallest first.
    pub days: Vec<i64>,
}

impl Spread {
    fn of(mut days: Vec<i64>) -> Self {
        days.sort_unstable();
        Self { days }
    }

    /// The middle, as its double, so that it stays whole; none without a number.
    #[must_use]
    pub fn median_doubled(&self) -> Option<i64> {
        let n = self.days.len();
        let (low, high) = (self.days.get(n.checked_sub(1)? / 2)?, self.days.get(n / 2)?);
        Some(low + high)
    }
}

/// A share with its two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub n: usize,
    /// Of how many.
    pub of: usize,
}

/// Figures of the log. They are of all requests together, never of one requester.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Requests with a log that began by the day.
    pub logged: usize,
    /// Logs that cannot be read, and are in no figure.
    pub unreadable: usize,
    /// Requests that were put before providers.
    pub before_providers: usize,
    /// Offers in the log.
    pub offers: usize,
    /// Requests with an offer, of those put before providers.
    pub answered: Share,
    /// Requests with an offer that was taken, of those with an offer.
    pub matched: Share,
    /// Requests that were completed, of those with an offer that was taken.
    pub completed: Share,
    /// Days from receipt to the first offer.
    pub to_first_offer: Spread,
    /// Days from being put before providers to the first offer.
    pub from_providers_to_offer: Spread,
}

/// Figures of the log on a day.
#[must_use]
pub fn figures(all: &Assistance, kept: &[Kept<'_>], day: Day) -> Figures {
    let mut figures = Figures {
        logged: 0,
        unreadable: 0,
        before_providers: 0,
        offers: 0,
        answered: Share { n: 0, of: 0 },
        matched: Share { n: 0, of: 0 },
        completed: Share { n: 0, of: 0 },
        to_first_offer: Spread::default(),
        from_providers_to_offer: Spread::default(),
    };
    let (mut from_receipt, mut from_providers) = (Vec::new(), Vec::new());
    for one in kept.iter().filter(|k| k.course.opened <= day) {
        figures.logged += 1;
        let Ok(stand) = stand_of(all, one.course, day) else {
            figures.unreadable += 1;
            continue;
        };
        let first = |wanted: &dyn Fn(&Move<'_>) -> bool| stand.moves.iter().find(|m| wanted(m)).map(|m| m.on);
        let offered = first(&|m| m.transition.counts == Some(Counts::Offer));
        let put_before = first(&|m| m.to.shows == Some(Ageing::Unanswered));
        figures.offers += stand.moves.iter().filter(|m| m.transition.counts == Some(Counts::Offer)).count();
        figures.before_providers += usize::from(put_before.is_some());
        if let Some(offered) = offered {
            from_receipt.push(offered.days_since(one.course.opened));
            from_providers.extend(put_before.map(|on| offered.days_since(on)));
            figures.answered.n += usize::from(put_before.is_some());
            figures.matched.of += 1;
            if first(&|m| m.transition.counts == Some(Counts::Match)).is_some() {
                figures.matched.n += 1;
                figures.completed.of += 1;
                let completed = first(&|m| m.transition.counts == Some(Counts::Completion)).is_some();
                figures.completed.n += usize::from(completed);
            }
        }
    }
    figures.answered.of = figures.before_providers;
    figures.to_first_offer = Spread::of(from_receipt);
    figures.from_providers_to_offer = Spread::of(from_providers);
    figures
}

/// Our count that stands beside a published figure: of the public record as the data hold it, and of the log.
#[must_use]
pub fn counted(all: &Assistance, figures: &Figures, what: Counted) -> usize {
    let providers = |is_state: bool| {
        let who: BTreeSet<&Who> = all.offers.iter().map(|o| &o.provider).collect();
        who.into_iter().filter(|w| w.state().is_some() == is_state).count()
    };
    match what {
        Counted::Requests => all.requests.len(),
        Counted::OffersInReply => figures.offers,
        Counted::ProvidersStates => providers(true),
        Counted::ProvidersOrganisations => providers(false),
    }
}

/// Whether a request names no topic at all.
#[must_use]
pub fn is_unspecified(request: &Request) -> bool {
    request.topics.iter().all(|t| t == UNSPECIFIED)
}
