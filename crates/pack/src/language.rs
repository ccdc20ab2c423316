//! Reads conditions: the text form of [`Expr`]. The grammar stands in `data/README.md`; one parser serves control lists and packs.
//!
//! A condition that names something the lawbook does not hold (a fact, class, table, unit) is a fault of the data, never a silent false.

use std::collections::BTreeMap;

use comity_model::control::ClassTree;
use comity_model::date::Day;
use comity_model::deal::{Activity, Role, UseClass};
use comity_model::expr::{
    Expr, FactRef, HsRange, ItemSet, Knows, Limit, Owner, PlaceSet, Quantifier, Test, Where,
};
use comity_model::fact::{FactDef, FactKind};
use comity_model::number::Number;
use comity_model::place::StateCode;
use comity_model::standing::StatusWord;
use comity_model::unit::{DimensionId, Op, UnitTable};

/// What the words of a condition may mean.
pub struct Vocabulary<'a> {
    /// Units.
    pub units: &'a UnitTable,
    /// Facts of items.
    pub item_facts: &'a BTreeMap<String, FactDef>,
    /// Facts of deals and parties that the packs declare.
    pub deal_facts: &'a BTreeMap<String, FactDef>,
    /// Classes.
    pub classes: &'a ClassTree,
    /// Groups of words that the pack names, such as uses of concern.
    pub groups: &'a BTreeMap<String, Vec<String>>,
    /// Names of the pack's tables with their columns.
    pub tables: &'a BTreeMap<String, Vec<String>>,
    /// The rows of the pack's tables, for lists of words such as programmes.
    pub table_keys: &'a BTreeMap<String, Vec<String>>,
    /// Whether bare words are facts of the item (control lists) or of the deal (packs).
    pub bare: Owner,
    /// The control list that codes without a list belong to.
    pub list: Option<&'a str>,
}

/// Why a condition cannot be read, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionFault {
    /// Characters from its beginning.
    pub at: usize,
    /// What was seen.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// What to do.
    pub remedy: String,
}

type Parsed<T> = Result<T, ConditionFault>;

/// Reads one condition. An empty one always holds.
pub fn parse(text: &str, vocabulary: &Vocabulary<'_>) -> Parsed<Expr> {
    if text.trim().is_empty() {
        return Ok(Expr::TRUE);
    }
    let mut parser = Parser { text, at: 0, vocabulary, row: None, depth: 0 };
    let expr = parser.or()?;
    parser.blanks();
    if parser.at < text.len() {
        return Err(parser.fault(
            parser.seen(),
            "`and`, `or` or the end of the condition",
            "join conditions by `and` or `or`",
        ));
    }
    Ok(simplify(expr))
}

/// Splits a limb `label: condition`; a label is short and stands before the first colon followed by a blank.
#[must_use]
pub fn split_label(text: &str) -> (&str, &str) {
    match text.split_once(": ") {
        Some((label, rest))
            if label.len() <= 12
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-') =>
        {
            (label, rest.trim())
        }
        _ => ("", text.trim()),
    }
}

fn simplify(expr: Expr) -> Expr {
    fn flatten(parts: Vec<Expr>, all: bool) -> Vec<Expr> {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match simplify(part) {
                Expr::All(inner) if all => flat.extend(inner),
                Expr::Any(inner) if !all => flat.extend(inner),
                other => flat.push(other),
            }
        }
        flat
    }
    match expr {
        Expr::All(parts) => Expr::All(flatten(parts, true)),
        Expr::Any(parts) => Expr::Any(flatten(parts, false)),
        Expr::Not(inner) => match simplify(*inner) {
            Expr::Not(twice) => *twice,
            Expr::Const(value) => Expr::Const(!value),
            other => Expr::Not(Box::new(other)),
        },
        other => other,
    }
}

/// Conditions may be nested this deep; deeper ones are refused, so that no text can exhaust the stack.
pub(crate) const DEPTH_MAX: usize = 60;

