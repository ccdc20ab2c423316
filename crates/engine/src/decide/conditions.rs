//! The value of a pack's condition for a deal, an item and a day.

use comity_model::answer::PartyStatus;
use comity_model::date::Day;
use comity_model::deal::{Item, KnowledgeLevel, Role, UseClass};
use comity_model::expr::{Expr, FactRef, HsRange, Knows, Owner, PlaceSet, Test, Where};
use comity_model::fact::{FactValue, Facts};
use comity_model::listing::MeasureStatus;
use comity_model::place::{Place, StateCode};
use comity_model::rule::{Miss, Table};
use comity_model::truth::Truth;

use super::{Court, INFORMED_BY_AUTHORITY};
use crate::classify::{Classified, Judge, day_compare, has_standing};
use crate::facts::View;
use crate::screen::OWN;

impl<'a> Court<'a> {
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

    pub(super) fn the_item(&self) -> Option<(&'a Item, &'a Classified)> {
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

    fn party_on(&self, list: &str, programmes: &[String], roles: &[Role]) -> Truth {
        let deal = self.frame.deal;
        let concerned = |index: usize| {
            roles.is_empty() || deal.parties.get(index).is_some_and(|p| roles.contains(&p.role))
        };
        let is_list = |id: &str| id == list || (list == OWN && id.split('/').next() == Some(OWN));
        let covered = self.evidence.lists.iter().any(|l| is_list(l));
        // A list that this lawbook cannot read at all, or that its publisher gives out on request only, is outside of what is covered: the
        // answer names it (`lists_not_covered`). One that is expected here and has no edition of the day is unknown; hits that its later editions
        // date still count.
        let outside = !covered && !self.frame.book.basics().sources.expected(list);
        if !outside && (deal.parties.is_empty() || self.evidence.parties.is_empty()) {
            return Truth::Unknown;
        }
        let mut truth = if covered || outside { Truth::False } else { Truth::Unknown };
        for (_, party) in self.evidence.parties.iter().enumerate().filter(|(i, _)| concerned(*i)) {
            if party.status == PartyStatus::NotScreened && !outside {
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
                            match self.mandate_row(&measure.list, measure.listing.as_ref().unwrap_or(&hit.id))
                            {
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
}

/// Whether a row has a mark in a column; without a column, whether there is a row.
pub(super) fn cell(table: &Table, key: &str, column: Option<&str>, day: Day) -> Truth {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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
