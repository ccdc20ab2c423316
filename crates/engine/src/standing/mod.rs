//! What follows from the dated history of a State on a day: its status in a treaty, its standing over a basis, counts, twins.
//!
//! Pure evaluation of [`States`]; the main type is [`StatusAnswer`]. Nothing unknown ever becomes *none* or *party* here: a status is settled
//! only by an event whose date and source settle it, or by a table that is complete to the day.

mod life;
mod names;
mod safeguards;
mod universality;

use std::collections::BTreeMap;

use comity_model::standing::{
    Basis, Coverage, EventKind, LastKnown, Memory, Position, Slot, SourceRef, States, Status, StatusEvent,
    StatusWord, TreatyRef, WhyUnknown,
};
use comity_model::{DateValue, Day, Evidence, StateCode, Truth};

pub use life::{Due, Reached, Received, due_returns, last_due, next_due, reached};
pub use names::{Named, resolve, resolve_treaty};
pub use safeguards::{
    Agreement, ConditionAnswer, Engaged, Handover, MaterialAnswer, Safeguards, SafeguardsFault, SideAnswer,
    Told, UndertakingAnswer, safeguards,
};
pub use universality::{
    Before, Change, IfJoined, Joined, Point, before_treaty, changes, curve, curve_days, if_joined,
};

/// The basis that is taken when none is named.
pub const BASIS_DEFAULT: &str = "default";
/// The basis of what is no treaty: taking part in regimes and arrangements.
pub const BASIS_PARTICIPATION: &str = "participation";

/// How exactly the date of the deciding event is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// To the day.
    Day,
    /// To the month.
    Month,
    /// To the year.
    Year,
    /// Between two dates, or near one.
    Range,
    /// No date is given, or there is no event.
    None,
}

impl Precision {
    /// The word for text and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
            Self::Range => "range",
            Self::None => "none",
        }
    }

    fn of(date: &DateValue) -> Self {
        match date {
            DateValue::Day(_) => Self::Day,
            DateValue::Month { .. } => Self::Month,
            DateValue::Year(_) => Self::Year,
            DateValue::Between(..) | DateValue::About(_) => Self::Range,
            DateValue::Unknown => Self::None,
        }
    }
}

/// The status of a State in one treaty or regime on a day, with all it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusAnswer<'s> {
    /// The State.
    pub state: StateCode,
    /// The treaty.
    pub treaty: TreatyRef,
    /// The day asked for.
    pub day: Day,
    /// The status.
    pub status: Status,
    /// Since when it stands; unknown where no date is given or nothing happened.
    pub since: DateValue,
    /// The date to which the data vouch for it.
    pub as_of: DateValue,
    /// That date again, where the day asked for is later: the status is "as known on" it.
    pub as_known_on: Option<DateValue>,
    /// How exactly `since` is known.
    pub precision: Precision,
    /// The weakest mark of what was used; none where there is no source at all.
    pub evidence: Option<Evidence>,
    /// Whether memory was used.
    pub memory: Memory,
    /// The sources used, each once.
    pub sources: Vec<SourceRef>,
    /// The events used, in their order.
    pub events: Vec<&'s StatusEvent>,
}

impl<'s> StatusAnswer<'s> {
    /// The unverified facts that were used; the status rests on them, or has them beside it.
    pub fn unverified<'a>(&'a self, states: &'a States) -> impl Iterator<Item = &'s StatusEvent> + 'a {
        self.events.iter().copied().filter(|e| states.is_unverified(e))
    }

    /// The word of the closed set.
    #[must_use]
    pub fn word(&self) -> StatusWord {
        self.status.word()
    }

    /// Whether the State surely has this status, for conditions of rules. Unknown where the status is unknown, where it rests on memory alone,
    /// where positions differ, and where a signatory may have become a party after the data.
    #[must_use]
    pub fn is(&self, word: StatusWord) -> Truth {
        if !self.memory.settles() {
            return Truth::Unknown;
        }
        match &self.status {
            Status::Unknown { .. } => Truth::Unknown,
            Status::Contested { positions } => match positions.iter().filter(|p| p.status == word).count() {
                0 if !positions.is_empty() => Truth::False,
                n if n == positions.len() && n > 0 => Truth::True,
                _ => Truth::Unknown,
            },
            Status::Signatory { .. } if self.as_known_on.is_some() && word == StatusWord::Party => {
                Truth::Unknown
            }
            status => Truth::from(status.word() == word),
        }
    }
}

/// Whether an event had happened on a day.
enum Happened {
    Yes,
    No,
    Maybe(WhyUnknown),
}