struct Parser<'t, 'v> {
    text: &'t str,
    at: usize,
    vocabulary: &'v Vocabulary<'v>,
    /// Inside of `some list ( .. )`: the list.
    row: Option<String>,
    depth: usize,
}

impl<'t> Parser<'t, '_> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn fault(
        &self,
        found: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> ConditionFault {
        ConditionFault {
            at: self.text.get(..self.at).map_or(0, |t| t.chars().count()),
            found: found.into(),
            expected: expected.into(),
            remedy: remedy.into(),
        }
    }

    /// The word at the cursor as messages show it.
    fn seen(&self) -> String {
        match self.word_here() {
            "" => "the end of the condition".to_owned(),
            word => format!("`{word}`"),
        }
    }

    /// The word at the cursor, without moving.
    fn word_here(&self) -> &'t str {
        let rest = self.rest().trim_start();
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        match rest.get(..end) {
            Some("") => rest.get(..rest.chars().next().map_or(0, char::len_utf8)).unwrap_or(""),
            Some(word) => word,
            None => "",
        }
    }

    fn word(&mut self) -> Parsed<&'t str> {
        self.blanks();
        let rest = self.rest();
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        if end == 0 {
            return Err(self.fault(self.seen(), "a word", "see the language in data/README.md"));
        }
        self.at += end;
        Ok(rest.get(..end).unwrap_or(""))
    }

    /// Takes the sign if it stands here.
    fn take(&mut self, sign: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    /// Takes the word if it stands here as a whole word.
    fn take_word(&mut self, word: &str) -> bool {
        self.blanks();
        let rest = self.rest();
        let found = rest.strip_prefix(word).is_some_and(|after| !after.starts_with(is_word));
        if found {
            self.at += word.len();
        }
        found
    }

    fn expect(&mut self, sign: &str, remedy: &str) -> Parsed<()> {
        if self.take(sign) { Ok(()) } else { Err(self.fault(self.seen(), format!("`{sign}`"), remedy)) }
    }

    fn or(&mut self) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.fault(
                "a condition nested too deep",
                "at most 60 levels",
                "split it into limbs",
            ));
        }
        let mut parts = vec![self.and()?];
        while self.take_word("or") {
            parts.push(self.and()?);
        }
        self.depth -= 1;
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::Any(parts) })
    }

    fn and(&mut self) -> Parsed<Expr> {
        let mut parts = vec![self.unary()?];
        while self.take_word("and") {
            parts.push(self.unary()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::All(parts) })
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let mut negated = false;
        while self.take_word("not") {
            negated = !negated;
        }
        let inner = if self.take("(") {
            let inner = self.or()?;
            self.expect(")", "close the bracket")?;
            inner
        } else {
            self.test()?
        };
        Ok(if negated { Expr::Not(Box::new(inner)) } else { inner })
    }

    fn test(&mut self) -> Parsed<Expr> {
        self.blanks();
        let start = self.at;
        let word = self.word()?;
        let test = match word {
            "true" | "always" => return Ok(Expr::Const(true)),
            "false" | "never" => return Ok(Expr::Const(false)),
            "some" | "every" | "none" | "count" => self.rows(word)?,
            "class" => return self.each(|name, p| p.class(name)),
            "entry" => return self.each(|code, _| Ok(Test::Entry(code.to_owned()))),
            "contains" => {
                self.expect("(", "write contains (condition)")?;
                let inner = self.or()?;
                self.expect(")", "close the bracket")?;
                Test::Contains(Box::new(inner))
            }
            "standing" => self.standing()?,
            "activity" => Test::Activity(self.parsed_words::<Activity>()?),
            "item" if self.take_word("under") => return self.under(),
            "item" if self.take_word("agreed") => {
                self.take_word("in");
                let words = self.bracketed()?;
                let mut set = Vec::new();
                for word in &words {
                    set.push(word.parse().map_err(|e| self.fault(format!("{e}"), "", "see data/README.md"))?);
                }
                Test::AgreedIn(set)
            }
            "reason" => {
                if self.take_word("in") || self.rest().trim_start().starts_with('[') {
                    let words = self.bracketed()?;
                    return Ok(Expr::Any(words.into_iter().map(|w| Expr::Test(Test::Reason(w))).collect()));
                }
                Test::Reason(self.word()?.to_owned())
            }
            "party" if self.take_word("on") => self.party_on()?,
            "use" => Test::Use(self.uses()?),
            "informed" => Test::Knowledge { level: Knows::Informed, uses: self.uses()? },
            "aware" => Test::Knowledge { level: Knows::Aware, uses: self.uses()? },
            "should_know" => Test::Knowledge { level: Knows::ShouldKnow, uses: self.uses()? },
            "suspects" => Test::Knowledge { level: Knows::Suspects, uses: self.uses()? },
            "hs" => Test::Hs(self.tariff()?),
            "content" => self.content()?,
            "date" => {
                let op = self.op()?;
                let day = self.word()?;
                let day =
                    day.parse::<Day>().map_err(|e| self.fault(e.to_string(), "", "write the day in full"))?;
                Test::Date(op, day)
            }
            _ => {
                self.at = start;
                return self.named();
            }
        };
        Ok(Expr::Test(test))
    }

    /// One name, or any of `in [a, b]`.
    fn each(&mut self, make: impl Fn(&str, &Self) -> Parsed<Test>) -> Parsed<Expr> {
        if self.take_word("in") || self.rest().trim_start().starts_with('[') {
            let words = self.bracketed()?;
            let tests: Parsed<Vec<_>> = words.iter().map(|w| make(w, self).map(Expr::Test)).collect();
            return tests.map(Expr::Any);
        }
        let word = self.word()?;
        make(word, self).map(Expr::Test)
    }

    fn class(&self, name: &str) -> Parsed<Test> {
        if self.vocabulary.classes.get(name).is_none() {
            let near = nearest(name, self.vocabulary.classes.by_name.keys().map(String::as_str));
            return Err(self.fault(format!("class `{name}`"), "a class of controls/classes.csv", near));
        }
        Ok(Test::Class(name.to_owned()))
    }

    fn rows(&mut self, quantifier: &str) -> Parsed<Test> {
        let list = self.word()?.to_owned();
        match self.vocabulary.item_facts.get(&list) {
            Some(def) if def.kind == FactKind::List => {}
            Some(_) => {
                return Err(self.fault(
                    format!("`{list}`"),
                    "a fact of kind list",
                    "change its kind in facts.toml",
                ));
            }
            None => return Err(self.unknown_fact(&list)),
        }
        self.expect("(", "write the condition on a row in brackets")?;
        let outer = self.row.replace(list.clone());
        let inner = self.or()?;
        self.row = outer;
        self.expect(")", "close the bracket")?;
        let quantifier = match quantifier {
            "some" => Quantifier::Some,
            "every" => Quantifier::Every,
            "none" => Quantifier::None,
            _ => {
                let op = self.op()?;
                let number = self.word()?;
                let count = number.parse().map_err(|_| {
                    self.fault(format!("`{number}`"), "a whole number", "count LIST (..) >= 2")
                })?;
                Quantifier::Count(op, count)
            }
        };
        Ok(Test::Rows { list, quantifier, inner: Box::new(inner) })
    }

    fn standing(&mut self) -> Parsed<Test> {
        self.expect("(", "write standing(to, TREATY) == party")?;
        let of = self.place_word()?;
        self.expect(",", "write standing(to, TREATY) == party")?;
        let treaty = self.word()?.to_owned();
        self.expect(")", "close the bracket")?;
        let words = if self.take("==") { vec![self.word()?.to_owned()] } else { self.in_list()? };
        if let Some(wrong) = words.iter().find(|word| word.parse::<StatusWord>().is_err()) {
            let known: Vec<&str> = StatusWord::ALL.iter().map(|word| word.word()).collect();
            let hint = nearest(wrong, known.iter().copied());
            return Err(self.fault(format!("`{wrong}` as a status"), known.join(", "), hint));
        }
        Ok(Test::Standing { of, treaty, words })
    }

    fn place_word(&mut self) -> Parsed<Where> {
        let word = self.word()?;
        place(word).ok_or_else(|| {
            self.fault(format!("`{word}`"), "from, to, via, origin or a role", "see data/README.md")
        })
    }

    fn under(&mut self) -> Parsed<Expr> {
        if self.take_word("list") {
            let list = self.word()?.trim_start_matches("list.").to_owned();
            return Ok(Expr::Test(Test::Under(ItemSet::List(list))));
        }
        let own = self.vocabulary.list.unwrap_or("").to_owned();
        if self.take_word("table") {
            let (table, column) = self.table_name()?;
            return Ok(Expr::Test(Test::Under(ItemSet::Table { list: own, table, column })));
        }
        if self.take_word("category") {
            return self.each_code(|list, prefix| ItemSet::Category { list, prefix });
        }
        if self.rest().trim_start().starts_with("table.") {
            let word = self.word()?;
            let name = word.trim_start_matches("table.");
            let (table, column) = self.check_table(name)?;
            return Ok(Expr::Test(Test::Under(ItemSet::Table { list: own, table, column })));
        }
        self.each_code(|list, code| ItemSet::Code { list, code })
    }

    /// `3A225`, `eu:3A225`, `[3A001.a, 3A002]`.
    fn each_code(&mut self, make: impl Fn(String, String) -> ItemSet) -> Parsed<Expr> {
        let words = if self.take_word("in") || self.rest().trim_start().starts_with('[') {
            self.bracketed()?
        } else {
            vec![self.word()?.to_owned()]
        };
        let own = self.vocabulary.list.unwrap_or("");
        let mut sets: Vec<_> = words
            .iter()
            .map(|word| {
                let (list, code) = word.split_once(':').unwrap_or((own, word));
                Expr::Test(Test::Under(make(list.to_owned(), code.to_owned())))
            })
            .collect();
        Ok(if sets.len() == 1 { sets.remove(0) } else { Expr::Any(sets) })
    }

    fn table_name(&mut self) -> Parsed<(String, Option<String>)> {
        let word = self.word()?;
        let mut name = word.trim_start_matches("table.").to_owned();
        if self.take("[") {
            let column = self.word()?;
            self.expect("]", "close the bracket")?;
            name = format!("{name}.{column}");
        }
        self.check_table(&name)
    }

    fn check_table(&self, name: &str) -> Parsed<(String, Option<String>)> {
        let (table, column) = match name.split_once('.') {
            Some((table, column)) => (table, Some(column)),
            None => (name, None),
        };
        let Some(columns) = self.vocabulary.tables.get(table) else {
            let near = nearest(table, self.vocabulary.tables.keys().map(String::as_str));
            return Err(self.fault(format!("table `{table}`"), "a table declared in pack.toml", near));
        };
        if let Some(column) = column
            && !columns.iter().any(|c| c == column)
        {
            return Err(self.fault(
                format!("column `{column}` of table `{table}`"),
                format!("one of {}", columns.join(", ")),
                "correct the column",
            ));
        }
        Ok((table.to_owned(), column.map(str::to_owned)))
    }

    fn party_on(&mut self) -> Parsed<Test> {
        let lists = if self.rest().trim_start().starts_with('[') {
            self.bracketed()?
        } else {
            vec![self.word()?.to_owned()]
        };
        let mut programmes = Vec::new();
        let mut roles = Vec::new();
        loop {
            if self.take_word("program") || self.take_word("programme") {
                self.take_word("in");
                if self.take_word("table") {
                    let (table, _) = self.table_name()?;
                    programmes.extend(self.vocabulary.table_keys.get(&table).cloned().unwrap_or_default());
                } else {
                    programmes.extend(self.bracketed()?);
                }
            } else if self.take_word("as") {
                let words = if self.rest().trim_start().starts_with('[') {
                    self.bracketed()?
                } else {
                    vec![self.word()?.to_owned()]
                };
                for word in words {
                    roles.push(
                        word.parse::<Role>()
                            .map_err(|e| self.fault(e.to_string(), "", "see data/README.md"))?,
                    );
                }
            } else {
                return Ok(Test::PartyOn { lists, programmes, roles });
            }
        }
    }

    /// `use military`, `use [a, b]`, `informed(use.concern)`, `use.military`.
    fn uses(&mut self) -> Parsed<Vec<String>> {
        let words = if self.take("(") {
            let mut words = vec![self.word()?.to_owned()];
            while self.take(",") {
                words.push(self.word()?.to_owned());
            }
            self.expect(")", "close the bracket")?;
            words
        } else if self.rest().trim_start().starts_with('[') {
            self.bracketed()?
        } else {
            if self.take_word("in") {
                let words = self.bracketed()?;
                return self.known_uses(&words);
            }
            vec![self.word()?.to_owned()]
        };
        self.known_uses(&words)
    }

    fn known_uses(&self, words: &[String]) -> Parsed<Vec<String>> {
        let mut known = Vec::new();
        for word in words {
            let word = word.trim_start_matches("use.");
            let group = self.vocabulary.groups.get(word);
            for word in group.map_or_else(|| vec![word.to_owned()], Clone::clone) {
                let class = word.parse::<UseClass>().map_err(|e| {
                    self.fault(e.to_string(), "", "name an end-use class or a group of the pack")
                })?;
                known.push(class.word().to_owned());
            }
        }
        Ok(known)
    }

    fn tariff(&mut self) -> Parsed<Vec<HsRange>> {
        self.take("==");
        self.take_word("in");
        if self.take_word("table") {
            let (table, _) = self.table_name()?;
            let keys = self.vocabulary.table_keys.get(&table).cloned().unwrap_or_default();
            return keys.iter().map(|k| self.tariff_range(k)).collect();
        }
        let words = if self.rest().trim_start().starts_with('[') {
            self.bracketed()?
        } else {
            vec![self.word()?.to_owned()]
        };
        words.iter().map(|word| self.tariff_range(word)).collect()
    }

    fn tariff_range(&self, word: &str) -> Parsed<HsRange> {
        let (first, last) = word.split_once("..").unwrap_or((word, word));
        let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        let (first, last) = (digits(first), digits(last));
        if first.len() < 2 || last.len() < 2 || first.len() > 10 {
            return Err(self.fault(
                format!("tariff code `{word}`"),
                "two to ten digits",
                "write 84, 8504, 8504.40 or 84..85",
            ));
        }
        Ok(HsRange { first, last })
    }

    fn content(&mut self) -> Parsed<Test> {
        self.expect("(", "write content(XX) > 10 %")?;
        let state = self.state()?;
        self.expect(")", "close the bracket")?;
        let op = self.op()?;
        let dimension = self.vocabulary.units.dimension_named("ratio");
        let limit = self.limit(dimension)?;
        Ok(Test::Content { state, op, limit })
    }

    fn state(&mut self) -> Parsed<StateCode> {
        let word = self.word()?;
        word.parse()
            .map_err(|e: comity_model::place::StateCodeFault| self.fault(e.to_string(), "", "use the code"))
    }

    /// A test that begins with a name: a place, a table cell, a fact.
    fn named(&mut self) -> Parsed<Expr> {
        let word = self.word()?;
        if let Some(of) = place(word) {
            return self.place_test(of);
        }
        if word == "to_region" || word == "region" {
            let regions = if self.take("==") { vec![self.quoted_or_word()?] } else { self.in_list()? };
            return Ok(Expr::Test(Test::Region { of: Where::To, regions }));
        }
        if word == "value" && matches!(self.rest().trim_start().chars().next(), Some('<' | '>' | '=')) {
            let op = self.op()?;
            self.blanks();
            let number = self.word()?;
            let value =
                number.parse::<Number>().map_err(|e| self.fault(e.to_string(), "", "value > 5000 EUR"))?;
            let currency = self.word()?.to_owned();
            let text = format!("{number} {currency}");
            return Ok(Expr::Test(Test::Value { op, limit: Limit { value, text }, currency }));
        }
        if self.vocabulary.tables.contains_key(word) && self.take("[") {
            let row = self.place_word()?;
            self.expect("]", "write table[to].column")?;
            self.expect(".", "write table[to].column")?;
            let column = self.word()?.to_owned();
            self.check_table(&format!("{word}.{column}"))?;
            return Ok(Expr::Test(Test::Cell { table: word.to_owned(), row, column }));
        }
        let fact = self.fact_ref(word)?;
        self.fact_test(fact)
    }

    fn place_test(&mut self, of: Where) -> Parsed<Expr> {
        if self.take_word("in") {
            if self.take_word("area") {
                return Ok(Expr::Test(Test::Place { of, set: PlaceSet::Area }));
            }
            if self.take_word("table") || self.rest().trim_start().starts_with("table.") {
                let (table, column) = self.table_name()?;
                return Ok(Expr::Test(Test::Place { of, set: PlaceSet::Table { table, column } }));
            }
            let words = self.bracketed()?;
            let states: Result<Vec<StateCode>, _> = words.iter().map(|w| w.parse()).collect();
            let mut states = states.map_err(|e| self.fault(e.to_string(), "", "use codes of States"))?;
            states.sort_unstable();
            return Ok(Expr::Test(Test::Place { of, set: PlaceSet::States(states) }));
        }
        let negated = if self.take("==") {
            false
        } else if self.take("!=") {
            true
        } else {
            return Err(self.fault(
                self.seen(),
                "in [..], in area, in table NAME.COLUMN, == or !=",
                "compare the place with something",
            ));
        };
        let word = self.word()?;
        let test = match place(word) {
            Some(other) => Test::SamePlace(of, other),
            None => {
                let state = word.parse().map_err(|e: comity_model::place::StateCodeFault| {
                    self.fault(e.to_string(), "", "use the code")
                })?;
                Test::Place { of, set: PlaceSet::States(vec![state]) }
            }
        };
        let expr = Expr::Test(test);
        Ok(if negated { Expr::Not(Box::new(expr)) } else { expr })
    }

    fn fact_ref(&mut self, word: &str) -> Parsed<FactRef> {
        let (owner, name) = match word.split_once('.') {
            Some(("item", name)) => (Owner::Item, name),
            Some(("deal", name)) => (Owner::Deal, name),
            Some((role, name)) => match role.parse::<Role>() {
                Ok(role) => (Owner::Party(role), name),
                Err(_) => (self.vocabulary.bare, word),
            },
            None => (self.vocabulary.bare, word),
        };
        let known = match owner {
            Owner::Item => self.vocabulary.item_facts.contains_key(name),
            Owner::Deal | Owner::Party(_) => self.vocabulary.deal_facts.contains_key(name),
        };
        if known { Ok(FactRef { owner, name: name.to_owned() }) } else { Err(self.unknown_fact(word)) }
    }

    fn unknown_fact(&self, word: &str) -> ConditionFault {
        let names = match self.vocabulary.bare {
            Owner::Item => self.vocabulary.item_facts,
            Owner::Deal | Owner::Party(_) => self.vocabulary.deal_facts,
        };
        let near = nearest(word, names.keys().map(String::as_str));
        self.fault(format!("fact `{word}`"), "a declared fact", near)
    }

    fn def(&self, fact: &FactRef) -> Option<&FactDef> {
        match fact.owner {
            Owner::Item => self.vocabulary.item_facts.get(&fact.name),
            Owner::Deal | Owner::Party(_) => self.vocabulary.deal_facts.get(&fact.name),
        }
    }

    fn fact_test(&mut self, fact: FactRef) -> Parsed<Expr> {
        let Some(def) = self.def(&fact).cloned() else { return Err(self.unknown_fact(&fact.name)) };
        let basis = if self.take("@") { Some(self.quoted_or_word()?) } else { None };
        if let Some(basis) = &basis
            && !def.basis.contains(basis)
        {
            return Err(self.fault(
                format!("basis \"{basis}\""),
                format!("a basis of `{}`: {}", fact.name, def.basis.join("; ")),
                "add the basis to the fact, or correct it",
            ));
        }
        if self.take_word("has") || self.take_word("in") {
            let words = if self.rest().trim_start().starts_with('[') {
                self.bracketed()?
            } else if self.take_word("table") {
                let (table, _) = self.table_name()?;
                self.vocabulary.table_keys.get(&table).cloned().unwrap_or_default()
            } else {
                vec![self.quoted_or_word()?]
            };
            return self.word_test(fact, &def, words, false);
        }
        self.blanks();
        let rest = self.rest();
        if rest.starts_with("!=") || (rest.starts_with("==") && def.kind != FactKind::Quantity) {
            let negated = rest.starts_with("!=");
            self.at += 2;
            if def.kind == FactKind::Truth {
                let word = self.word()?;
                let holds = Expr::Test(Test::Holds(fact));
                return match (word, negated) {
                    ("true", false) | ("false", true) => Ok(holds),
                    ("false", false) | ("true", true) => Ok(Expr::Not(Box::new(holds))),
                    _ => Err(self.fault(
                        format!("`{word}`"),
                        "true or false",
                        "compare a truth fact with true or false",
                    )),
                };
            }
            if def.kind == FactKind::Quantity {
                return Err(self.fault("`!=` on a quantity", "> >= < <= ==", "write not (fact == value)"));
            }
            let word = self.quoted_or_word()?;
            return self.word_test(fact, &def, vec![word], negated);
        }
        if matches!(rest.chars().next(), Some('<' | '>' | '=')) {
            if def.kind != FactKind::Quantity {
                return Err(self.fault(
                    format!("a comparison on `{}`", fact.name),
                    "a quantity",
                    "change its kind in the data",
                ));
            }
            let op = self.op()?;
            let limit = self.limit(def.dimension)?;
            if basis.is_none() && def.basis.len() > 1 {
                return Err(self.fault(
                    format!("a limit on `{}` without a basis", fact.name),
                    format!("@ \"{}\" or another of its bases", def.basis.first().map_or("", String::as_str)),
                    "say on which basis the limit rests",
                ));
            }
            return Ok(Expr::Test(Test::Limit { fact, basis, op, limit }));
        }
        if def.kind != FactKind::Truth {
            return Err(self.fault(
                format!("`{}` alone", fact.name),
                "a comparison, since it is no truth fact",
                "write what it is compared with",
            ));
        }
        Ok(Expr::Test(Test::Holds(fact)))
    }

    fn word_test(&self, fact: FactRef, def: &FactDef, words: Vec<String>, negated: bool) -> Parsed<Expr> {
        if !matches!(def.kind, FactKind::Word | FactKind::Words) {
            return Err(self.fault(
                format!("words asked of `{}`", fact.name),
                "a fact of kind word or words",
                "change its kind in the data",
            ));
        }
        if !def.values.is_empty()
            && let Some(strange) = words.iter().find(|w| !def.values.contains(w))
        {
            return Err(self.fault(
                format!("`{strange}`"),
                format!("one of the values of `{}`", fact.name),
                nearest(strange, def.values.iter().map(String::as_str)),
            ));
        }
        let expr = Expr::Test(Test::Words { fact, words });
        Ok(if negated { Expr::Not(Box::new(expr)) } else { expr })
    }

    fn op(&mut self) -> Parsed<Op> {
        for (sign, op) in [
            (">=", Op::Ge),
            ("<=", Op::Le),
            ("==", Op::Eq),
            (">", Op::Gt),
            ("<", Op::Lt),
            ("≥", Op::Ge),
            ("≤", Op::Le),
        ] {
            if self.take(sign) {
                return Ok(op);
            }
        }
        Err(self.fault(self.seen(), "> >= < <= or ==", "compare with a value"))
    }

    /// A limit runs to the next `and`, `or`, comma, or closing bracket that it did not open.
    fn limit(&mut self, dimension: Option<DimensionId>) -> Parsed<Limit> {
        self.blanks();
        let rest = self.rest();
        let mut depth = 0usize;
        let mut end = rest.len();
        for (at, c) in rest.char_indices() {
            let after = rest.get(at..).unwrap_or("");
            let boundary = match c {
                '(' => {
                    depth += 1;
                    false
                }
                ')' if depth > 0 => {
                    depth -= 1;
                    false
                }
                ')' | ',' | ';' => true,
                c if c.is_whitespace() => {
                    let next = after.trim_start();
                    ["and", "or"]
                        .iter()
                        .any(|k| next.strip_prefix(k).is_some_and(|r| !r.starts_with(is_word)))
                }
                _ => false,
            };
            if boundary {
                end = at;
                break;
            }
        }
        let text = rest.get(..end).unwrap_or("").trim();
        let quantity = self
            .vocabulary
            .units
            .parse(text, dimension)
            .map_err(|e| self.fault(e.to_string(), "", "write the limit with its unit"))?;
        let Some(value) = quantity.extent.exact().cloned() else {
            return Err(self.fault(
                format!("`{text}`"),
                "a single value",
                "write two comparisons joined by `and`",
            ));
        };
        self.at += end;
        Ok(Limit { value, text: text.to_owned() })
    }

    fn quoted_or_word(&mut self) -> Parsed<String> {
        self.blanks();
        if self.take("\"") {
            let rest = self.rest();
            let Some(end) = rest.find('"') else {
                return Err(self.fault("a quotation mark without its partner", "\"", "close the quotation"));
            };
            self.at += end + 1;
            return Ok(rest.get(..end).unwrap_or("").to_owned());
        }
        self.word().map(str::to_owned)
    }

    fn in_list(&mut self) -> Parsed<Vec<String>> {
        if self.take_word("in") || self.rest().trim_start().starts_with('[') {
            return self.bracketed();
        }
        Err(self.fault(self.seen(), "== or in [..]", "compare it with something"))
    }

    fn parsed_words<T: std::str::FromStr>(&mut self) -> Parsed<Vec<T>>
    where
        T::Err: std::fmt::Display,
    {
        let words = if self.take("==") { vec![self.word()?.to_owned()] } else { self.in_list()? };
        words
            .iter()
            .map(|w| w.parse().map_err(|e: T::Err| self.fault(e.to_string(), "", "use a word of the set")))
            .collect()
    }

    /// `[a, "b c", 8504.40, 72..76]`; a group of the pack is spelt out.
    fn bracketed(&mut self) -> Parsed<Vec<String>> {
        self.expect("[", "write the words in square brackets")?;
        let mut words = Vec::new();
        loop {
            if self.take("]") {
                return Ok(words);
            }
            self.blanks();
            let word = if self.rest().starts_with('"') {
                self.quoted_or_word()?
            } else {
                let rest = self.rest();
                let end = rest.find([',', ']']).unwrap_or(rest.len());
                self.at += end;
                rest.get(..end).unwrap_or("").trim().to_owned()
            };
            if word.is_empty() {
                return Err(self.fault("an empty word", "a word", "remove the comma or write the word"));
            }
            match self.vocabulary.groups.get(&word) {
                Some(group) => words.extend(group.iter().cloned()),
                None => words.push(word),
            }
            if !self.take(",") && !self.rest().trim_start().starts_with(']') {
                return Err(self.fault(self.seen(), "`,` or `]`", "close the square bracket"));
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/')
}

fn place(word: &str) -> Option<Where> {
    Some(match word {
        "from" => Where::From,
        "to" | "dest" => Where::To,
        "via" => Where::Via,
        "origin" => Where::Origin,
        "actor" => Where::Actor,
        _ => Where::Party(word.strip_suffix(".state")?.parse().ok()?),
    })
}

/// "did you mean X" for the nearest known word, or nothing near.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    known
        .map(|k| (strsim::damerau_levenshtein(word, k), k))
        .min()
        .filter(|(distance, k)| *distance <= 1 + k.len().max(word.len()) / 3)
        .map_or_else(
            || "declare it, or use a declared one".to_owned(),
            |(_, k)| format!("did you mean `{k}`?"),
        )
}
