//! Conditions: the one small, total language of control-list provisions, notes, hooks, rules and gaps, in compiled form.
//!
//! It has no recursion and no user functions. Every word that a condition uses is a variant of [`Test`], so that an evaluator which
//! forgets one does not compile. The text form is read by the `pack` crate; its grammar stands in `data/README.md`.

use serde::{Deserialize, Serialize};

use crate::date::Day;
use crate::deal::{Activity, Role};
use crate::mandate::AgreedIn;
use crate::number::Number;
use crate::place::StateCode;
use crate::unit::Op;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expr {
    /// Always or never.
    Const(bool),
    /// All of these hold.
    All(Vec<Expr>),
    /// At least one of these holds.
    Any(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
    /// A single test.
    Test(Test),
}

/// Whose fact it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Owner {
    /// The item (or, inside of a row, the row).
    Item,
    /// The deal's `[facts]`.
    Deal,
    /// The party in this role.
    Party(Role),
}

/// A fact by owner and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FactRef {
    /// Whose fact.
    pub owner: Owner,
    /// Its name.
    pub name: String,
}

/// Which place of the deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Where {
    /// Where it leaves.
    From,
    /// Its ultimate destination.
    To,
    /// Any place on the route.
    Via,
    /// The origin of the item.
    Origin,
    /// The State of the party in this role.
    Party(Role),
    /// A nationality of any party that acts: exporter or broker.
    Actor,
}

/// A set of places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PlaceSet {
    /// These codes.
    States(Vec<StateCode>),
    /// The area of the pack, as of the day.
    Area,
    /// The rows of a table, or those whose cell in a column is marked.
    Table {
        /// The table of the pack.
        table: String,
        /// The column; none: having a row is enough.
        column: Option<String>,
    },
}

/// How many rows of a list fact must fulfil a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Quantifier {
    /// At least one.
    Some,
    /// Every one (and there is one).
    Every,
    /// Not one.
    None,
    /// So many, compared with a number.
    Count(Op, u32),
}

/// A level of knowledge, and the separate way of being told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Knows {
    /// Told by the authority.
    Informed,
    /// Knows.
    Aware,
    /// Knows or should know.
    ShouldKnow,
    /// Has grounds to suspect, or more.
    Suspects,
}

/// Which items of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ItemSet {
    /// Any entry of the list.
    List(String),
    /// This provision and all below it, of the named list.
    Code {
        /// The list.
        list: String,
        /// Code of the entry, with a path.
        code: String,
    },
    /// Any code of the first column of a table of the pack.
    Table {
        /// The list.
        list: String,
        /// The table.
        table: String,
        /// A column that must be marked; none: being in the table is enough.
        column: Option<String>,
    },
    /// Codes between these two heads, in list order, both included.
    Category {
        /// The list.
        list: String,
        /// The beginning of the code: `3`, `3A`, `3A0`.
        prefix: String,
    },
}

/// Tariff codes from `first` to `last`, compared on as many digits as each has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HsRange {
    /// First code, digits only.
    pub first: String,
    /// Last code, digits only.
    pub last: String,
}