fn happened(event: &StatusEvent, day: Day) -> Happened {
    let Some((earliest, latest)) = event.date.earliest().zip(event.date.latest()) else {
        // No date: the source vouches for it from its own date on.
        return match event.as_of.earliest() {
            Some(seen) if seen <= day => Happened::Yes,
            _ if result(event.kind).is_some_and(StatusWord::is_negative) => {
                Happened::Maybe(WhyUnknown::BeforeData)
            }
            _ => Happened::Maybe(WhyUnknown::Undated),
        };
    };
    // A source that saw it done settles an inexact date from that day on.
    let settled = event.as_of.latest().map_or(latest, |seen| seen.min(latest).max(earliest));
    if day < earliest {
        Happened::No
    } else if settled <= day {
        Happened::Yes
    } else {
        Happened::Maybe(WhyUnknown::ImpreciseDate)
    }
}

/// The status that an event alone leads to; none where that depends on what came before.
fn result(kind: EventKind) -> Option<StatusWord> {
    Some(match kind {
        EventKind::Signature => StatusWord::Signatory,
        EventKind::Ratification
        | EventKind::Accession
        | EventKind::Acceptance
        | EventKind::Succession
        | EventKind::Party => StatusWord::Party,
        EventKind::Withdrawal => StatusWord::None,
        EventKind::WithdrawalOfRatification | EventKind::AnnouncedWithdrawal | EventKind::Remark => {
            return None;
        }
        EventKind::InForce => StatusWord::InForce,
        EventKind::NotInForce => StatusWord::NotInForce,
        EventKind::Member => StatusWord::Member,
        EventKind::NotMember => StatusWord::NotMember,
        EventKind::Participant => StatusWord::Participant,
        EventKind::Subscriber => StatusWord::Subscriber,
        EventKind::NotSubscriber => StatusWord::NotSubscriber,
        EventKind::Endorser => StatusWord::Endorser,
        EventKind::Listed => StatusWord::Listed,
    })
}

/// A history walked up to a day.
#[derive(Default)]
struct Walk<'s> {
    /// The status after the last settled event, and that event.
    now: Option<(StatusWord, &'s StatusEvent)>,
    signed: bool,
    /// An event of which it is not known whether it had happened.
    open: Option<(WhyUnknown, &'s StatusEvent)>,
    used: Vec<&'s StatusEvent>,
}

impl<'s> Walk<'s> {
    fn to(events: impl Iterator<Item = &'s StatusEvent>, day: Day) -> Self {
        let mut walk = Self::default();
        for event in events {
            match happened(event, day) {
                Happened::No => {}
                // What is only said changes nothing, and is shown.
                _ if event.kind == EventKind::Remark => walk.used.push(event),
                Happened::Yes => walk.step(event),
                Happened::Maybe(why) => {
                    walk.open = Some((why, event));
                    walk.used.push(event);
                }
            }
        }
        walk
    }

    fn is_contested(&self) -> bool {
        self.open.is_none() && self.now.is_some_and(|(word, _)| word == StatusWord::Contested)
    }

    fn step(&mut self, event: &'s StatusEvent) {
        let word = match event.kind {
            EventKind::WithdrawalOfRatification if self.signed => StatusWord::Signatory,
            EventKind::WithdrawalOfRatification => StatusWord::None,
            EventKind::AnnouncedWithdrawal => StatusWord::Contested,
            kind => result(kind).unwrap_or(StatusWord::Unknown),
        };
        self.signed |= event.kind == EventKind::Signature;
        self.used.push(event);
        self.open = None;
        if self.now.is_none_or(|(before, _)| before != word) {
            self.now = Some((word, event));
        }
    }
}

/// The status of a State in a treaty on a day.
///
/// 1. Before the first event, or without one: *none* as far as a complete table reaches, else unknown. 2. An undated fact holds from the date to
///    which its source vouches for it; before that the status is unknown. 3. After the data a positive status carries on and is marked
///    (`as_known_on`), a negative one turns unknown; within an inexact date the status is unknown. 4. Dates are days of deposit.
/// 5. After an announced withdrawal in dispute the status is contested, with the positions of the data.
/// 6. Nothing falls from unknown to *none* or *party*. 7. Unverified facts take part and mark the answer; a contested status stays contested,
///    with them beside it. 8. A State that the source of a complete table leaves out is unknown; a list that its text fixes holds on every day.
#[must_use]
pub fn status<'s>(states: &'s States, state: StateCode, treaty: TreatyRef, day: Day) -> StatusAnswer<'s> {
    let mut walk = Walk::to(states.events_of(treaty, state).iter(), day);
    if walk.used.iter().any(|e| states.is_unverified(e)) {
        let verified = verified_walk(states, state, treaty, day);
        if verified.is_contested() {
            walk = Walk { used: walk.used, ..verified };
        }
    }
    answer(states, state, treaty, day, walk)
}

