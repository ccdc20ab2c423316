//! `comity state safeguards`: what is known when nuclear material moves from one State to another; facts, texts, conditions and readings. It
//! judges nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use comity_engine::standing::{
    Agreement, ConditionAnswer, Engaged, Handover, Named, Safeguards, SafeguardsFault, SideAnswer,
    StatusAnswer, Told, resolve, safeguards as look,
};
use comity_model::number::Number;
use comity_model::standing::{SourceRef, States, WeaponClass};
use comity_model::{DateValue, Day, StateCode, Truth};
use comity_pack::Fault;
use comity_pack::source::{Reader, Source};
use serde_json::{Value, json};

use super::Rendered;
use super::find::{Problem, ambiguous, unknown};
use super::page::{Sources, head, line, or_null, title, titles};
use super::rows::{answer_json, entry_json, entry_row, row, treaty_id};

/// A report of the Agency that the user tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TellReport {
    /// Its title or number.
    pub title: String,
    /// Its date.
    pub date: DateValue,
    /// What it says on this, in the user's words.
    pub says: String,
    /// From where the user has it.
    pub source: String,
}

/// Facts by name, and reports.
pub type ToldFacts = (BTreeMap<String, Told>, Vec<TellReport>);

/// What is asked of a supply.
#[derive(Clone, Debug, Default)]
pub struct SafeguardsOptions {
    /// The id of the material.
    pub material: String,
    /// Enrichment as written: `93 %`.
    pub enrichment: Option<String>,
    /// Quantity as written; shown, never judged.
    pub quantity: Option<String>,
    /// The id of the use.
    pub purpose: String,
    /// Facts told on the command line: `name=yes` or `name=no`, with `:source` behind.
    pub facts: Vec<String>,
    /// Facts and reports of the user's file.
    pub file: ToldFacts,
}

/// Reads a file of facts: `[facts.NAME] holds = true, source = "..."` and `[[report]] title, date, says, source`.
///
/// # Errors
/// Every fault of the file.
pub fn read_facts(name: &str, text: &str) -> Result<ToldFacts, Vec<Fault>> {
    let source = Source::new(name, text);
    let mut faults = Vec::new();
    let (mut told, mut reports) = (BTreeMap::new(), Vec::new());
    if let Some(root) = source.toml(&mut faults)
        && let Some(mut reader) = Reader::new(&source, "", &root, &mut faults)
    {
        for mut facts in reader.tables("facts", &mut faults) {
            for (id, _, node) in facts.all() {
                let Some(mut fact) = Reader::new(&source, format!("facts.{id}"), node, &mut faults) else {
                    continue;
                };
                let holds = fact.optional_truth("holds", &mut faults);
                if holds.is_none() && !fact.has("holds") {
                    faults.push(fact.fault(
                        "holds",
                        "no `holds`",
                        "true or false",
                        "add holds = true or false",
                    ));
                }
                let from = fact.required("source", &mut faults).map(str::to_owned);
                if let Some(holds) = holds {
                    told.insert(id.clone(), Told { holds, source: from });
                }
                fact.finish(&mut faults);
            }
        }
        for mut report in reader.tables("report", &mut faults) {
            let title = report.required("title", &mut faults);
            let date = report.parsed::<DateValue>("date", &mut faults);
            let says = report.required("says", &mut faults);
            let from = report.required("source", &mut faults);
            if let (Some(title), Some(says), Some(from)) = (title, says, from) {
                reports.push(TellReport {
                    title: title.to_owned(),
                    date: date.unwrap_or(DateValue::Unknown),
                    says: says.to_owned(),
                    source: from.to_owned(),
                });
            }
            report.finish(&mut faults);
        }
        reader.finish(&mut faults);
    }
    if faults.is_empty() { Ok((told, reports)) } else { Err(faults) }
}

