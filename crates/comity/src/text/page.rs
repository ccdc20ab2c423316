//! A page of 80 columns: lines, rows of cells that wrap in their own column, and colour with a meaning. What other people wrote (names,
//! descriptions) is made harmless for a terminal here, in one place.

/// Width of every line, in characters.
pub const WIDTH: usize = 80;

/// What a piece of text stands for; shown as colour where there is colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// No meaning of its own.
    Plain,
    /// A heading.
    Strong,
    /// A source, or a remark beside the matter.
    Dim,
    /// Prohibited.
    Stop,
    /// A licence, a notice.
    Hold,
    /// Open, contested or not judged.
    Ask,
    /// Something to do.
    Do,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Stop => "\x1b[1;31m",
            Self::Hold => "\x1b[1;33m",
            Self::Ask => "\x1b[36m",
            Self::Do => "\x1b[34m",
        }
    }
}

/// A cell of a row: its text, the width of its column with the gap to the next, its ink.
pub type Cell<'a> = (&'a str, usize, Ink);

/// The space between two columns.
const GAP: usize = 2;

/// A page that is being written.
pub struct Page {
    out: String,
    colour: bool,
}

impl Page {
    /// An empty page.
    pub fn new(colour: bool) -> Self {
        Self { out: String::new(), colour }
    }

    /// The text.
    pub fn finish(self) -> String {
        self.out
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.out.push('\n');
    }

    /// The first line: what was asked, and for which day at the right.
    pub fn title(&mut self, asked: &str, right: &str) {
        let room = WIDTH.saturating_sub(right.chars().count() + GAP);
        let asked = shortened(asked, room);
        let fill = WIDTH.saturating_sub(asked.chars().count() + right.chars().count());
        self.paint(&asked, Ink::Strong);
        self.out.push_str(&" ".repeat(fill));
        self.out.push_str(right);
        self.gap();
    }

    /// A heading, after an empty line, with what is told on its own line.
    pub fn heading(&mut self, heading: &str, told: &str) {
        self.gap();
        if told.is_empty() {
            self.row(0, &[(heading, WIDTH, Ink::Strong)]);
        } else {
            let width = heading.chars().count() + 3;
            self.row(0, &[(heading, width, Ink::Strong), (told, WIDTH - width, Ink::Plain)]);
        }
    }

    /// A heading with short remarks, on one line with space between them where they fit.
    pub fn spread(&mut self, heading: &str, remarks: &[String]) {
        let length: usize =
            heading.chars().count() + remarks.iter().map(|r| r.chars().count() + 3).sum::<usize>();
        if length > WIDTH {
            return self.heading(heading, &remarks.join("; "));
        }
        let mut cells: Vec<Cell<'_>> = vec![(heading, heading.chars().count() + 3, Ink::Strong)];
        cells.extend(remarks.iter().map(|r| (r.as_str(), r.chars().count() + 3, Ink::Plain)));
        self.gap();
        self.row(0, &cells);
    }

    /// A text after its lead, wrapped under itself.
    pub fn under(&mut self, indent: usize, lead: Cell<'_>, text: &str, ink: Ink) {
        let rest = WIDTH.saturating_sub(indent + lead.1);
        self.row(indent, &[lead, (text, rest, ink)]);
    }

    /// A text with an indent, wrapped under itself.
    pub fn text(&mut self, indent: usize, text: &str, ink: Ink) {
        self.row(indent, &[(text, WIDTH.saturating_sub(indent), ink)]);
    }

    /// Cells side by side; each wraps in its own column.
    pub fn row(&mut self, indent: usize, cells: &[Cell<'_>]) {
        let last = cells.len().saturating_sub(1);
        let columns: Vec<Vec<String>> = cells
            .iter()
            .enumerate()
            .map(|(i, (text, width, _))| {
                wrap(text, if i == last { *width } else { width.saturating_sub(GAP) })
            })
            .collect();
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let (mut at, mut start) = (0, indent);
            for ((_, width, ink), column) in cells.iter().zip(&columns) {
                if let Some(text) = column.get(line).filter(|t| !t.is_empty()) {
                    self.out.push_str(&" ".repeat(start.saturating_sub(at)));
                    self.paint(text, *ink);
                    at = start.max(at) + text.chars().count();
                }
                start += width;
            }
            self.gap();
        }
    }

    fn paint(&mut self, text: &str, ink: Ink) {
        if self.colour && ink != Ink::Plain {
            self.out.push_str(ink.code());
            self.out.push_str(text);
            self.out.push_str("\x1b[0m");
        } else {
            self.out.push_str(text);
        }
    }
}

/// Words in lines of at most `width` characters. A word that is longer than a line is cut.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut letters: Vec<char> = word.chars().map(harmless).collect();
        if used > 0 && used + 1 + letters.len() > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        while letters.len() > width {
            let rest = letters.split_off(width);
            lines.push(letters.into_iter().collect());
            letters = rest;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        used += letters.len();
        line.extend(letters);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The text, cut at the end if it is longer than `width`.
pub fn shortened(text: &str, width: usize) -> String {
    let letters: Vec<char> = text.chars().map(harmless).collect();
    if letters.len() <= width {
        return letters.into_iter().collect();
    }
    let kept = letters.into_iter().take(width.saturating_sub(3));
    kept.chain("...".chars()).collect()
}

/// A character that cannot steer a terminal or turn the direction of the line.
fn harmless(c: char) -> char {
    match c {
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_and_no_line_is_wider() {
        let lines = wrap(&format!("a {} b", "x".repeat(25)), 10);
        assert_eq!(lines, ["a", "xxxxxxxxxx", "xxxxxxxxxx", "xxxxx b"]);
    }

    #[test]
    fn cells_wrap_in_their_own_column() {
        let mut page = Page::new(false);
        page.row(1, &[("one two", 6, Ink::Plain), ("three four five", 10, Ink::Plain)]);
        assert_eq!(page.finish(), " one   three four\n two   five\n");
    }

    #[test]
    fn letters_that_steer_a_terminal_are_replaced() {
        assert_eq!(wrap("a\u{1b}[31m\u{202e}b", 20), ["a\u{fffd}[31m\u{fffd}b"]);
    }
}