/// The word of the status that follows from the verified facts alone, whatever a user's file says besides.
#[must_use]
pub fn verified_word(states: &States, state: StateCode, treaty: TreatyRef, day: Day) -> StatusWord {
    answer(states, state, treaty, day, verified_walk(states, state, treaty, day)).word()
}

fn verified_walk(states: &States, state: StateCode, treaty: TreatyRef, day: Day) -> Walk<'_> {
    Walk::to(states.events_of(treaty, state).iter().filter(|e| !states.is_unverified(e)), day)
}

fn answer<'s>(
    states: &'s States,
    state: StateCode,
    treaty: TreatyRef,
    day: Day,
    walk: Walk<'s>,
) -> StatusAnswer<'s> {
    let reach = states.treaty(treaty).map_or(DateValue::Unknown, |t| t.as_of.clone());
    let complete = states.treaty(treaty).is_some_and(|t| t.coverage == Coverage::Complete);
    let closed = complete && states.treaty(treaty).is_some_and(|t| t.closed);
    let left_out = states.treaty(treaty).is_some_and(|t| t.left_out.binary_search(&state).is_ok());
    let positions: Vec<Position> =
        states.positions_of(treaty, state).iter().filter(|p| p.from <= day).cloned().collect();

    let later = |a: &DateValue, b: &DateValue| if a.latest() < b.latest() { b.clone() } else { a.clone() };
    // How far the data vouch for the last settled status. A "not" is vouched for by its own source only.
    let vouched = |word: StatusWord, event: &StatusEvent| {
        let own_word_only =
            matches!(word, StatusWord::NotInForce | StatusWord::NotMember | StatusWord::NotSubscriber);
        if complete && !own_word_only { later(&event.as_of, &reach) } else { event.as_of.clone() }
    };
    let unknown = |why, last_known| Status::Unknown { why, last_known };

    let (status, since, as_of) = match (walk.open, walk.now) {
        (Some((why, event)), before) => {
            let last_known = match before {
                Some((status, event)) => Some(LastKnown { status, as_of: event.date.clone() }),
                None => result(event.kind).map(|status| LastKnown { status, as_of: vouched(status, event) }),
            };
            (unknown(why, last_known), DateValue::Unknown, event.as_of.clone())
        }
        (None, Some((word, event))) => {
            let as_of = vouched(word, event);
            if word.is_negative() && as_of.latest().is_none_or(|last| last < day) {
                let last_known = Some(LastKnown { status: word, as_of: as_of.clone() });
                (unknown(WhyUnknown::AfterData, last_known), DateValue::Unknown, as_of)
            } else {
                (settled(word, &event.date, positions.clone()), event.date.clone(), as_of)
            }
        }
        (None, None) if states.state(state).is_none() => {
            (unknown(WhyUnknown::NoState, None), DateValue::Unknown, reach.clone())
        }
        (None, None) if !complete => (unknown(WhyUnknown::NoRecord, None), DateValue::Unknown, reach.clone()),
        (None, None) if left_out => (unknown(WhyUnknown::LeftOut, None), DateValue::Unknown, reach.clone()),
        (None, None) if closed => (Status::None, DateValue::Unknown, reach.clone()),
        (None, None) if reach.latest().is_some_and(|last| day <= last) => {
            (Status::None, DateValue::Unknown, reach.clone())
        }
        (None, None) => {
            let last_known = Some(LastKnown { status: StatusWord::None, as_of: reach.clone() });
            (unknown(WhyUnknown::AfterData, last_known), DateValue::Unknown, reach.clone())
        }
    };

    let mut sources: Vec<SourceRef> = walk.used.iter().map(|e| e.source).collect();
    if matches!(status, Status::Contested { .. }) {
        sources.extend(positions.iter().map(|p| p.source));
    }
    if walk.used.is_empty() {
        sources.extend(states.treaty(treaty).into_iter().flat_map(|t| t.sources.iter().copied()));
    }
    let mut seen = Vec::with_capacity(sources.len());
    sources.retain(|s| {
        !seen.contains(s) && {
            seen.push(*s);
            true
        }
    });
    let marks = || sources.iter().filter_map(|s| states.source(*s));
    let late = !closed && as_of.latest().is_some_and(|last| last < day);
    let as_known_on = (late && !matches!(status, Status::Unknown { .. })).then(|| as_of.clone());
    StatusAnswer {
        state,
        treaty,
        day,
        precision: Precision::of(&since),
        evidence: marks().map(|s| s.evidence).min(),
        memory: marks().map(|s| s.memory).max().unwrap_or(Memory::No),
        status,
        since,
        as_of,
        as_known_on,
        sources,
        events: walk.used,
    }
}