/// `comity state safeguards SUPPLIER RECIPIENT`.
///
/// # Errors
/// When a text names no State, the material or use is none of the data, or a fact or number cannot be read.
pub fn safeguards(
    states: &States,
    supplier: &str,
    recipient: &str,
    day: Day,
    options: &SafeguardsOptions,
) -> Result<Rendered, Problem> {
    let (supplier, recipient) = (find_state(states, supplier)?, find_state(states, recipient)?);
    if supplier == recipient {
        return Err(Problem {
            place: recipient.to_string(),
            message: "supplier and recipient are the same State".to_owned(),
            remedy: "name two States".to_owned(),
        });
    }
    let enrichment = options.enrichment.as_deref().map(share).transpose()?;
    let mut told = options.file.0.clone();
    for text in &options.facts {
        let (name, fact) = fact(text)?;
        if told.insert(name.clone(), fact).is_some() {
            return Err(Problem {
                place: format!("--fact {name}"),
                message: format!("`{name}` is told twice"),
                remedy: "tell it once, in the file or with --fact".to_owned(),
            });
        }
    }
    let asked = Handover {
        supplier,
        recipient,
        material: &options.material,
        enrichment,
        purpose: &options.purpose,
        day,
        told: &told,
    };
    let found = look(states, &asked).map_err(|fault| problem(options, fault))?;
    Ok((text(states, &found, options), json_of(states, &found, options)))
}

fn find_state(states: &States, text: &str) -> Result<StateCode, Problem> {
    match resolve(states, text) {
        Named::State(state) => Ok(state.code),
        Named::Territory(territory) => Err(Problem {
            place: text.to_owned(),
            message: format!(
                "{} ({}) is a territory with a code; treaties are those of States",
                territory.name, territory.code
            ),
            remedy: "name the State responsible".to_owned(),
        }),
        Named::Ambiguous(codes) => Err(ambiguous(states, text, &codes)),
        Named::Unknown(codes) => Err(unknown(states, text, &codes)),
    }
}

fn share(text: &str) -> Result<Number, Problem> {
    let number = ["per cent", "percent", "%"].iter().find_map(|unit| text.trim().strip_suffix(unit));
    number.and_then(|n| n.trim().parse().ok()).ok_or_else(|| Problem {
        place: "--enrichment".to_owned(),
        message: format!("`{text}` is no share in per cent"),
        remedy: "give one number, such as \"93 %\"".to_owned(),
    })
}

fn fact(text: &str) -> Result<(String, Told), Problem> {
    let wrong = || Problem {
        place: format!("--fact {text}"),
        message: "this is no fact".to_owned(),
        remedy: "write name=yes or name=no, and the source behind a colon: name=yes:SOURCE".to_owned(),
    };
    let (name, rest) = text.split_once('=').ok_or_else(wrong)?;
    let (word, source) =
        rest.split_once(':').map_or((rest, None), |(word, source)| (word, Some(source.trim())));
    let holds = match word.trim() {
        "yes" => true,
        "no" => false,
        _ => return Err(wrong()),
    };
    let source = source.filter(|s| !s.is_empty()).map(str::to_owned);
    Ok((name.trim().to_owned(), Told { holds, source }))
}

fn problem(options: &SafeguardsOptions, fault: SafeguardsFault) -> Problem {
    let of =
        |place: &str, message: String, remedy: String| Problem { place: place.to_owned(), message, remedy };
    match fault {
        SafeguardsFault::NoRules => of(
            "lawbook",
            "it holds no questions of safeguards".to_owned(),
            "use the embedded lawbook".to_owned(),
        ),
        SafeguardsFault::Material(ids) => of(
            "--material",
            format!("`{}` is no material of the data", options.material),
            format!("one of: {}", ids.join(", ")),
        ),
        SafeguardsFault::Purpose(ids) => of(
            "--use",
            format!("`{}` is no use of the data", options.purpose),
            format!("one of: {}", ids.join(", ")),
        ),
        SafeguardsFault::Told(name, ids) => of(
            &format!("--fact {name}"),
            format!("`{name}` is no fact that is asked"),
            format!("one of: {}", ids.join(", ")),
        ),
        SafeguardsFault::Enrichment => of(
            "--enrichment",
            "the share lies outside of 0 to 100 %".to_owned(),
            "give the share of the isotope in per cent".to_owned(),
        ),
        SafeguardsFault::NotEnriched(id) => of(
            "--enrichment",
            format!("`{id}` has no enrichment"),
            "leave it out, or name the material that is meant".to_owned(),
        ),
        SafeguardsFault::Contrary(material, limit) => of(
            "--enrichment",
            format!("the share makes it {limit}, not {material}"),
            "correct the share, or the material".to_owned(),
        ),
    }
}

