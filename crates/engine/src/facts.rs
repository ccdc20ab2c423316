//! Facts of an item as conditions see them: stated ones first, then those that follow by a declared formula, computed exactly.

use std::borrow::Cow;
use std::collections::BTreeMap;

use comity_model::deal::Item;
use comity_model::fact::{Fact, FactDef, FactKind, FactSource, FactValue, Facts, Formula, RowValue};
use comity_model::number::Number;
use comity_model::truth::Truth;
use comity_model::unit::{End, Extent, Op, Quantity};

/// The facts of an item, with the rows in which a condition stands at the moment, the innermost last.
#[derive(Clone)]
pub struct View<'a> {
    /// Definitions.
    pub defs: &'a BTreeMap<String, FactDef>,
    /// The item's facts, then those of the rows.
    pub layers: Vec<&'a Facts>,
}

/// What a comparison came to, and why it is open if a value is there all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The result.
    pub truth: Truth,
    /// Why a stated value does not settle it.
    pub remark: Option<String>,
}

impl From<Truth> for Compared {
    fn from(truth: Truth) -> Self {
        Self { truth, remark: None }
    }
}

impl<'a> View<'a> {
    /// The facts of an item.
    #[must_use]
    pub fn new(defs: &'a BTreeMap<String, FactDef>, facts: &'a Facts) -> Self {
        Self { defs, layers: vec![facts] }
    }

    /// The same, inside of a row.
    #[must_use]
    pub fn within(&self, row: &'a Facts) -> Self {
        let mut layers = self.layers.clone();
        layers.push(row);
        Self { defs: self.defs, layers }
    }

    /// A fact, stated or derived; none: not known.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'a, Fact>> {
        if let Some(fact) = self.layers.iter().rev().find_map(|layer| layer.get(name)) {
            return Some(Cow::Borrowed(fact));
        }
        let def = self.defs.get(name)?;
        let formula = def.derived.as_ref()?;
        let extent = self.compute(formula)?;
        let in_unit = |value: &Number| -> String {
            let told = def.scale.as_ref().and_then(|(factor, offset)| (value - offset).checked_div(factor));
            let unit = def
                .unit
                .as_deref()
                .filter(|unit| *unit != "1")
                .map_or(String::new(), |unit| format!(" {unit}"));
            told.map_or_else(|| value.to_string(), |value| format!("{value}{unit}"))
        };
        let text = match (extent.exact(), &extent.low, &extent.high) {
            (Some(value), _, _) => in_unit(value),
            (None, Some(low), Some(high)) => format!("{} to {}", in_unit(&low.value), in_unit(&high.value)),
            (None, Some(low), None) => format!("from {}", in_unit(&low.value)),
            (None, None, Some(high)) => format!("up to {}", in_unit(&high.value)),
            (None, None, None) => "not bounded".to_owned(),
        };
        Some(Cow::Owned(Fact {
            value: FactValue::Quantity(Quantity { extent, dimension: def.dimension?, text }),
            source: FactSource::Derived(formula.facts().into_iter().map(str::to_owned).collect()),
            basis: None,
        }))
    }

    fn compute(&self, formula: &Formula) -> Option<Extent> {
        match formula {
            Formula::Constant(value) => Some(Extent::point(value.clone())),
            Formula::Fact(name) => match &self.get(name)?.value {
                FactValue::Quantity(quantity) => Some(quantity.extent.clone()),
                _ => None,
            },
            Formula::Add(a, b) => {
                combine(&self.compute(a)?, &self.compute(b)?, |x, y| Some(x + y), Turn::Same)
            }
            Formula::Sub(a, b) => {
                combine(&self.compute(a)?, &self.compute(b)?, |x, y| Some(x - y), Turn::Opposite)
            }
            Formula::Mul(a, b) => {
                positive(&self.compute(a)?, &self.compute(b)?, |x, y| Some(x * y), Turn::Same)
            }
            Formula::Div(a, b) => {
                positive(&self.compute(a)?, &self.compute(b)?, Number::checked_div, Turn::Opposite)
            }
            Formula::Pow(a, above, below) => power(&self.compute(a)?, *above, *below),
        }
    }

    /// A quantity against a limit, on the basis that the limit rests on.
    #[must_use]
    pub fn compare(&self, name: &str, basis: Option<&str>, op: Op, limit: &Number) -> Compared {
        let Some(fact) = self.get(name) else { return Truth::Unknown.into() };
        let FactValue::Quantity(quantity) = &fact.value else { return Truth::Unknown.into() };
        if let Some(def) = self.defs.get(name)
            && let Some(wanted) =
                basis.or(if def.basis.len() == 1 { def.basis.first().map(String::as_str) } else { None })
        {
            match &fact.basis {
                Some(given) if given != wanted => {
                    let remark =
                        format!("`{name}` is given on basis \"{given}\", the list wants \"{wanted}\"");
                    return Compared { truth: Truth::Unknown, remark: Some(remark) };
                }
                None if def.basis.len() > 1 => {
                    let remark = format!("`{name}` is given without a basis, the list wants \"{wanted}\"");
                    return Compared { truth: Truth::Unknown, remark: Some(remark) };
                }
                _ => {}
            }
        }
        quantity.extent.compare(op, limit).into()
    }

    /// Whether a truth fact holds.
    #[must_use]
    pub fn holds(&self, name: &str) -> Truth {
        match self.get(name).as_deref() {
            Some(Fact { value: FactValue::Truth(truth), .. }) => (*truth).into(),
            _ => Truth::Unknown,
        }
    }

    /// Whether a word fact is, or a words fact has, one of `words`.
    #[must_use]
    pub fn has_word(&self, name: &str, words: &[String]) -> Truth {
        match self.get(name).as_deref() {
            Some(Fact { value: FactValue::Words(given), .. }) => {
                given.iter().any(|w| words.contains(w)).into()
            }
            _ => Truth::Unknown,
        }
    }

    /// The rows of a list fact; none: not known.
    #[must_use]
    pub fn rows(&self, name: &str) -> Option<&'a [Facts]> {
        match self.layers.iter().rev().find_map(|layer| layer.get(name)).map(|fact| &fact.value) {
            Some(FactValue::Rows(rows)) => Some(rows),
            _ => None,
        }
    }

    /// The facts from which an unknown one could be had: itself, and the unknown inputs of its formula.
    #[must_use]
    pub fn inputs(&self, name: &str) -> Vec<String> {
        let formula = self.defs.get(name).and_then(|def| def.derived.as_ref());
        let mut inputs: Vec<String> = Vec::new();
        for fact in formula.map(Formula::facts).unwrap_or_default() {
            if self.get(fact).is_none() {
                let deeper = self.inputs(fact);
                if deeper.is_empty() { inputs.push(fact.to_owned()) } else { inputs.extend(deeper) }
            }
        }
        inputs
    }

    /// Whether a person must judge the fact.
    #[must_use]
    pub fn is_judged(&self, name: &str) -> bool {
        self.defs.get(name).is_some_and(|def| def.judged)
    }

    /// Whether the fact is a quantity.
    #[must_use]
    pub fn is_quantity(&self, name: &str) -> bool {
        self.defs.get(name).is_some_and(|def| def.kind == FactKind::Quantity)
    }
}