fn settled(word: StatusWord, since: &DateValue, positions: Vec<Position>) -> Status {
    match word {
        StatusWord::Party => Status::Party { since: since.clone() },
        StatusWord::Signatory => Status::Signatory { since: since.clone() },
        StatusWord::InForce => Status::InForce,
        StatusWord::NotInForce => Status::NotInForce,
        StatusWord::Participant => Status::Participant,
        StatusWord::Member => Status::Member,
        StatusWord::NotMember => Status::NotMember,
        StatusWord::Subscriber => Status::Subscriber,
        StatusWord::NotSubscriber => Status::NotSubscriber,
        StatusWord::Endorser => Status::Endorser,
        StatusWord::Listed => Status::Listed,
        StatusWord::None => Status::None,
        StatusWord::Unknown => Status::Unknown { why: WhyUnknown::NoRecord, last_known: None },
        StatusWord::Contested => Status::Contested { positions },
    }
}

/// The statuses of all States in a treaty on a day, and how many there are of each.
#[derive(Clone, Debug)]
pub struct Count<'s> {
    /// The treaty.
    pub treaty: TreatyRef,
    /// The day.
    pub day: Day,
    /// Only the States that this annex names.
    pub among: Option<TreatyRef>,
    /// How many States have each status; they add up to all States looked at.
    pub by_status: BTreeMap<StatusWord, usize>,
    /// The word for being fully in: party, in force, participant, member, subscriber, endorser or listed.
    pub full_word: StatusWord,
    /// How many are fully in, the contested ones that published totals count included.
    pub full: usize,
    /// The contested States that `full` includes.
    pub contested_counted: Vec<StateCode>,
    /// How many had signed by the day, whatever they did after.
    pub signed: usize,
    /// One answer a State, by code.
    pub answers: Vec<StatusAnswer<'s>>,
    /// The States in whose answer an unverified fact takes part, by code; empty without a file of such facts.
    pub unverified: Vec<Touched>,
    /// How many would be fully in by the verified facts alone.
    pub full_verified: usize,
}

/// A State in whose answer unverified facts take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The State.
    pub state: StateCode,
    /// How many unverified facts take part.
    pub facts: usize,
    /// Its status by the verified facts alone.
    pub from: StatusWord,
    /// Its status with them.
    pub to: StatusWord,
}

impl Count<'_> {
    /// How many States have this status.
    #[must_use]
    pub fn of(&self, word: StatusWord) -> usize {
        self.by_status.get(&word).copied().unwrap_or(0)
    }

    /// The States with this status, by code.
    pub fn with(&self, word: StatusWord) -> impl Iterator<Item = StateCode> + '_ {
        self.answers.iter().filter(move |a| a.word() == word).map(|a| a.state)
    }
}

/// Counts the statuses of all States in a treaty on a day; with an annex, those of the States that it names.
#[must_use]
pub fn count<'s>(states: &'s States, treaty: TreatyRef, day: Day, among: Option<TreatyRef>) -> Count<'s> {
    let named =
        |code| among.is_none_or(|annex| status(states, code, annex, day).word() == StatusWord::Listed);
    let answers: Vec<StatusAnswer<'s>> =
        states.states.iter().filter(|s| named(s.code)).map(|s| status(states, s.code, treaty, day)).collect();
    let mut by_status = BTreeMap::new();
    let mut contested_counted = Vec::new();
    let mut signed = 0;
    let mut unverified = Vec::new();
    let full_word = full_word(states, treaty);
    for answer in &answers {
        *by_status.entry(answer.word()).or_insert(0) += 1;
        if let Status::Contested { positions } = &answer.status
            && positions.iter().any(|p| p.counted && p.status == full_word)
        {
            contested_counted.push(answer.state);
        }
        let signature =
            |e: &StatusEvent| e.kind == EventKind::Signature && matches!(happened(e, day), Happened::Yes);
        signed += usize::from(states.events_of(treaty, answer.state).iter().any(signature));
        let facts = answer.unverified(states).count();
        if facts > 0 {
            let from = verified_word(states, answer.state, treaty, day);
            unverified.push(Touched { state: answer.state, facts, from, to: answer.word() });
        }
    }
    let full = by_status.get(&full_word).copied().unwrap_or(0) + contested_counted.len();
    let came_in = |t: &&Touched| t.to == full_word && t.from != full_word;
    let went_out = |t: &&Touched| t.to != full_word && t.from == full_word;
    let full_verified =
        full - unverified.iter().filter(came_in).count() + unverified.iter().filter(went_out).count();
    Count {
        treaty,
        day,
        among,
        by_status,
        full_word,
        full,
        contested_counted,
        signed,
        answers,
        unverified,
        full_verified,
    }
}

