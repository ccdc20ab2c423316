//! The life of treaties beyond joining: instruments without parties, happenings, yearly returns, what is known to have been returned, milestones.

use comity_model::standing::{
    DueRule, Instrument, LifeEvent, LifeKind, LifeOutcome, Milestone, Return, Returned,
};
use comity_model::{DateValue, StateCode};

use super::read::set;
use super::{INSTRUMENTS, LIFE, Load, MILESTONES, RETURNED, RETURNS};

impl Load<'_> {
    /// All tables of this part.
    pub(super) fn read_life(&mut self) {
        self.read_instruments();
        self.read_happenings();
        self.read_returns();
        self.read_returned();
        self.read_milestones();
    }

    fn read_instruments(&mut self) {
        for row in self.table(INSTRUMENTS, &["id", "names", "title", "says", "source"]) {
            let (line, id) = (row.line, row.get(0).to_owned());
            let Some(source) = self.source(INSTRUMENTS, line, row.get(4)) else { continue };
            let names = set(row.get(1));
            let taken =
                |word: &str| self.states.treaty_ref(word).is_some() || self.states.instrument(word).is_some();
            if let Some(word) = std::iter::once(&id).chain(&names).find(|w| w.is_empty() || taken(w)) {
                let found = format!("`{word}`, which names something already");
                self.fault(INSTRUMENTS, line, found, "a word of its own", "choose another word");
                continue;
            }
            self.states.instruments.push(Instrument {
                id,
                names,
                title: row.get(2).to_owned(),
                says: row.get(3).to_owned(),
                source,
            });
        }
    }

    /// An id of a treaty or an instrument.
    fn subject(&mut self, file: &str, line: usize, id: &str) -> Option<String> {
        let known = self.states.treaties.iter().any(|t| t.id == id)
            || self.states.instruments.iter().any(|i| i.id == id);
        if !known {
            self.fault(
                file,
                line,
                format!("`{id}`"),
                "an id of treaties.toml or instruments.csv",
                "correct the id",
            );
        }
        known.then(|| id.to_owned())
    }

    fn read_happenings(&mut self) {
        let columns = ["of", "kind", "from", "to", "title", "place", "outcome", "document", "source", "note"];
        for row in self.table(LIFE, &columns) {
            let line = row.line;
            let of = self.subject(LIFE, line, row.get(0));
            let kind = self.parse::<LifeKind>(LIFE, line, row.get(1), "correct the word");
            let from = self.date(LIFE, line, "from", row.get(2));
            let to = if row.get(3).is_empty() {
                Some(DateValue::Unknown)
            } else {
                self.date(LIFE, line, "to", row.get(3))
            };
            let outcome = if row.get(6).is_empty() {
                Some(None)
            } else {
                self.parse::<LifeOutcome>(LIFE, line, row.get(6), "correct the word").map(Some)
            };
            let sources = self.sources(LIFE, line, row.get(8));
            let (Some(of), Some(kind), Some(from), Some(to), Some(outcome), Some(sources)) =
                (of, kind, from, to, outcome, sources)
            else {
                continue;
            };
            if to.latest().is_some_and(|last| from.earliest().is_none_or(|first| last < first)) {
                let found = format!("from {from} to {to}");
                self.fault(
                    LIFE,
                    line,
                    found,
                    "a last day that is not before the first",
                    "correct one of the two",
                );
                continue;
            }
            if matches!(kind, LifeKind::ReviewConference | LifeKind::Review) != outcome.is_some() {
                let found = format!("{kind} with the outcome `{}`", row.get(6));
                self.fault(
                    LIFE,
                    line,
                    found,
                    "an outcome for conferences and reviews, and only for them",
                    "give `unknown` where the source does not say",
                );
                continue;
            }
            self.states.life.push(LifeEvent {
                of,
                kind,
                from,
                to,
                title: row.get(4).to_owned(),
                place: row.get(5).to_owned(),
                outcome,
                document: row.get(7).to_owned(),
                sources,
                note: row.get(9).to_owned(),
            });
        }
        self.states
            .life
            .sort_by(|a, b| (&a.of, a.from.earliest(), a.kind).cmp(&(&b.of, b.from.earliest(), b.kind)));
    }

    fn due(&mut self, line: usize, text: &str) -> Option<DueRule> {
        let rule = match text.as_bytes().first() {
            Some(b'+') => text.get(1..).and_then(|n| n.parse().ok()).map(DueRule::After),
            Some(b'-') => text.get(1..).and_then(|n| n.parse().ok()).map(DueRule::Before),
            _ => text.split_once('-').and_then(|(month, day)| {
                Some(DueRule::On { month: month.parse().ok()?, day: day.parse().ok()? })
            }),
        };
        // A day that every year has.
        let rule = rule.filter(|r| r.day(2025).is_some());
        if rule.is_none() {
            self.fault(
                RETURNS,
                line,
                format!("`{text}` as due"),
                "a day of every year (04-15), or days after (+90) or before (-60) the year that is covered",
                "correct the day",
            );
        }
        rule
    }

    fn read_returns(&mut self) {
        for row in self.table(RETURNS, &["of", "id", "title", "due", "first", "who", "cite", "source"]) {
            let line = row.line;
            let of = self.subject(RETURNS, line, row.get(0));
            let due = self.due(line, row.get(3));
            let first = row.get(4).parse::<i16>().ok().filter(|y| (1900..=2100).contains(y));
            if first.is_none() {
                let found = format!("`{}` as first", row.get(4));
                self.fault(RETURNS, line, found, "the first year that is covered", "correct the year");
            }
            let sources = self.sources(RETURNS, line, row.get(7));
            let (Some(of), Some(due), Some(first), Some(sources)) = (of, due, first, sources) else {
                continue;
            };
            let id = row.get(1).to_owned();
            if self.states.returns.iter().any(|r| r.of == of && r.id == id) {
                let found = format!("return `{id}` of {of} a second time");
                self.fault(RETURNS, line, found, "one line a return", "remove one of the two lines");
                continue;
            }
            self.states.returns.push(Return {
                of,
                id,
                title: row.get(2).to_owned(),
                due,
                first,
                who: row.get(5).to_owned(),
                cite: row.get(6).to_owned(),
                sources,
            });
        }
    }

    fn read_returned(&mut self) {
        for row in self.table(RETURNED, &["of", "what", "date", "state", "count", "source", "note"]) {
            let line = row.line;
            let of = self.subject(RETURNED, line, row.get(0));
            let date = self.date(RETURNED, line, "date", row.get(2));
            let state = if row.get(3).is_empty() {
                Some(None)
            } else {
                self.state(RETURNED, line, row.get(3)).map(Some)
            };
            let count = match row.get(4) {
                "" => Some(None),
                text => text.parse::<u32>().ok().map(Some),
            };
            let sources = self.sources(RETURNED, line, row.get(5));
            let (Some(of), Some(date), Some(state), Some(sources)) = (of, date, state, sources) else {
                continue;
            };
            let count = match (state, count) {
                (Some(_), Some(None)) => None,
                (None, Some(Some(n))) => Some(n),
                _ => {
                    let found = format!("state `{}` with count `{}`", row.get(3), row.get(4));
                    self.fault(
                        RETURNED,
                        line,
                        found,
                        "a State or a number, one of the two",
                        "correct the line",
                    );
                    continue;
                }
            };
            let what = row.get(1).to_owned();
            self.states.returned.push(Returned {
                of,
                what,
                date,
                state,
                count,
                sources,
                note: row.get(6).to_owned(),
            });
        }
    }

    fn read_milestones(&mut self) {
        for row in
            self.table(MILESTONES, &["treaty", "id", "title", "parties", "annex", "with", "cite", "source"])
        {
            let line = row.line;
            let treaty = self.treaty(MILESTONES, line, row.get(0));
            let parties = match row.get(3) {
                "" => Some(None),
                text => text.parse::<u16>().ok().filter(|n| *n > 0).map(Some),
            };
            let annex = if row.get(4).is_empty() {
                Some(None)
            } else {
                self.treaty(MILESTONES, line, row.get(4)).map(Some)
            };
            let with_cells = set(row.get(5));
            let with: Vec<StateCode> =
                with_cells.iter().filter_map(|c| self.state(MILESTONES, line, c)).collect();
            let sources = self.sources(MILESTONES, line, row.get(7));
            let (Some(treaty), Some(annex), Some(sources)) = (treaty, annex, sources) else { continue };
            let Some(parties) = parties.filter(|p| p.is_some() || annex.is_some()) else {
                let found = format!("`{}` as parties, with annex `{}`", row.get(3), row.get(4));
                self.fault(MILESTONES, line, found, "a number above 0, or an annex", "complete the line");
                continue;
            };
            self.states.milestones.push(Milestone {
                treaty,
                id: row.get(1).to_owned(),
                title: row.get(2).to_owned(),
                parties,
                annex,
                with,
                cite: row.get(6).to_owned(),
                sources,
            });
        }
    }
}
