//! `comity r1540 export | editions | life`: editions as files, what is on this machine, and the steps of their lives.

use comity_model::lawbook::Lawbook;
use comity_model::r1540::Life;
use comity_model::standing::State;
use serde_json::{Value, json};

use super::store::{self, Damage, Kept, Step, Store};
use super::{Export, Format, LifeStep, day, disclaimer, file, json_output, state_named};
use crate::cli::{self, Global, Output};
use crate::fail::{BAD_DATA, Failure};
use crate::text::page::{Ink, Page};
use crate::world;

/// The State and the edition that a command asks for; without a name the latest on the day asked for.
///
/// # Errors
/// When there is none, with what there is.
pub fn pick<'b>(
    global: &Global,
    book: &'b Lawbook,
    state: &str,
    edition: Option<&str>,
    published: bool,
) -> Result<(&'b State, Kept, Vec<Kept>), Failure> {
    let state = state_named(book, state)?;
    let store = Store::open(&world::data_dir(global.data.as_deref())?, book.r1540())?;
    let mut editions = store.editions(state.code, false)?;
    if published {
        editions.retain(|k| k.edition.life == Life::Published);
    }
    let found = store::one(&editions, state.code, edition, day(global))?;
    match found.cloned() {
        Some(found) => Ok((state, found, editions)),
        None => {
            let known: Vec<String> = editions.iter().map(Kept::label).collect();
            Err(Failure::input(
                format!("{} {}", state.code, edition.unwrap_or_default()).trim_end(),
                "no such matrix on this machine",
                if known.is_empty() { "an edition that was imported".to_owned() } else { known.join(", ") },
                "import one with `comity r1540 import`, or name another",
            ))
        }
    }
}

/// `r1540 export`.
///
/// # Errors
/// When there is no such edition, or the file cannot be written.
pub fn export(global: &Global, book: &Lawbook, options: &Export) -> Result<Output, Failure> {
    let (_, kept, _) = pick(global, book, &options.state, options.edition.as_deref(), false)?;
    let json = global.json || options.format == Format::Json;
    let text = if json {
        file::write_json(book.r1540(), &kept.edition).map_err(|e| e.to_string())
    } else {
        file::write_csv(book.r1540(), &kept.edition)
    }
    .map_err(|e| Failure::data(kept.label(), e, "report this"))?;
    match &options.out {
        None => Ok(Output::text(text)),
        Some(path) => {
            write(path, text.as_bytes())?;
            Ok(Output::text(format!(
                "{} written to {}\n{}\n",
                kept.label(),
                path.display(),
                book.r1540().disclaimer
            )))
        }
    }
}

/// Writes a file that the user named, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &std::path::Path, bytes: &[u8]) -> Result<(), Failure> {
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => std::path::Path::new("."),
    };
    match path.file_name().and_then(|n| n.to_str()) {
        Some(name) => store::write_whole(dir, name, bytes),
        None => Err(Failure::input(path.display().to_string(), "this names no file", "a file", "name one")),
    }
}

/// `r1540 editions`.
///
/// # Errors
/// When a file is damaged.
pub fn list(global: &Global, book: &Lawbook, state: Option<&str>) -> Result<Output, Failure> {
    let store = Store::open(&world::data_dir(global.data.as_deref())?, book.r1540())?;
    let states = match state {
        Some(text) => vec![state_named(book, text)?.code],
        None => store.states(),
    };
    let (all, damaged) = store.readable(&states, true);
    if global.json {
        let rows: Vec<Value> = all.iter().map(kept_json).collect();
        let out = json_output(book, json!({ "editions": rows, "damaged": damage_json(&damaged) }));
        return Ok(with_damage(out, &damaged));
    }
    let mut page = Page::new(cli::colour());
    page.title("Matrices on this machine", &format!("{}", all.len()));
    disclaimer(&mut page, book);
    page.gap();
    for kept in &all {
        let e = &kept.edition;
        let told = format!(
            "{} {}, {}{}, revision {}",
            e.date,
            e.name,
            e.life,
            if e.is_part { ", a part only" } else { "" },
            kept.revision
        );
        let digest: String = kept.digest.chars().take(12).collect();
        page.row(0, &[(e.state.as_str(), 4, Ink::Strong), (&digest, 14, Ink::Dim), (&told, 62, Ink::Plain)]);
        for step in &kept.steps {
            page.text(18, &format!("{} on {} by {}: {}", step.life, step.on, step.by, step.reason), Ink::Dim);
        }
    }
    damage(&mut page, &damaged);
    Ok(with_damage(Output::text(page.finish()), &damaged))
}