/// The word for being fully in a treaty, as its events have it.
fn full_word(states: &States, treaty: TreatyRef) -> StatusWord {
    let from = states.events.partition_point(|e| e.treaty < treaty);
    let events = states.events.get(from..).unwrap_or_default().iter().take_while(|e| e.treaty == treaty);
    // A user's file must not rename what all others are counted as.
    let verified = events.filter(|e| !states.is_unverified(e));
    verified.filter_map(|e| result(e.kind)).find(|word| word.is_in()).unwrap_or(StatusWord::Party)
}

/// One member of a standing.
#[derive(Clone, Debug)]
pub struct StandingEntry<'s> {
    /// The member of the basis.
    pub slot: Slot,
    /// The treaty: for the zone, the zone treaty that names the State, if there is one.
    pub treaty: Option<TreatyRef>,
    /// The status, the word that twins are compared by.
    pub word: StatusWord,
    /// The full answer; none for a State that no zone treaty names.
    pub answer: Option<StatusAnswer<'s>>,
}

impl StandingEntry<'_> {
    /// How many unverified facts take part in it.
    #[must_use]
    pub fn unverified(&self, states: &States) -> usize {
        self.answer.as_ref().map_or(0, |a| a.unverified(states).count())
    }
}

/// The standing of a State on a day: one status for each member of a basis, in its order.
#[must_use]
pub fn standing<'s>(states: &'s States, state: StateCode, day: Day, basis: &Basis) -> Vec<StandingEntry<'s>> {
    basis.slots.iter().map(|slot| entry(states, state, day, *slot)).collect()
}

fn entry(states: &States, state: StateCode, day: Day, slot: Slot) -> StandingEntry<'_> {
    let treaty = match slot {
        Slot::Treaty(treaty) => Some(treaty),
        // The zone that the data name goes before one that only a user's file names.
        Slot::Zone => zones(states)
            .find(|zone| states.events_of(*zone, state).iter().any(|e| !states.is_unverified(e)))
            .or_else(|| zones(states).find(|zone| !states.events_of(*zone, state).is_empty())),
    };
    let answer = treaty.map(|treaty| status(states, state, treaty, day));
    let word = match &answer {
        Some(answer) => answer.word(),
        None if zones(states).all(|zone| status(states, state, zone, day).word() == StatusWord::None) => {
            StatusWord::None
        }
        None => StatusWord::Unknown,
    };
    StandingEntry { slot, treaty, word, answer }
}

fn zones(states: &States) -> impl Iterator<Item = TreatyRef> + '_ {
    states.treaties.iter().zip(0..).filter(|(t, _)| t.zone).map(|(_, at)| TreatyRef(at))
}

/// The regimes and arrangements in which a State takes part on a day. They are no treaties; no rule may treat one as the other unsaid.
#[must_use]
pub fn participation<'s>(states: &'s States, state: StateCode, day: Day) -> Vec<StandingEntry<'s>> {
    states.basis(BASIS_PARTICIPATION).map(|basis| standing(states, state, day, basis)).unwrap_or_default()
}

/// The words of a standing.
#[must_use]
pub fn vector(states: &States, state: StateCode, day: Day, basis: &Basis) -> Vec<StatusWord> {
    standing(states, state, day, basis).into_iter().map(|e| e.word).collect()
}

/// All States by their vector.
#[must_use]
pub fn vectors(states: &States, day: Day, basis: &Basis) -> BTreeMap<Vec<StatusWord>, Vec<StateCode>> {
    let mut out: BTreeMap<_, Vec<StateCode>> = BTreeMap::new();
    for state in &states.states {
        out.entry(vector(states, state.code, day, basis)).or_default().push(state.code);
    }
    out
}

/// Whether two States have equal vectors on a day: equal in status, not in date. Unknown if either vector holds an unknown.
#[must_use]
pub fn twins(states: &States, a: StateCode, b: StateCode, day: Day, basis: &Basis) -> Truth {
    let (a, b) = (vector(states, a, day, basis), vector(states, b, day, basis));
    if a.iter().chain(&b).any(|word| *word == StatusWord::Unknown) {
        Truth::Unknown
    } else {
        Truth::from(a == b)
    }
}