/// A limit with its exact value in base units and as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Limit {
    /// In base units.
    pub value: Number,
    /// As written in the data: `40 VA`.
    pub text: String,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// A truth fact holds.
    Holds(FactRef),
    /// A quantity fact against a limit.
    Limit {
        /// The fact.
        fact: FactRef,
        /// The measuring basis that the limit rests on; none: the fact's own single one.
        basis: Option<String>,
        /// The comparison.
        op: Op,
        /// The limit.
        limit: Limit,
    },
    /// A word fact is, or a words fact has, one of these.
    Words {
        /// The fact.
        fact: FactRef,
        /// The words.
        words: Vec<String>,
    },
    /// Rows of a list fact.
    Rows {
        /// The list fact.
        list: String,
        /// How many.
        quantifier: Quantifier,
        /// The condition on a row; names in it are facts of the row, else of the item.
        inner: Box<Expr>,
    },
    /// The item is of that class or of one below it.
    Class(String),
    /// The item is matched by that entry or provision of the same list.
    Entry(String),
    /// Some item contained in this one fulfils it.
    Contains(Box<Expr>),
    /// The status of a State in a treaty on the day.
    Standing {
        /// Which State of the deal.
        of: Where,
        /// The treaty or regime.
        treaty: String,
        /// Status words, any of which will do.
        words: Vec<String>,
    },
    /// What is done.
    Activity(Vec<Activity>),
    /// A place of the deal lies in a set.
    Place {
        /// Which place.
        of: Where,
        /// The set.
        set: PlaceSet,
    },
    /// Two places of the deal are the same.
    SamePlace(Where, Where),
    /// The part of the territory of destination is one of these.
    Region {
        /// Which place.
        of: Where,
        /// The parts.
        regions: Vec<String>,
    },
    /// The item is listed there.
    Under(ItemSet),
    /// A matched provision of the pack's list states this reason for control.
    Reason(String),
    /// A matched provision of any list was agreed in one of these.
    AgreedIn(Vec<AgreedIn>),
    /// A cell of a table of the pack is marked.
    Cell {
        /// The table.
        table: String,
        /// The row.
        row: Where,
        /// The column.
        column: String,
    },
    /// A party of the deal, or an owner of one, has a measure of one of these lists in force.
    PartyOn {
        /// Lists by id, or `own` for the user's own.
        lists: Vec<String>,
        /// Only with one of these programmes; empty: any.
        programmes: Vec<String>,
        /// Only parties in one of these roles; empty: any.
        roles: Vec<Role>,
    },
    /// The stated purpose is one of these.
    Use(Vec<String>),
    /// Knowledge of one of these uses.
    Knowledge {
        /// Which kind.
        level: Knows,
        /// The uses.
        uses: Vec<String>,
    },
    /// The tariff code lies in one of these ranges.
    Hs(Vec<HsRange>),
    /// The share of value with origin in a State.
    Content {
        /// The State.
        state: StateCode,
        /// The comparison.
        op: Op,
        /// The limit.
        limit: Limit,
    },
    /// The value of the item in the currency of the limit.
    Value {
        /// The comparison.
        op: Op,
        /// The amount.
        limit: Limit,
        /// The currency, ISO 4217.
        currency: String,
    },
    /// The day of the deal.
    Date(Op, Day),
}

impl Expr {
    /// A condition that always holds.
    pub const TRUE: Self = Self::Const(true);

    /// Calls `visit` on every test, also inside of rows and contained items.
    pub fn for_each_test<'a>(&'a self, visit: &mut impl FnMut(&'a Test)) {
        match self {
            Self::Const(_) => {}
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|p| p.for_each_test(visit)),
            Self::Not(inner) => inner.for_each_test(visit),
            Self::Test(test) => {
                visit(test);
                if let Test::Rows { inner, .. } | Test::Contains(inner) = test {
                    inner.for_each_test(visit);
                }
            }
        }
    }

    /// Whether it depends on the item, so that it may come out differently for each.
    #[must_use]
    pub fn mentions_item(&self) -> bool {
        let mut found = false;
        self.for_each_test(&mut |test| {
            found |= match test {
                Test::Holds(fact) | Test::Limit { fact, .. } | Test::Words { fact, .. } => {
                    fact.owner == Owner::Item
                }
                Test::Place { of, .. } | Test::Standing { of, .. } | Test::Region { of, .. } => {
                    *of == Where::Origin
                }
                Test::SamePlace(a, b) => *a == Where::Origin || *b == Where::Origin,
                Test::Cell { row, .. } => *row == Where::Origin,
                Test::Rows { .. }
                | Test::Class(_)
                | Test::Entry(_)
                | Test::Contains(_)
                | Test::Under(_)
                | Test::Reason(_)
                | Test::AgreedIn(_)
                | Test::Hs(_)
                | Test::Content { .. }
                | Test::Value { .. } => true,
                Test::Activity(_)
                | Test::PartyOn { .. }
                | Test::Use(_)
                | Test::Knowledge { .. }
                | Test::Date(..) => false,
            };
        });
        found
    }
}