fn class(class: WeaponClass) -> &'static str {
    match class {
        WeaponClass::NuclearWeapon => "nuclear-weapon State, as the treaty defines it",
        WeaponClass::NonNuclearWeapon => "no nuclear-weapon State, as the treaty defines it",
    }
}

fn named(states: &States, code: StateCode) -> String {
    format!("{} ({code})", states.name(code).unwrap_or("?"))
}

fn marked(states: &States, source: SourceRef) -> String {
    states.source(source).and_then(|s| s.memory.mark()).map_or_else(String::new, |m| format!(" ({m})"))
}

fn text(states: &States, found: &Safeguards<'_>, options: &SafeguardsOptions) -> String {
    let mut notes = Sources::default();
    let mut out = title("Safeguards: what is known", found.day);
    line(
        &mut out,
        "",
        &format!("From {} to {}", named(states, found.supplier.state), named(states, found.recipient.state)),
    );
    material_text(&mut out, states, found, options, &mut notes);
    out.push_str("\nThe two States\n");
    side_text(&mut out, states, found, "supplier", &found.supplier, &mut notes);
    side_text(&mut out, states, found, "recipient", &found.recipient, &mut notes);

    out.push_str("\nSafeguards of the recipient\n");
    line(&mut out, "  ", &format!("agreement: {}", agreement_text(found.agreement)));
    out.push_str(&head("", 20));
    for answer in [&found.comprehensive, &found.voluntary, &found.protocol] {
        row(&mut out, states, answer, treaty_id(states, answer.treaty), 20, "", &mut notes);
    }
    conditions_text(&mut out, states, &found.agreement_facts, &mut notes);

    out.push_str("\nUndertakings on supply\n");
    for u in &found.undertakings {
        let it = u.undertaking;
        let said = match u.engaged {
            Engaged::Yes => "speaks of this supply".to_owned(),
            Engaged::No => format!("does not speak of this supply: {}", terms(&u.terms, Truth::False)),
            Engaged::Unknown => {
                format!("not known whether it speaks of this supply: {}", terms(&u.terms, Truth::Unknown))
            }
            Engaged::Disputed => {
                "States differ on whether this use is within its words: see the readings".to_owned()
            }
        };
        let binding = if it.binds { "" } else { " (guideline of a regime; binds nobody by itself)" };
        line(&mut out, "  ", &format!("{}{binding}: {said}", it.title));
        let refs = notes.refs(&[it.source]);
        line(
            &mut out,
            "    ",
            &format!(
                "{} {}; {}: {} {refs}{}",
                it.says,
                it.cite,
                it.side,
                u.status.word().plain(),
                marked(states, it.source)
            ),
        );
    }
    if !found.conditions.is_empty() {
        out.push_str("\nConditions for leaving material outside of safeguards\n");
        conditions_text(&mut out, states, &found.conditions, &mut notes);
    }
    if !found.readings.is_empty() {
        out.push_str("\nReadings in dispute (none is chosen)\n");
        let mut question = "";
        for reading in &found.readings {
            if reading.question != question {
                question = &reading.question;
                line(&mut out, "  ", question);
            }
            let holders = if reading.holders.is_empty() {
                "holders not established in the data".to_owned()
            } else {
                format!("held by {}", reading.holders.join(", "))
            };
            let refs = notes.refs(&[reading.source]);
            let said = format!("{} {holders} {refs}{}", reading.claim, marked(states, reading.source));
            line(&mut out, &format!("    {}  ", reading.id), &said);
        }
    }
    out.push_str("\nReports of the Agency\n");
    if options.file.1.is_empty() {
        line(&mut out, "  ", "none told, and the data hold none; name them in a file with --facts");
    }
    for report in &options.file.1 {
        let said =
            format!("{} ({}): {} Source told: {}", report.title, report.date, report.says, report.source);
        line(&mut out, "  ", &said);
    }
    out.push('\n');
    line(
        &mut out,
        "",
        "Facts and texts only. Nothing here says whether the supply is in accord with any of them.",
    );
    notes.print(&mut out, states);
    out
}

