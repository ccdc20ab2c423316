//! Parties that are, or may be, listed; those that could not be screened; and what each listing orders, on whose mandate.

use std::cmp::Reverse;

use comity_engine::screen::split_listing;
use comity_model::answer::{Answer, EditionStamp, Hit, MeasureAnswer, PartyAnswer, PartyStatus};
use comity_model::listing::MeasureLink;
use comity_model::mandate::{Evidence, ImposedBy};

use super::page::{Ink, Page};
use super::words;

/// So many hits of one party are told in full.
const HITS_MAX: usize = 5;

/// The section, where there is something to tell.
pub fn section(page: &mut Page, answer: &Answer) {
    let parties = &answer.parties;
    if parties.iter().all(|p| p.status == PartyStatus::NoHit) {
        return;
    }
    page.heading("PARTIES", &counts(parties));
    // What a position holds is told once, under the table.
    let claims: Vec<&str> = answer.laws.iter().flat_map(|l| &l.contested).map(|p| p.claim.as_str()).collect();
    let not: Vec<String> = parties
        .iter()
        .filter(|p| p.status == PartyStatus::NotScreened)
        .map(|p| format!("{} \"{}\"", p.role, p.name))
        .collect();
    if !not.is_empty() {
        page.under(2, ("not screened", 14, Ink::Ask), &words::few(&not, HITS_MAX), Ink::Plain);
    }
    for party in parties.iter().filter(|p| !p.hits.is_empty()) {
        page.under(
            2,
            (&party.role, party.role.chars().count() + 2, Ink::Plain),
            &format!("\"{}\"", party.name),
            Ink::Strong,
        );
        hits(page, party, &claims);
    }
}

fn counts(parties: &[PartyAnswer]) -> String {
    let of = |status: PartyStatus| parties.iter().filter(|p| p.status == status).count();
    let screened = parties.len() - of(PartyStatus::NotScreened);
    let mut told = vec![format!("{screened} screened")];
    for (status, word) in [
        (PartyStatus::Hit, "hit"),
        (PartyStatus::Possible, "possible"),
        (PartyStatus::NotScreened, "not screened"),
    ] {
        let n = of(status);
        if n > 0 {
            told.push(format!("{n} {word}"));
        }
    }
    told.join(", ")
}

/// What was found for one name: the best first; among equals the Council's lists, then those of treaties, of unions, and of States by the name of the list.
/// Of a list whose measures others carry out nothing is left to the short line.
fn hits(page: &mut Page, party: &PartyAnswer, told: &[&str]) {
    let (mut shown, mut rest) = (0, Vec::new());
    for hit in sorted(&party.hits) {
        let is_origin = rank(hit) == 0 || hit.measures.iter().any(|m| m.listing.is_some());
        if is_origin || shown < HITS_MAX {
            one(page, hit, &party.name, told);
            shown += usize::from(!is_origin);
        } else {
            rest.push(hit.id.as_str());
        }
    }
    if !rest.is_empty() {
        page.under(4, ("also", 11, Ink::Dim), &words::few(&rest, 6), Ink::Dim);
    }
}

fn sorted(hits: &[Hit]) -> Vec<&Hit> {
    let list = |hit: &Hit| split_listing(&hit.id).map_or("", |(list, _)| list).to_owned();
    let mut sorted: Vec<&Hit> = hits.iter().collect();
    sorted.sort_by_cached_key(|hit| {
        (Reverse(hit.status), rank(hit), list(hit), Reverse(hit.score), hit.id.clone())
    });
    sorted
}

/// Whose act the listing itself is, in the order of the page.
fn rank(hit: &Hit) -> u8 {
    let own = hit.measures.iter().filter(|m| m.listing.is_none());
    own.map(|m| match m.mandate.imposed_by {
        ImposedBy::Un => 0,
        ImposedBy::Treaty => 1,
        ImposedBy::Union => 2,
        ImposedBy::National | ImposedBy::Coordinated => 3,
        ImposedBy::Own => 4,
    })
    .min()
    .unwrap_or(4)
}

fn one(page: &mut Page, hit: &Hit, name: &str, claims: &[&str]) {
    let (word, ink) = match hit.status {
        PartyStatus::Hit => ("HIT", Ink::Stop),
        PartyStatus::Possible => ("POSSIBLE", Ink::Ask),
        PartyStatus::NoHit | PartyStatus::NotScreened => ("", Ink::Plain),
    };
    let told = format!("{}, {}, score {:.2}", hit.name, hit.id, hit.score.get());
    page.under(4, (word, 11, ink), &told, Ink::Plain);
    // Both names stand above already.
    let told = format!("name \"{name}\" beside listed \"{}\"", hit.name);
    for evidence in hit.evidence.iter().filter(|e| **e != told) {
        page.under(4, ("", 11, Ink::Plain), evidence, Ink::Dim);
    }
    for at in hit.measures.iter().filter(|m| m.listing.is_none()) {
        measure(page, at, claims);
    }
    for at in hit.measures.iter().filter(|m| m.listing.is_some()) {
        carried_out(page, at);
    }
    for other in &hit.same_party {
        let told = if other.link == MeasureLink::Reference.word() {
            format!("the same party as {}: {}", other.id, other.evidence.join(", "))
        } else {
            format!("likely the same party as {} ({}, score {:.2})", other.id, other.link, other.score.get())
        };
        page.under(4, ("", 11, Ink::Plain), &format!("{told}; each keeps its own measures"), Ink::Dim);
    }
}

