//! Histories: events in their order, what cannot have happened in it, and the positions of States on a disputed status.

use std::collections::BTreeMap;

use comity_model::standing::{EventKind, Position, StatusEvent, StatusWord};
use comity_model::{DateValue, Day, StateCode};

use super::read::set;
use super::{Load, POSITIONS, TreatyFile};
use crate::fault::Fault;

impl Load<'_> {
    pub(super) fn read_positions(&mut self) {
        let columns = [
            "treaty", "state", "from", "position", "status", "counted", "holders", "says", "source", "as_of",
        ];
        let mut positions = BTreeMap::new();
        for row in self.table(POSITIONS, &columns) {
            let line = row.line;
            let treaty = self.states.treaty_ref(row.get(0)).filter(|_| !row.get(0).is_empty());
            if treaty.is_none() {
                self.fault(
                    POSITIONS,
                    line,
                    format!("treaty `{}`", row.get(0)),
                    "an id of treaties.toml",
                    "correct the id",
                );
            }
            let state =
                self.parse::<StateCode>(POSITIONS, line, row.get(1), "give the ISO 3166-1 alpha-2 code");
            let from = self.parse::<Day>(
                POSITIONS,
                line,
                row.get(2),
                "give the day from which the status is in dispute",
            );
            let status = self.parse::<StatusWord>(POSITIONS, line, row.get(4), "correct the word");
            let counted = match row.get(5) {
                "" => Some(false),
                "yes" => Some(true),
                other => {
                    self.fault(
                        POSITIONS,
                        line,
                        format!("`{other}` as counted"),
                        "`yes` or nothing",
                        "correct the word",
                    );
                    None
                }
            };
            let source = self.source(POSITIONS, line, row.get(8));
            let as_of = self.date(POSITIONS, line, "as_of", row.get(9));
            if matches!(status, Some(StatusWord::Unknown | StatusWord::Contested)) {
                self.fault(
                    POSITIONS,
                    line,
                    format!("`{}` as the status of a position", row.get(4)),
                    "a settled status",
                    "say what the position holds",
                );
                continue;
            }
            let (
                Some(treaty),
                Some(state),
                Some(from),
                Some(status),
                Some(counted),
                Some(source),
                Some(as_of),
            ) = (treaty, state, from, status, counted, source, as_of)
            else {
                continue;
            };
            let holders = set(row.get(6));
            if holders.is_empty() || row.get(3).is_empty() || row.get(7).is_empty() {
                self.fault(POSITIONS, line, "no position, holders or says", "all three", "complete the line");
                continue;
            }
            if !holders.is_sorted() {
                self.fault(
                    POSITIONS,
                    line,
                    format!("holders `{}`", row.get(6)),
                    "alphabetical order",
                    "sort the holders",
                );
                continue;
            }
            let id = row.get(3).to_owned();
            let says = row.get(7).into();
            let key = (treaty, state, id.clone());
            let position =
                Position { treaty, state, from, id, status, counted, holders, says, source, as_of };
            if positions.insert(key, position).is_some() {
                self.fault(
                    POSITIONS,
                    line,
                    format!("position `{}` a second time", row.get(3)),
                    "one line a position",
                    "remove one of the two lines",
                );
            }
        }
        self.states.positions = positions.into_values().collect();
    }

    /// Puts the events into their order (undated ones first, then by the last day they can mean), and reports what cannot have happened in
    /// that order, and disputes without positions.
    pub(super) fn check_histories(&mut self, files: &[TreatyFile]) {
        self.events.sort_by(|(a, _), (b, _)| {
            (a.treaty, a.state, a.date.latest(), a.kind).cmp(&(b.treaty, b.state, b.date.latest(), b.kind))
        });
        for events in self.events.chunk_by(|(a, _), (b, _)| (a.treaty, a.state) == (b.treaty, b.state)) {
            let Some((first, _)) = events.first() else { continue };
            let Some(file) = files.iter().find(|f| f.treaty == first.treaty) else { continue };
            let disputed = !self.states.positions_of(first.treaty, first.state).is_empty();
            for (line, found, expected) in impossible(events, disputed) {
                self.faults.push(Fault::new(
                    &file.file,
                    line,
                    format!("{}: {found}", first.state),
                    expected,
                    "correct the event or its date, or add the event that is missing",
                ));
            }
        }
        for p in &self.states.positions {
            let announced = |e: &StatusEvent| {
                (e.treaty, e.state, e.kind) == (p.treaty, p.state, EventKind::AnnouncedWithdrawal)
                    && e.date == DateValue::Day(p.from)
            };
            if !self.events.iter().any(|(e, _)| announced(e)) {
                self.faults.push(Fault::new(
                    POSITIONS,
                    0,
                    format!("position `{}` on {} from {}", p.id, p.state, p.from),
                    "an event `announced_withdrawal` of that day in the file of the treaty",
                    "add the event, or remove the position",
                ));
            }
        }
    }
}

/// Walks one history and names every step that cannot follow on the one before.
fn impossible(events: &[(StatusEvent, usize)], disputed: bool) -> Vec<(usize, String, &'static str)> {
    let mut out = Vec::new();
    let (mut bound, mut signed, mut ratified) = (false, false, false);
    for (event, line) in events {
        let line = *line;
        let said = format!("{} ({})", event.kind, event.date);
        match event.kind {
            EventKind::Signature if bound => {
                out.push((line, format!("{said} after becoming a party"), "a signature before it"))
            }
            EventKind::Signature => signed = true,
            kind if kind.binds() => {
                if bound {
                    out.push((
                        line,
                        format!("{said} of a State that is a party already"),
                        "one such event, or a withdrawal between",
                    ));
                }
                bound = true;
                ratified = kind == EventKind::Ratification;
            }
            EventKind::Withdrawal => {
                if !bound {
                    out.push((
                        line,
                        format!("{said} of a State that is no party"),
                        "an event before it that makes the State a party",
                    ));
                }
                (bound, signed, ratified) = (false, false, false);
            }
            EventKind::WithdrawalOfRatification => {
                if !ratified || !signed {
                    out.push((line, format!("{said} without signature and ratification"), "both before it"));
                }
                (bound, ratified) = (false, false);
            }
            EventKind::AnnouncedWithdrawal => {
                if !bound {
                    out.push((
                        line,
                        format!("{said} of a State that is no party"),
                        "an event before it that makes the State a party",
                    ));
                }
                if !disputed {
                    out.push((line, format!("{said} without positions"), "the positions in positions.csv"));
                }
            }
            EventKind::Ratification
            | EventKind::Accession
            | EventKind::Acceptance
            | EventKind::Succession
            | EventKind::Party
            | EventKind::InForce
            | EventKind::NotInForce
            | EventKind::Member
            | EventKind::NotMember
            | EventKind::Remark
            | EventKind::Participant
            | EventKind::Subscriber
            | EventKind::NotSubscriber
            | EventKind::Endorser
            | EventKind::Listed => {}
        }
    }
    out
}
