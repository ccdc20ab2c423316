//! Conditions in words for people.

use comity_model::expr::{Expr, ItemSet, Knows, PlaceSet, Quantifier, Test, Where};
use comity_model::lawbook::Lawbook;
use comity_model::unit::Op;

/// A test in words; `negated` when it is its contrary that is meant.
#[must_use]
pub fn test(book: &Lawbook, test: &Test, negated: bool) -> String {
    let basics = book.basics();
    let title = |name: &str| {
        let def = basics.item_facts.get(name).or_else(|| basics.deal_facts.get(name));
        def.map_or_else(|| name.replace('_', " "), |def| def.title.clone())
    };
    let not = if negated { "not " } else { "" };
    match test {
        Test::Holds(fact) => format!("{not}{}", title(&fact.name)),
        Test::Limit { fact, basis, op, limit } => {
            let basis = basis.as_ref().map_or(String::new(), |b| format!(" by {b}"));
            format!("{} {}{basis}", title(&fact.name), against(*op, &limit.text, negated))
        }
        Test::Words { fact, words } => format!("{}: {not}{}", title(&fact.name), choice(words)),
        Test::Rows { list, quantifier, inner } => {
            let inner = expr(book, inner);
            match quantifier {
                Quantifier::Some => format!("{not}some of {} with {inner}", title(list)),
                Quantifier::Every => format!("{not}every one of {} with {inner}", title(list)),
                Quantifier::None => format!("{not}none of {} with {inner}", title(list)),
                Quantifier::Count(op, n) => {
                    format!("{} of {} with {inner}", against(*op, &n.to_string(), negated), title(list))
                }
            }
        }
        Test::Class(name) => {
            format!(
                "{not}{}",
                basics.classes.get(name).map_or(name.as_str(), |(_, class)| class.title.as_str())
            )
        }
        Test::Entry(code) => format!("{not}specified in {code}"),
        Test::Contains(inner) => format!("{not}containing: {}", expr(book, inner)),
        Test::Standing { of, treaty, words } => format!("{} {not}{} of {treaty}", place(*of), choice(words)),
        Test::Activity(activities) => {
            format!(
                "activity {not}{}",
                choice(&activities.iter().map(|a| a.word().to_owned()).collect::<Vec<_>>())
            )
        }
        Test::Place { of, set } => match set {
            PlaceSet::States(states) => {
                let codes: Vec<String> = states.iter().take(8).map(ToString::to_string).collect();
                let more = states.len().saturating_sub(8);
                let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("{} {not}in {}{tail}", place(*of), codes.join(", "))
            }
            PlaceSet::Area => format!("{} {not}in the territory", place(*of)),
            PlaceSet::Table { table, column } => {
                format!("{} {not}among {}", place(*of), column.as_ref().unwrap_or(table).replace('_', " "))
            }
        },
        Test::SamePlace(a, b) => format!("{} {not}the same as {}", place(*a), place(*b)),
        Test::Region { regions, .. } => format!("part of the territory {not}{}", choice(regions)),
        Test::Under(set) => match set {
            ItemSet::List(list) => format!("{not}on list {list}"),
            ItemSet::Code { list, code } => format!("{not}under {list}:{code}"),
            ItemSet::Table { table, .. } => format!("{not}among {}", table.replace('_', " ")),
            ItemSet::Category { list, prefix } => format!("{not}in {list}:{prefix}"),
        },
        Test::Reason(column) => format!("{not}controlled for {column}"),
        Test::AgreedIn(set) => {
            format!("{not}agreed in {}", choice(&set.iter().map(ToString::to_string).collect::<Vec<_>>()))
        }
        Test::Cell { table, row, column } => {
            format!("{} {not}marked {column} in {}", place(*row), table.replace('_', " "))
        }
        Test::PartyOn { lists, .. } => format!("{not}a party on {}", choice(lists)),
        Test::Use(words) => format!("end use {not}{}", choice(words)),
        Test::Knowledge { level, uses } => {
            let verb = match level {
                Knows::Informed => "informed by the authority of",
                Knows::Aware => "aware of",
                Knows::ShouldKnow => "should know of",
                Knows::Suspects => "grounds to suspect",
            };
            format!("{not}{verb} a use {}", choice(uses))
        }
        Test::Hs(_) => format!("tariff code {not}among those named"),
        Test::Content { state, op, limit } => {
            format!("{state} content {}", against(*op, &limit.text, negated))
        }
        Test::Value { op, limit, .. } => format!("value {}", against(*op, &limit.text, negated)),
        Test::Date(op, day) => format!("day {}", against(*op, &day.to_string(), negated)),
    }
}

/// A condition in words.
#[must_use]
pub fn expr(book: &Lawbook, condition: &Expr) -> String {
    match condition {
        Expr::Const(true) => "always".to_owned(),
        Expr::Const(false) => "never".to_owned(),
        Expr::All(parts) => parts.iter().map(|p| part(book, p)).collect::<Vec<_>>().join(" and "),
        Expr::Any(parts) => parts.iter().map(|p| part(book, p)).collect::<Vec<_>>().join(" or "),
        Expr::Not(inner) => match &**inner {
            Expr::Test(t) => test(book, t, true),
            other => format!("not ({})", expr(book, other)),
        },
        Expr::Test(t) => test(book, t, false),
    }
}

fn part(book: &Lawbook, condition: &Expr) -> String {
    match condition {
        Expr::All(_) | Expr::Any(_) => format!("({})", expr(book, condition)),
        other => expr(book, other),
    }
}

fn against(op: Op, limit: &str, negated: bool) -> String {
    match (op, negated) {
        (Op::Ge, false) | (Op::Lt, true) => format!("{limit} or more"),
        (Op::Gt, false) | (Op::Le, true) => format!("more than {limit}"),
        (Op::Lt, false) | (Op::Ge, true) => format!("less than {limit}"),
        (Op::Le, false) | (Op::Gt, true) => format!("{limit} or less"),
        (Op::Eq, false) => format!("exactly {limit}"),
        (Op::Eq, true) => format!("other than {limit}"),
    }
}

fn choice(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|w| w.replace('_', " ")).collect();
    match words.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [head @ .., last] if words.len() <= 8 => format!("{} or {last}", head.join(", ")),
        many => format!(
            "{} or one of {} more",
            many.iter().take(6).cloned().collect::<Vec<_>>().join(", "),
            many.len() - 6
        ),
    }
}

fn place(of: Where) -> String {
    match of {
        Where::From => "origin of the shipment".to_owned(),
        Where::To => "destination".to_owned(),
        Where::Via => "route".to_owned(),
        Where::Origin => "origin of the item".to_owned(),
        Where::Party(role) => format!("State of the {role}"),
        Where::Actor => "State of who acts".to_owned(),
    }
}