/// A measure of another list that carries out the one above: whose act it is, and what ties it.
fn carried_out(page: &mut Page, at: &MeasureAnswer) {
    let listing = at.listing.as_deref().unwrap_or(&at.list);
    let tie = match at.link_score {
        Some(score) => format!("{} {:.2}", at.link, score.get()),
        None => at.link.clone(),
    };
    let mut told = vec![format!("{listing} ({tie})"), imposed_by(at), at.mandate.instrument.clone()];
    if at.status != "in_force" {
        told.push(at.status.replace('_', " "));
    }
    told.extend(at.slip.clone());
    page.under(15, ("carried out by", 16, Ink::Plain), &told.join("; "), Ink::Dim);
}

/// One measure: how it stands, on whose mandate, since when. Claims of positions that stand elsewhere on the page are not told again.
pub fn measure(page: &mut Page, at: &MeasureAnswer, claims: &[&str]) {
    let ink = match at.status.as_str() {
        "in_force" => Ink::Hold,
        "contested" | "unconfirmed" => Ink::Ask,
        _ => Ink::Plain,
    };
    let mut told = vec![
        format!("imposed by: {}", imposed_by(at)),
        format!("agreed in: {}", agreed(at)),
        format!("ground: {}", words::grounds(&at.mandate.ground)),
        at.mandate.instrument.clone(),
    ];
    if !at.programmes.is_empty() {
        told.push(format!("programme {}", at.programmes.join(", ")));
    }
    if let Some(from) = &at.from {
        told.push(format!("since {from}"));
    }
    if let Some(until) = &at.until {
        told.push(format!("until {until}"));
    }
    if let Some(note) = &at.note {
        told.push(note.clone());
    }
    if !at.effects.is_empty() {
        told.push(format!("orders: {}", at.effects.join(", ")));
    }
    if !at.reach.is_empty() {
        told.push(format!("reach: {}", words::few(&at.reach, 2)));
    }
    if at.evidence == Evidence::Memory {
        told.push(words::known(at.evidence).to_owned());
    }
    let status = at.status.replace('_', " ");
    let width = status.chars().count() + 2;
    page.under(15, (&status, width, ink), &told.join("; "), Ink::Plain);
    for position in &at.positions {
        let lead = format!("position {}", position.position);
        let width = lead.chars().count() + 2;
        let mut told = words::holders(position);
        if !claims.contains(&position.claim.as_str()) {
            told.push_str(&format!(": {}", position.claim));
        }
        page.under(15, (&lead, width, Ink::Plain), &told, Ink::Plain);
    }
}

/// Where a measure was agreed. Of one that is known by nothing but its list, an empty place says nothing.
fn agreed(at: &MeasureAnswer) -> String {
    let mandate = &at.mandate;
    let only_listed =
        at.shown_by.is_none() && at.evidence == Evidence::Secondary && mandate.ground.is_empty();
    if mandate.agreed_in.is_empty() && only_listed && mandate.imposed_by != ImposedBy::Own {
        return "not established".to_owned();
    }
    words::agreed(&mandate.agreed_in)
}

/// Whose act a listing is: the Council, or the State or union whose publisher the list has.
fn imposed_by(at: &MeasureAnswer) -> String {
    let publisher = at.list.split('/').next().unwrap_or("").to_uppercase();
    match at.mandate.imposed_by {
        ImposedBy::Un => "Security Council".to_owned(),
        ImposedBy::Treaty => format!("Treaty ({publisher})"),
        ImposedBy::Union => format!("Union ({publisher})"),
        ImposedBy::National => format!("National ({publisher})"),
        ImposedBy::Coordinated => format!("Coordinated ({publisher})"),
        ImposedBy::Own => "yourself, by a list of your own; no law".to_owned(),
    }
}

/// Names as screened, each with what was found or that nothing was.
pub fn screened(page: &mut Page, found: &[PartyAnswer]) {
    for party in found {
        page.gap();
        let (word, ink) = match party.status {
            PartyStatus::Hit => ("HIT", Ink::Stop),
            PartyStatus::Possible => ("POSSIBLE", Ink::Ask),
            PartyStatus::NotScreened => ("NOT SCREENED", Ink::Ask),
            PartyStatus::NoHit => ("no hit", Ink::Plain),
        };
        page.under(0, (word, 15, ink), &format!("\"{}\"", party.name), Ink::Strong);
        hits(page, party, &[]);
    }
}

/// The lists used, with edition and mark of age; then those that rules ask for and that are not here.
pub fn lists(used: &[EditionStamp], missing: &[String]) -> String {
    let mark = |e: &EditionStamp| match (e.age_days < 0, e.stale) {
        (true, _) => " LATER",
        (false, true) => " OLD",
        (false, false) => "",
    };
    let one = |e: &EditionStamp| format!("{} {}{}", e.list, e.edition, mark(e));
    let mut told: Vec<String> = used.iter().map(one).collect();
    if told.is_empty() {
        told.push("none on this machine".to_owned());
    }
    let mut text = told.join(", ");
    if !missing.is_empty() {
        text.push_str(&format!("; not loaded: {}", missing.join(", ")));
    }
    text
}
