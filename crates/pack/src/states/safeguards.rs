//! Reads `safeguards.toml`: what is asked when nuclear material moves between two States.

use std::collections::BTreeSet;

use comity_model::number::Number;
use comity_model::standing::{
    Condition, EnrichmentLimit, Material, MaterialUse, Reading, SafeguardsRules, SourceRef, TreatyRef,
    Undertaking,
};
use serde::Deserialize;
use toml::Spanned;

use super::read::line_at;
use super::{Load, SAFEGUARDS};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tables: Tables,
    weapon_states: WeaponStates,
    #[serde(default)]
    material: Vec<MaterialToml>,
    #[serde(default)]
    enrichment: Vec<EnrichmentToml>,
    #[serde(default, rename = "use")]
    uses: Vec<UseToml>,
    #[serde(default)]
    undertaking: Vec<UndertakingToml>,
    #[serde(default)]
    agreement_fact: Vec<ConditionToml>,
    #[serde(default)]
    condition: Vec<ConditionToml>,
    #[serde(default)]
    reading: Vec<ReadingToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    treaty: Spanned<String>,
    comprehensive: Spanned<String>,
    voluntary: Spanned<String>,
    protocol: Spanned<String>,
    organisation: Spanned<String>,
    regimes: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeaponStates {
    states: Vec<Spanned<String>>,
    cite: String,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MaterialToml {
    id: Spanned<String>,
    title: String,
    kind: Option<Spanned<String>>,
    cite: String,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnrichmentToml {
    from: Spanned<String>,
    title: String,
    kind: Spanned<String>,
    cite: String,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UseToml {
    id: Spanned<String>,
    title: String,
    peaceful: Spanned<String>,
    #[serde(default)]
    conditions: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UndertakingToml {
    id: Spanned<String>,
    title: String,
    says: String,
    cite: String,
    side: Spanned<String>,
    by: Spanned<String>,
    of: Option<Spanned<String>>,
    recipient: Option<Spanned<String>>,
    kinds: Vec<Spanned<String>>,
    peaceful_only: bool,
    binds: bool,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionToml {
    id: Spanned<String>,
    says: String,
    cite: String,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadingToml {
    question: Spanned<String>,
    id: String,
    claim: String,
    holders: Vec<Spanned<String>>,
    source: Spanned<String>,
}

/// The file while it is turned into the rules.
struct Turn<'l, 'a> {
    load: &'l mut Load<'a>,
    text: &'l str,
}

impl Turn<'_, '_> {
    fn line<T>(&self, at: &Spanned<T>) -> usize {
        line_at(self.text, at.span().start)
    }

    fn treaty(&mut self, id: &Spanned<String>) -> Option<TreatyRef> {
        let line = self.line(id);
        self.load.treaty(SAFEGUARDS, line, id.get_ref())
    }

    fn source(&mut self, id: &Spanned<String>) -> Option<SourceRef> {
        let line = self.line(id);
        self.load.source(SAFEGUARDS, line, id.get_ref())
    }

    fn word<T>(&mut self, text: &Spanned<String>) -> Option<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let line = self.line(text);
        self.load.parse(SAFEGUARDS, line, text.get_ref(), "correct the word")
    }

    /// A word that may be left out: none where it is wrong.
    fn optional<T>(&mut self, text: Option<&Spanned<String>>) -> Option<Option<T>>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        match text {
            Some(text) => self.word(text).map(Some),
            None => Some(None),
        }
    }

    /// A word that stands once in its part of the file.
    fn own(&mut self, id: &Spanned<String>, seen: &mut BTreeSet<String>) -> String {
        if !seen.insert(id.get_ref().clone()) {
            let line = self.line(id);
            let found = format!("`{}` a second time", id.get_ref());
            self.load.fault(SAFEGUARDS, line, found, "each id once", "remove one of the two");
        }
        id.get_ref().clone()
    }

    fn conditions(&mut self, from: Vec<ConditionToml>, seen: &mut BTreeSet<String>) -> Vec<Condition> {
        let mut out = Vec::new();
        for c in from {
            let id = self.own(&c.id, seen);
            if let Some(source) = self.source(&c.source) {
                out.push(Condition { id, says: c.says, cite: c.cite, source });
            }
        }
        out
    }

    fn rules(&mut self, file: File) -> Option<SafeguardsRules> {
        let t = file.tables;
        let (treaty, comprehensive) = (self.treaty(&t.treaty), self.treaty(&t.comprehensive));
        let (voluntary, protocol) = (self.treaty(&t.voluntary), self.treaty(&t.protocol));
        let organisation = self.treaty(&t.organisation);
        let regimes = t.regimes.iter().filter_map(|id| self.treaty(id)).collect();
        let mut weapon_states = Vec::new();
        for code in &file.weapon_states.states {
            let line = self.line(code);
            weapon_states.extend(self.load.state(SAFEGUARDS, line, code.get_ref()));
        }
        weapon_states.sort();
        let weapon_source = self.source(&file.weapon_states.source);

        let mut seen = BTreeSet::new();
        let mut materials = Vec::new();
        for m in file.material {
            let id = self.own(&m.id, &mut seen);
            let (kind, source) = (self.optional(m.kind.as_ref()), self.source(&m.source));
            if let (Some(kind), Some(source)) = (kind, source) {
                materials.push(Material { id, title: m.title, kind, cite: m.cite, source });
            }
        }
        let mut enrichment: Vec<EnrichmentLimit> = Vec::new();
        for e in file.enrichment {
            let line = self.line(&e.from);
            let from: Option<Number> = self.word(&e.from);
            let (kind, source) = (self.word(&e.kind), self.source(&e.source));
            let (Some(from), Some(kind), Some(source)) = (from, kind, source) else { continue };
            if enrichment.last().is_some_and(|before| before.from >= from) {
                let found = format!("the limit {from} after a higher one");
                self.load.fault(SAFEGUARDS, line, found, "limits that rise", "sort the limits");
                continue;
            }
            enrichment.push(EnrichmentLimit { from, title: e.title, kind, cite: e.cite, source });
        }
        let mut seen = BTreeSet::new();
        let mut uses = Vec::new();
        for u in file.uses {
            let id = self.own(&u.id, &mut seen);
            if let Some(peaceful) = self.word(&u.peaceful) {
                uses.push(MaterialUse { id, title: u.title, peaceful, conditions: u.conditions });
            }
        }
        let mut seen = BTreeSet::new();
        let mut undertakings = Vec::new();
        for u in file.undertaking {
            let id = self.own(&u.id, &mut seen);
            let (side, by, source) = (self.word(&u.side), self.treaty(&u.by), self.source(&u.source));
            let (of, recipient) = (self.optional(u.of.as_ref()), self.optional(u.recipient.as_ref()));
            let kinds: Vec<_> = u.kinds.iter().filter_map(|k| self.word(k)).collect();
            let (Some(side), Some(by), Some(source), Some(of), Some(recipient)) =
                (side, by, source, of, recipient)
            else {
                continue;
            };
            undertakings.push(Undertaking {
                id,
                title: u.title,
                says: u.says,
                cite: u.cite,
                side,
                by,
                of,
                recipient,
                kinds,
                peaceful_only: u.peaceful_only,
                binds: u.binds,
                source,
            });
        }
        let mut seen = BTreeSet::new();
        let agreement_facts = self.conditions(file.agreement_fact, &mut seen);
        let conditions = self.conditions(file.condition, &mut seen);
        let mut readings = Vec::new();
        for r in file.reading {
            let line = self.line(&r.question);
            let mut holders = Vec::new();
            for holder in &r.holders {
                let line = self.line(holder);
                let code = self.load.state(SAFEGUARDS, line, holder.get_ref());
                holders.extend(code.map(|c| c.to_string()));
            }
            if !holders.is_sorted() {
                let found = format!("holders {}", holders.join(", "));
                self.load.fault(SAFEGUARDS, line, found, "alphabetical order", "sort the holders");
            }
            if let Some(source) = self.source(&r.source) {
                let question = r.question.into_inner();
                readings.push(Reading { question, id: r.id, claim: r.claim, holders, source });
            }
        }
        Some(SafeguardsRules {
            treaty: treaty?,
            comprehensive: comprehensive?,
            voluntary: voluntary?,
            protocol: protocol?,
            organisation: organisation?,
            regimes,
            weapon_states,
            weapon_cite: file.weapon_states.cite,
            weapon_source: weapon_source?,
            materials,
            enrichment,
            uses,
            undertakings,
            agreement_facts,
            conditions,
            readings,
        })
    }
}

impl Load<'_> {
    /// The whole file; without faults the rules are there.
    pub(super) fn read_safeguards(&mut self) {
        let Some(text) = self.text(SAFEGUARDS) else { return };
        let file: File = match toml::from_str(&text) {
            Ok(file) => file,
            Err(error) => {
                let line = error.span().map_or(0, |span| line_at(&text, span.start));
                self.fault(
                    SAFEGUARDS,
                    line,
                    error.message().trim(),
                    "",
                    "correct the line; the comments of the file name the keys",
                );
                return;
            }
        };
        let rules = Turn { load: self, text: &text }.rules(file);
        self.states.safeguards = rules;
    }
}
