//! Licences of the crates that are built in, compared with a list. Nothing is skipped: a crate without a stated licence is a finding.

use std::path::Path;

use serde_json::Value;

use crate::{cargo, say};

/// Licences that fit the project's own.
const ACCEPTED: [&str; 11] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Checks every crate that `cargo metadata` names.
pub fn check(root: &Path) -> Result<(), String> {
    let output = cargo(&["metadata", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Value =
        serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))?;
    let packages = metadata.get("packages").and_then(Value::as_array).ok_or("cargo metadata: no packages")?;
    let text = |package: &Value, key: &str| package.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    let findings: Vec<String> = packages
        .iter()
        .filter(|package| !is_accepted(&text(package, "license")))
        .map(|package| {
            format!("{} {}: `{}`", text(package, "name"), text(package, "version"), text(package, "license"))
        })
        .collect();
    if findings.is_empty() {
        say(&format!("{} crates, each under an accepted licence", packages.len()));
        return Ok(());
    }
    Err(format!("licences that are not in the list of xtask/src/licences.rs:\n  {}", findings.join("\n  ")))
}

/// Whether a licence expression (SPDX; the old form with `/` means OR) can be met by accepted licences.
fn is_accepted(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any(&mut rest) == Some(true) && rest.is_empty()
}

/// `a OR b`; none if the expression is malformed.
fn any(words: &mut &[&str]) -> Option<bool> {
    let mut met = all(words)?;
    while let Some(("OR", rest)) = words.split_first().map(|(first, rest)| (*first, rest)) {
        *words = rest;
        met |= all(words)?;
    }
    Some(met)
}

/// `a AND b`, which binds closer.
fn all(words: &mut &[&str]) -> Option<bool> {
    let mut met = one(words)?;
    while let Some(("AND", rest)) = words.split_first().map(|(first, rest)| (*first, rest)) {
        *words = rest;
        met &= one(words)?;
    }
    Some(met)
}

fn one(words: &mut &[&str]) -> Option<bool> {
    let (first, rest) = words.split_first()?;
    *words = rest;
    if *first == "(" {
        let met = any(words)?;
        let (")", rest) = words.split_first().map(|(first, rest)| (*first, rest))? else { return None };
        *words = rest;
        return Some(met);
    }
    if let ["WITH", exception, rest @ ..] = *words {
        *words = rest;
        return Some(ACCEPTED.contains(&format!("{first} WITH {exception}").as_str()));
    }
    Some(ACCEPTED.contains(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_by_what_is_accepted() {
        for met in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0-only OR MIT",
            "(MIT OR GPL-3.0-only) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(is_accepted(met), "{met}");
        }
        for not in [
            "",
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "MIT WITH Strange-exception",
            "(MIT",
            "MIT OR",
            "MIT MIT",
        ] {
            assert!(!is_accepted(not), "{not}");
        }
    }
}