fn material_text(
    out: &mut String,
    states: &States,
    found: &Safeguards<'_>,
    options: &SafeguardsOptions,
    notes: &mut Sources,
) {
    let m = &found.material;
    let mut said = m.material.title.clone();
    if let (Some(limit), Some(share)) = (m.limit, &options.enrichment) {
        let _ = write!(
            said,
            ", {share}: {} {}{}",
            limit.title,
            notes.refs(&[limit.source]),
            marked(states, limit.source)
        );
    }
    match m.kind {
        Some(kind) => {
            let _ = write!(said, "; in law: {}", kind.word().replace('_', " "));
        }
        None => said.push_str("; what it is in law depends on the enrichment, which is not told"),
    }
    if !m.material.cite.is_empty() {
        let refs = notes.refs(&[m.material.source]);
        let _ = write!(said, " ({}) {refs}{}", m.material.cite, marked(states, m.material.source));
    }
    line(out, "Material: ", &said);
    if let Some(quantity) = &options.quantity {
        line(out, "Quantity: ", quantity);
    }
    line(out, "Use: ", &found.purpose.title);
}

fn side_text(
    out: &mut String,
    states: &States,
    found: &Safeguards<'_>,
    what: &str,
    side: &SideAnswer<'_>,
    notes: &mut Sources,
) {
    let refs = notes.refs(&[found.rules.weapon_source]);
    line(
        out,
        &format!("  {what}: "),
        &format!("{}: {} ({}) {refs}", named(states, side.state), class(side.class), found.rules.weapon_cite),
    );
    out.push_str(&head("", 20));
    for answer in [&side.treaty, &side.organisation].into_iter().chain(&side.regimes) {
        row(out, states, answer, treaty_id(states, answer.treaty), 20, "", notes);
    }
    for entry in &side.zone {
        entry_row(out, states, entry, notes);
    }
}

fn agreement_text(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Comprehensive => "a comprehensive agreement is in force",
        Agreement::Voluntary => "a voluntary offer agreement of a nuclear-weapon State is in force",
        Agreement::ItemSpecific => "an agreement on named items, as told with a source",
        Agreement::None => "no comprehensive agreement in force; one on named items is told by no source",
        Agreement::Unknown => "not known",
    }
}