/// Adds the rows for which list facts stand when they are not given themselves: a single substance is a mixture of one.
pub fn complete(item: &mut Item, defs: &BTreeMap<String, FactDef>) {
    for def in defs.values().filter(|def| !def.row.is_empty()) {
        if item.facts.contains_key(&def.name) {
            continue;
        }
        let mut row = Facts::new();
        let mut from = Vec::new();
        for (key, value) in &def.row {
            match value {
                RowValue::Fact(name) => {
                    if let Some(fact) = item.facts.get(name) {
                        from.push(name.clone());
                        row.insert(key.clone(), fact.clone());
                    }
                }
                RowValue::Quantity(quantity) => {
                    row.insert(key.clone(), Fact::stated(FactValue::Quantity(quantity.clone())));
                }
            }
        }
        if !from.is_empty() {
            let fact =
                Fact { value: FactValue::Rows(vec![row]), source: FactSource::Derived(from), basis: None };
            item.facts.insert(def.name.clone(), fact);
        }
    }
    for part in item.contains.iter_mut().flatten() {
        complete(part, defs);
    }
}

/// Whether the result falls when the second operand rises.
#[derive(Clone, Copy, PartialEq)]
enum Turn {
    Same,
    Opposite,
}

fn combine(
    a: &Extent,
    b: &Extent,
    apply: impl Fn(&Number, &Number) -> Option<Number>,
    turn: Turn,
) -> Option<Extent> {
    let end = |x: &Option<End>, y: &Option<End>| match (x, y) {
        (Some(x), Some(y)) => {
            apply(&x.value, &y.value).map(|value| Some(End { value, closed: x.closed && y.closed }))
        }
        _ => Some(None),
    };
    let (for_low, for_high) = match turn {
        Turn::Same => (&b.low, &b.high),
        Turn::Opposite => (&b.high, &b.low),
    };
    Some(Extent { low: end(&a.low, for_low)?, high: end(&a.high, for_high)? })
}

/// Products and quotients keep their direction only between numbers that are not negative; elsewhere nothing is concluded.
fn positive(
    a: &Extent,
    b: &Extent,
    apply: impl Fn(&Number, &Number) -> Option<Number>,
    turn: Turn,
) -> Option<Extent> {
    if let (Some(x), Some(y)) = (a.exact(), b.exact()) {
        return apply(x, y).map(Extent::point);
    }
    let from_zero = |e: &Extent| e.low.as_ref().is_some_and(|low| !low.value.is_negative());
    if !from_zero(a)
        || !from_zero(b)
        || (turn == Turn::Opposite && b.low.as_ref().is_some_and(|low| low.value.is_zero()))
    {
        return None;
    }
    combine(a, b, apply, turn)
}

fn power(base: &Extent, above: i32, below: i32) -> Option<Extent> {
    let n = u32::try_from(below).ok()?;
    let raise = |end: &Option<End>, upper: bool| -> Option<Option<End>> {
        let Some(end) = end else { return Some(None) };
        if end.value.is_negative() && n != 1 {
            return None;
        }
        let whole = end.value.powi(above)?;
        if n == 1 {
            return Some(Some(End { value: whole, closed: end.closed }));
        }
        let (low, high) = whole.root_between(n, 30)?;
        Some(Some(End { value: if upper { high } else { low }, closed: end.closed }))
    };
    if base.exact().is_none() && base.low.as_ref().is_none_or(|low| low.value.is_negative()) {
        return None;
    }
    let (low, high) = if above >= 0 { (&base.low, &base.high) } else { (&base.high, &base.low) };
    Some(Extent { low: raise(low, false)?, high: raise(high, true)? })
}