/// States whose editions cannot be read, for a page.
pub fn damage(page: &mut Page, damaged: &[Damage]) {
    if damaged.is_empty() {
        return;
    }
    page.heading("Damaged", "the editions of these States cannot be read and are not counted here");
    for of in damaged {
        page.under(2, (of.state.as_str(), 4, Ink::Strong), &of.says, Ink::Ask);
    }
}

/// The same for JSON.
pub fn damage_json(damaged: &[Damage]) -> Vec<Value> {
    damaged.iter().map(|d| json!({ "state": d.state.as_str(), "error": d.says })).collect()
}

/// An answer that leaves out damaged data says so by its status too.
pub fn with_damage(mut output: Output, damaged: &[Damage]) -> Output {
    if !damaged.is_empty() {
        output.status = BAD_DATA;
    }
    output
}

/// An edition without its facts, for JSON.
pub fn kept_json(kept: &Kept) -> Value {
    let e = &kept.edition;
    json!({
        "state": e.state.as_str(),
        "date": e.date.to_string(),
        "edition": e.name,
        "life": e.life.word(),
        "part": e.is_part,
        "revision": kept.revision,
        "digest": kept.digest,
        "steps": kept.steps.iter().map(|s| json!({ "life": s.life.word(), "on": s.on.to_string(), "by": s.by, "reason": s.reason })).collect::<Vec<_>>(),
    })
}

/// `r1540 life`: only a step that the data know is noted.
///
/// # Errors
/// When the step is none of those.
pub fn life(global: &Global, book: &Lawbook, options: &LifeStep) -> Result<Output, Failure> {
    let (state, kept, _) = pick(global, book, &options.state, Some(&options.edition), false)?;
    if kept.revision == 0 {
        return Err(Failure::input(
            kept.label(),
            "this edition is of the program's data",
            "one of your own",
            "import it first",
        ));
    }
    let from = kept.edition.life;
    let steps = &book.r1540().life;
    let Some(step) = steps.iter().find(|s| (s.from, s.to) == (from, options.to)) else {
        let next: Vec<String> =
            steps.iter().filter(|s| s.from == from).map(|s| format!("{} ({})", s.to, s.event)).collect();
        return Err(Failure::input(
            kept.label(),
            format!("no step leads from {from} to {}", options.to),
            next.join(", "),
            "note the steps one by one",
        ));
    };
    let blank =
        |what: &str, flag: &str| Failure::input(flag, format!("no {what}"), what.to_owned(), "say it");
    if options.by.trim().is_empty() {
        return Err(blank("person", "--by"));
    }
    if options.reason.trim().is_empty() {
        return Err(blank("reason", "--reason"));
    }
    let store = Store::open(&world::data_dir(global.data.as_deref())?, book.r1540())?;
    let noted = Step {
        edition: kept.digest.clone(),
        life: options.to,
        on: day(global),
        by: options.by.clone(),
        reason: options.reason.clone(),
    };
    store.step(state.code, &noted)?;
    if global.json {
        return Ok(json_output(
            book,
            json!({ "state": state.code.as_str(), "edition": kept.edition.name, "digest": kept.digest, "from": from.word(), "to": options.to.word(), "event": step.event, "guard": step.guard }),
        ));
    }
    let mut page = Page::new(cli::colour());
    page.title(&format!("{}: {}", state.name, kept.label()), &noted.on.to_string());
    disclaimer(&mut page, book);
    page.gap();
    page.text(0, &format!("{from} to {}: {}", options.to, step.event), Ink::Plain);
    if !step.guard.is_empty() {
        page.text(0, &format!("This rests on: {}. You said: {}", step.guard, options.reason), Ink::Plain);
    }
    Ok(Output::text(page.finish()))
}