fn conditions_text(
    out: &mut String,
    states: &States,
    conditions: &[ConditionAnswer<'_>],
    notes: &mut Sources,
) {
    for c in conditions {
        let refs = notes.refs(&[c.condition.source]);
        let asked =
            format!("{} {} {refs}{}", c.condition.says, c.condition.cite, marked(states, c.condition.source));
        line(out, "  ", &format!("{}: {asked}", c.condition.id));
        line(out, "    ", &answer_text(c));
    }
}

fn answer_text(c: &ConditionAnswer<'_>) -> String {
    match (&c.told, c.met) {
        (None, _) => "unknown: not told".to_owned(),
        (Some(Told { source: None, holds }), _) => {
            format!("unknown: told as {} without a source", if *holds { "met" } else { "not met" })
        }
        (Some(Told { source: Some(source), .. }), Truth::True) => format!("met; source told: {source}"),
        (Some(Told { source: Some(source), .. }), _) => format!("not met; source told: {source}"),
    }
}

/// The terms of an undertaking that have this value.
fn terms(terms: &[(&'static str, Truth)], value: Truth) -> String {
    let said = |name: &str| match (name, value) {
        ("status", Truth::False) => "that State is outside",
        ("status", _) => "the status of that State",
        ("class", _) => "what the States are under the treaty",
        ("material", _) => "the kind of material",
        (_, _) => "the use",
    };
    terms.iter().filter(|(_, v)| *v == value).map(|(name, _)| said(name)).collect::<Vec<_>>().join(", ")
}

fn json_of(states: &States, found: &Safeguards<'_>, options: &SafeguardsOptions) -> Value {
    let side = |side: &SideAnswer<'_>| {
        json!({
            "state": side.state.as_str(),
            "name": states.name(side.state),
            "class": side.class.word(),
            "treaty": answer_json(states, &side.treaty, true),
            "organisation": answer_json(states, &side.organisation, false),
            "regimes": side.regimes.iter().map(|a| answer_json(states, a, false)).collect::<Vec<_>>(),
            "zone": side.zone.iter().map(|e| entry_json(states, e)).collect::<Vec<_>>(),
        })
    };
    let source = |s: SourceRef| titles(states, &[s]);
    let memory = |s: SourceRef| states.source(s).and_then(|s| s.memory.mark());
    let conditions = |all: &[ConditionAnswer<'_>]| {
        all.iter()
            .map(|c| {
                json!({
                    "fact": c.condition.id,
                    "says": c.condition.says,
                    "cite": c.condition.cite,
                    "answer": match c.met { Truth::True => "met", Truth::False => "not_met", Truth::Unknown => "unknown" },
                    "told": c.told.as_ref().map(|t| t.holds),
                    "told_source": c.told.as_ref().and_then(|t| t.source.as_deref()),
                    "source": source(c.condition.source),
                    "memory": memory(c.condition.source),
                })
            })
            .collect::<Vec<_>>()
    };
    let agreement = |a: &StatusAnswer<'_>| answer_json(states, a, false);
    json!({
        "as_of": found.day.to_string(),
        "supplier": side(&found.supplier),
        "recipient": side(&found.recipient),
        "class_cite": found.rules.weapon_cite,
        "class_source": source(found.rules.weapon_source),
        "material": {
            "id": found.material.material.id,
            "title": found.material.material.title,
            "kind": found.material.kind.map(|k| k.word()),
            "enrichment": options.enrichment,
            "called": found.material.limit.map(|l| l.title.as_str()),
            "quantity": options.quantity,
            "cite": or_null(&found.material.material.cite),
            "source": source(found.material.material.source),
            "memory": memory(found.material.material.source),
        },
        "use": { "id": found.purpose.id, "title": found.purpose.title, "peaceful": found.purpose.peaceful.word() },
        "agreement": {
            "kind": found.agreement.word(),
            "comprehensive": agreement(&found.comprehensive),
            "voluntary_offer": agreement(&found.voluntary),
            "additional_protocol": agreement(&found.protocol),
            "facts": conditions(&found.agreement_facts),
        },
        "undertakings": found.undertakings.iter().map(|u| json!({
            "id": u.undertaking.id,
            "title": u.undertaking.title,
            "says": u.undertaking.says,
            "cite": u.undertaking.cite,
            "side": u.undertaking.side.word(),
            "binds": u.undertaking.binds,
            "engaged": u.engaged.word(),
            "terms": u.terms.iter().map(|(name, truth)| json!({
                "term": name,
                "holds": match truth { Truth::True => Some(true), Truth::False => Some(false), Truth::Unknown => None },
            })).collect::<Vec<_>>(),
            "status": u.status.word().word(),
            "source": source(u.undertaking.source),
            "memory": memory(u.undertaking.source),
        })).collect::<Vec<_>>(),
        "conditions": conditions(&found.conditions),
        "readings": found.readings.iter().map(|r| json!({
            "question": r.question, "reading": r.id, "claim": r.claim, "holders": r.holders,
            "holders_established": !r.holders.is_empty(), "source": source(r.source), "memory": memory(r.source),
        })).collect::<Vec<_>>(),
        "agency_reports": options.file.1.iter().map(|r| json!({
            "title": r.title, "date": r.date.to_string(), "says": r.says, "source": r.source,
        })).collect::<Vec<_>>(),
        "memory": found.memory(states).mark(),
    })
}
