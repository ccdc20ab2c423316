//! What the lawbook covers, in numbers, as the README states it. The numbers are counted, never written by hand.

use std::fs;
use std::path::Path;

use comity_model::control::{Encoded, Entry};
use comity_model::mandate::Evidence;
use comity_model::rule::Effect;
use comity_pack::compile;

use crate::say;

const BEGIN: &str = "<!-- figures: cargo xtask figures --write -->\n";
const END: &str = "<!-- end of figures -->";

/// The tables, in Markdown.
pub fn table(root: &Path) -> Result<String, String> {
    let book = compile::lawbook(&root.join("data"), &[])
        .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let mut out = String::from(
        "| control list | text of | entries | executable | of these whole | provisions |\n|---|---|--:|--:|--:|--:|\n",
    );
    for list in book.controls() {
        let executable: Vec<&Entry> = list.entries.iter().filter(|e| !e.versions.is_empty()).collect();
        let whole =
            executable.iter().filter(|e| e.versions.iter().all(|v| v.encoded == Encoded::Whole)).count();
        let provisions: usize = executable.iter().flat_map(|e| &e.versions).map(|v| v.provisions.len()).sum();
        let (entries, n) = (list.entries.len(), executable.len());
        out.push_str(&format!(
            "| `{}` {} | {} | {entries} | {n} | {whole} | {provisions} |\n",
            list.id, list.title, list.edition
        ));
    }
    out.push_str("\n| pack | known to | rules | general authorisations | of the rules from memory | gaps named |\n|---|---|--:|--:|--:|--:|\n");
    for pack in book.packs() {
        let authorise = pack.rules.iter().filter(|r| matches!(r.effect, Effect::Authorise { .. })).count();
        let memory = pack.rules.iter().filter(|r| r.evidence == Evidence::Memory).count();
        let (rules, gaps, reliefs) = (pack.rules.len(), pack.gaps.len(), pack.reliefs.len());
        out.push_str(&format!(
            "| `{}` {} | {} | {rules} | {authorise} executable, {reliefs} by name | {memory} | {gaps} |\n",
            pack.id, pack.title, pack.known_as_of
        ));
    }
    let (states, basics) = (book.states(), book.basics());
    let lists: Vec<String> = basics.sources.lists.iter().map(|list| format!("`{}`", list.id)).collect();
    out.push_str(&format!(
        "\n{} States and {} territories, {} treaties and regimes with {} dated events; {} classes of item, {} facts, {} units; \
         party lists that can be read: {}.\nThe lawbook is kept to {}.\n",
        states.states.len(),
        states.territories.len(),
        states.treaties.len(),
        states.events.len(),
        basics.classes.classes.len(),
        basics.item_facts.len() + basics.deal_facts.len(),
        basics.units.units().len(),
        lists.join(", "),
        book.date(),
    ));
    Ok(out)
}

/// README.md as it stands, and as it would with the figures of today.
fn readme(root: &Path) -> Result<(String, String), String> {
    let text = fs::read_to_string(root.join("README.md")).map_err(|e| format!("README.md: {e}"))?;
    let (before, rest) = text.split_once(BEGIN).ok_or("README.md: no place for the figures")?;
    let (_, after) = rest.split_once(END).ok_or("README.md: the place for the figures has no end")?;
    let fresh = format!("{before}{BEGIN}{}{END}{after}", table(root)?);
    Ok((text, fresh))
}

/// Writes the figures into README.md.
pub fn write(root: &Path) -> Result<(), String> {
    let (old, fresh) = readme(root)?;
    if old != fresh {
        fs::write(root.join("README.md"), fresh).map_err(|e| format!("README.md: {e}"))?;
        say("README.md: figures refreshed");
    }
    Ok(())
}

/// Whether README.md states the figures of today.
pub fn check(root: &Path) -> Result<(), String> {
    let (old, fresh) = readme(root)?;
    if old != fresh {
        return Err(
            "README.md states other figures than the data give; run `cargo xtask figures --write`".to_owned()
        );
    }
    say("README.md: the figures are those of the data");
    Ok(())
}
