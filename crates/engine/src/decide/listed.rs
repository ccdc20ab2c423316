//! What a condition asks of the classified item: entries, reasons for control, places of agreement, controlled content.

use std::collections::BTreeSet;
use std::ops::Bound;

use comity_model::control::{ControlList, head, is_under};
use comity_model::date::Day;
use comity_model::deal::Item;
use comity_model::expr::{Expr, ItemSet, Test};
use comity_model::fact::Facts;
use comity_model::mandate::AgreedIn;
use comity_model::number::Number;
use comity_model::place::StateCode;
use comity_model::rule::{Effect, Table};
use comity_model::truth::Truth;
use comity_model::unit::{End, Extent};

use super::conditions::cell;
use super::{Court, Evidenced};
use crate::classify::{At, Classified, Frame, Judge, OnList, agreed_in, path_under};

impl<'a> Court<'a> {
    /// The share of the item's value with origin in a State that is controlled to the destination, as far as it is known. A part of which no
    /// entry is stated may or may not be controlled: it counts at the upper end only. A part with its entry is asked for by a sub-query.
    pub(super) fn content_share(&self, state: StateCode) -> Option<Extent> {
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

    fn on_list(&self, list: &str, classified: &'a Classified) -> Option<(usize, &'a OnList)> {
        let index = self.frame.book.controls().iter().position(|l| l.id == list)?;
        Some((index, classified.on(index)?))
    }

    pub(super) fn under(&self, set: &ItemSet, classified: &'a Classified) -> Truth {
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
                let lists = self.frame.book.controls().iter().enumerate();
                Truth::any(lists.filter(|(_, known)| list.is_empty() || known.id == *list).map(
                    |(index, known)| {
                        let Some(on) = classified.on(index) else { return Truth::Unknown };
                        let lead = if list.is_empty() { format!("{}:", known.id) } else { String::new() };
                        self.by_codes(index, on, |code| {
                            self.in_rows(table, &format!("{lead}{code}"), column.as_deref())
                        })
                    },
                ))
            }
        }
    }

    /// Whether a code lies under a row of a table; unknown where a row lies under the code, so that only a part of it is meant.
    fn in_rows(&self, table: &Table, code: &str, column: Option<&str>) -> Truth {
        let marked = |key: &str| cell(table, key, column, self.frame.day).is_true();
        let mut above = code;
        loop {
            if table.rows.contains_key(above) && marked(above) {
                return Truth::True;
            }
            match above.rfind('.') {
                Some(at) => above = above.get(..at).unwrap_or(""),
                None => break,
            }
        }
        let below = format!("{code}.");
        let mut rows = table.rows.range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded));
        let part = rows.by_ref().take_while(|(key, _)| key.starts_with(&below)).any(|(key, _)| marked(key));
        if part { Truth::Unknown } else { Truth::False }
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
    pub(super) fn reason(&self, column: &str, item: &Item, classified: &'a Classified) -> Truth {
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

    pub(super) fn agreed(&self, set: &[AgreedIn], classified: &'a Classified) -> Truth {
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
