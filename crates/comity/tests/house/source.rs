//! A Rust source file parted into what the rules of the house look at: code, literals, comments, each with its line. Test code is left out.

use std::ops::Range;
use std::path::{Path, PathBuf};

/// A literal text or a comment.
pub struct Piece {
    /// The line on which it begins.
    pub line: usize,
    /// Its content, as written between the quotes or after the slashes.
    pub text: String,
    /// A doc comment.
    pub is_doc: bool,
    at: usize,
}

/// A source file. `code` is as long as the file, with blanks where literals and comments stood.
pub struct SourceFile {
    /// Path from the root of the project.
    pub path: PathBuf,
    /// The file as it is.
    pub text: String,
    /// Its code.
    pub code: String,
    /// Its literals.
    pub literals: Vec<Piece>,
    /// Its comments.
    pub comments: Vec<Piece>,
}

impl SourceFile {
    /// Reads and parts a file.
    pub fn read(root: &Path, path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let mut parted = part(&text);
        parted.path = path.strip_prefix(root).unwrap().to_owned();
        parted
    }

    /// The same without what is compiled for tests only.
    pub fn without_tests(mut self) -> Self {
        let whole = 0..self.code.len();
        let ranges = if is_test_file(&self.path) { vec![whole] } else { test_ranges(&self.code) };
        let kept = |piece: &Piece| !ranges.iter().any(|range| range.contains(&piece.at));
        self.literals.retain(kept);
        self.comments.retain(kept);
        for range in ranges {
            let blank: String =
                self.code[range.clone()].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
            self.code.replace_range(range, &blank);
        }
        self
    }

    /// `path:line` of a place in the code.
    pub fn place(&self, at: usize) -> String {
        format!("{}:{}", self.path.display(), line_of(&self.code, at))
    }

    /// `path:line` of a piece.
    pub fn place_of(&self, piece: &Piece) -> String {
        format!("{}:{}", self.path.display(), piece.line)
    }
}

/// Files that are named as tests hold nothing else.
fn is_test_file(path: &Path) -> bool {
    let stem = path.file_stem().unwrap().to_string_lossy();
    stem == "tests" || stem.ends_with("_tests") || path.components().any(|part| part.as_os_str() == "tests")
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Where whole words stand. A word is bounded by what is neither letter, digit nor underscore.
pub fn word_places(text: &str, word: &str) -> Vec<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let bounded = |at: &usize| {
        !text[..*at].chars().next_back().is_some_and(is_part)
            && !text[*at + word.len()..].chars().next().is_some_and(is_part)
    };
    text.match_indices(word).map(|(at, _)| at).filter(bounded).collect()
}

/// What stands under `#[cfg(test)]`: up to the end of the item that follows.
fn test_ranges(code: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (start, mark) in code.match_indices("#[cfg(test)]") {
        if ranges.last().is_some_and(|range| range.contains(&start)) {
            continue;
        }
        let mut depth = 0;
        let end = code[start + mark.len()..].char_indices().find_map(|(at, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            (depth == 0 && matches!(c, '}' | ';')).then_some(start + mark.len() + at + 1)
        });
        ranges.push(start..end.unwrap_or(code.len()));
    }
    ranges
}

fn part(text: &str) -> SourceFile {
    let mut code = String::with_capacity(text.len());
    let (mut literals, mut comments) = (Vec::new(), Vec::new());
    let (mut at, mut line) = (0, 1);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let follows_word = code.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let length = if rest.starts_with("//") {
            let length = rest.find('\n').unwrap_or(rest.len());
            let body = rest[..length].trim_start_matches(['/', '!']);
            let is_doc = rest.starts_with("///") || rest.starts_with("//!");
            comments.push(Piece { line, text: body.to_owned(), is_doc, at });
            length
        } else if rest.starts_with("/*") {
            let length = block_comment(rest);
            comments.push(Piece { line, text: rest[..length].to_owned(), is_doc: false, at });
            length
        } else if let Some((open, close, escapes)) = opening(rest).filter(|_| !follows_word || first == '"') {
            let length = literal(rest, open, &close, escapes);
            let body = rest[open..length].strip_suffix(close.as_str()).unwrap_or(&rest[open..length]);
            literals.push(Piece { line, text: body.to_owned(), is_doc: false, at });
            length
        } else if first == '\'' {
            // A character, else a lifetime.
            let mut chars = rest.char_indices().skip(1);
            match (chars.next(), chars.next()) {
                (Some((_, '\\')), _) => {
                    rest[2..].char_indices().skip(1).find(|(_, c)| *c == '\'').map_or(1, |(i, _)| i + 3)
                }
                (Some(_), Some((i, '\''))) => i + 1,
                _ => 0,
            }
        } else {
            0
        };
        if length == 0 {
            code.push(first);
            line += usize::from(first == '\n');
            at += first.len_utf8();
        } else {
            // One blank a byte keeps places alike.
            code.extend(rest[..length].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
            line += rest[..length].matches('\n').count();
            at += length;
        }
    }
    SourceFile { path: PathBuf::new(), text: text.to_owned(), code, literals, comments }
}

/// The length of the opening of a literal text, its closing, and whether backslashes escape in it.
fn opening(rest: &str) -> Option<(usize, String, bool)> {
    let plain = rest.trim_start_matches(['b', 'c']);
    let prefix = rest.len() - plain.len();
    if prefix > 1 {
        return None;
    }
    if plain.starts_with('"') {
        return Some((prefix + 1, "\"".to_owned(), true));
    }
    let raw = plain.strip_prefix('r')?;
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    raw[hashes..]
        .starts_with('"')
        .then(|| (prefix + 1 + hashes + 1, format!("\"{}", "#".repeat(hashes)), false))
}

/// The length of a literal with its quotes.
fn literal(rest: &str, open: usize, close: &str, escapes: bool) -> usize {
    let mut at = open;
    while at < rest.len() {
        if rest[at..].starts_with(close) {
            return at + close.len();
        }
        let mut chars = rest[at..].chars();
        let c = chars.next().unwrap();
        at += c.len_utf8();
        if escapes && c == '\\' {
            at += chars.next().map_or(0, char::len_utf8);
        }
    }
    at
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                break;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

#[test]
fn code_literals_and_comments_are_told_apart() {
    let text = r##"//! "quoted" in a comment
fn f<'a>(x: &'a str) -> char { '"' } // done
const A: &str = "a \"b\" // c"; const B: &[u8] = br#"un"safe"#; /* x /* y */ z */
const C: char = '\''; const D: &str = "after";
#[cfg(test)]
mod tests { const E: &str = "left out"; }
const F: &str = "last";
"##;
    let file = part(text);
    let literals: Vec<&str> = file.literals.iter().map(|p| p.text.as_str()).collect();
    assert_eq!(literals, [r#"a \"b\" // c"#, "un\"safe", "after", "left out", "last"]);
    assert_eq!(file.literals[3].line, 6);
    let comments: Vec<&str> = file.comments.iter().map(|p| p.text.trim()).collect();
    assert_eq!(comments, ["\"quoted\" in a comment", "done", "/* x /* y */ z */"]);
    assert_eq!(file.code.len(), text.len());
    let file = SourceFile { path: "src/lib.rs".into(), ..file }.without_tests();
    let literals: Vec<&str> = file.literals.iter().map(|p| p.text.as_str()).collect();
    assert_eq!(literals, [r#"a \"b\" // c"#, "un\"safe", "after", "last"]);
    assert!(file.code.contains("const F") && !file.code.contains("const E"));
}
