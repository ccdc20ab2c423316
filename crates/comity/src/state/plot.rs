//! Counts over time as a picture: SVG that stands alone, in grey, with title, axes and a label at the end of each line.

use std::fmt::Write as _;

use comity_model::Day;

/// One line of the picture.
pub struct Series {
    /// Its label.
    pub label: String,
    /// The first day of each value, in order.
    pub points: Vec<(Day, usize)>,
}

/// Width and height of the whole, and of the margins around the plot.
const SIZE: (i64, i64) = (800, 460);
const LEFT: i64 = 64;
const RIGHT: i64 = 150;
const TOP: i64 = 56;
const BOTTOM: i64 = 78;
/// The least distance of two labels.
const LABEL_STEP: i64 = 15;
/// Strokes and greys that can be told apart on paper.
const STROKES: [(&str, &str, &str); 6] = [
    ("#000", "2.2", ""),
    ("#555", "1.8", "8 4"),
    ("#777", "1.8", "2 3"),
    ("#333", "1.8", "12 3 2 3"),
    ("#888", "2.2", ""),
    ("#555", "1.4", "4 2"),
];

/// The picture: lines that step from value to value up to the last day.
pub fn plot(
    title: &str,
    below: &str,
    x_label: &str,
    y_label: &str,
    series: &[Series],
    last: Day,
    y_max: usize,
) -> String {
    let first = series.iter().filter_map(|s| s.points.first()).map(|(day, _)| *day).min().unwrap_or(last);
    let from = Day::new(first.year(), 1, 1).unwrap_or(first);
    let span = last.days_since(from).max(1);
    let y_top = i64::try_from(y_max.div_ceil(50) * 50).unwrap_or(200).max(50);
    let (width, height) = (SIZE.0 - LEFT - RIGHT, SIZE.1 - TOP - BOTTOM);
    let x = |day: Day| LEFT + day.days_since(from).clamp(0, span) * width / span;
    let y = |n: i64| TOP + height - n * height / y_top;

    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\" role=\"img\" aria-labelledby=\"title desc\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#000\">",
        SIZE.0, SIZE.1, SIZE.0, SIZE.1
    );
    let _ = writeln!(out, "<title id=\"title\">{}</title>", escaped(title));
    let ends: Vec<String> =
        series.iter().filter_map(|s| Some(format!("{} {}", s.label, s.points.last()?.1))).collect();
    let _ = writeln!(
        out,
        "<desc id=\"desc\">On {last}: {}. {}.</desc>",
        escaped(&ends.join(", ")),
        escaped(below)
    );
    let _ = writeln!(out, "<rect width=\"{}\" height=\"{}\" fill=\"#fff\"/>", SIZE.0, SIZE.1);
    let _ = writeln!(out, "<text x=\"{LEFT}\" y=\"30\" font-size=\"16\">{}</text>", escaped(title));

    out.push_str("<g stroke=\"#ccc\" stroke-width=\"1\">\n");
    let lines: Vec<i64> = (0..=y_top / 50).map(|n| n * 50).collect();
    for n in &lines {
        let _ = writeln!(out, "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{1}\" y2=\"{1}\"/>", LEFT + width, y(*n));
    }
    out.push_str("</g>\n<g text-anchor=\"end\">\n");
    for n in &lines {
        let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{n}</text>", LEFT - 8, y(*n) + 4);
    }
    out.push_str("</g>\n<g text-anchor=\"middle\">\n");
    let years = i64::from(last.year()) - i64::from(from.year());
    let step = [1, 2, 5, 10, 20, 50].into_iter().find(|s| years / s <= 10).unwrap_or(50);
    for year in from.year()..=last.year() {
        let Some(day) = Day::new(year, 1, 1).filter(|_| i64::from(year) % step == 0) else { continue };
        let _ = writeln!(
            out,
            "<line x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\" stroke=\"#000\"/><text x=\"{0}\" y=\"{3}\">{year}</text>",
            x(day),
            TOP + height,
            TOP + height + 5,
            TOP + height + 20
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{}\" y=\"{}\">{}</text>",
        LEFT + width / 2,
        TOP + height + 40,
        escaped(x_label)
    );
    let (mid, at) = (TOP + height / 2, 18);
    let _ = writeln!(
        out,
        "<text x=\"{at}\" y=\"{mid}\" transform=\"rotate(-90 {at} {mid})\">{}</text>",
        escaped(y_label)
    );
    out.push_str("</g>\n");
    let _ = writeln!(
        out,
        "<path d=\"M{LEFT} {TOP}V{}H{}\" fill=\"none\" stroke=\"#000\"/>",
        TOP + height,
        LEFT + width
    );

    for (s, (colour, stroke, dash)) in series.iter().zip(STROKES.iter().cycle()) {
        let mut path = String::new();
        for (at, (day, n)) in s.points.iter().enumerate() {
            let n = i64::try_from(*n).unwrap_or(0);
            let _ = if at == 0 {
                write!(path, "M{} {}", x(*day), y(n))
            } else {
                write!(path, "H{}V{}", x(*day), y(n))
            };
        }
        let _ = write!(path, "H{}", x(last));
        let dash = if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
        let _ = writeln!(
            out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{stroke}\"{dash}/>"
        );
    }
    for (label, at) in labels(series, y) {
        let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{}</text>", LEFT + width + 8, at + 4, escaped(&label));
    }
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"{}\" font-size=\"11\" fill=\"#333\">{}</text>\n</svg>",
        SIZE.1 - 14,
        escaped(below)
    );
    out
}

/// Labels at the ends of the lines, moved apart where they would lie on each other.
fn labels(series: &[Series], y: impl Fn(i64) -> i64) -> Vec<(String, i64)> {
    let mut out: Vec<(String, i64)> = series
        .iter()
        .filter_map(|s| {
            let n = s.points.last()?.1;
            Some((format!("{} {n}", s.label), y(i64::try_from(n).unwrap_or(0))))
        })
        .collect();
    out.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    let mut below = i64::MAX;
    for (_, at) in &mut out {
        *at = (*at).min(below.saturating_sub(LABEL_STEP));
        below = *at;
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_never_lie_on_each_other() {
        let line =
            |label: &str, n| Series { label: label.into(), points: vec![("2000-01-01".parse().unwrap(), n)] };
        let all = [line("a", 5), line("b", 5), line("c", 6), line("d", 100)];
        let found = labels(&all, |n| 300 - n);
        assert!(found.windows(2).all(|w| w[0].1 - w[1].1 >= LABEL_STEP), "{found:?}");
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn signs_of_the_form_are_escaped() {
        let one = [Series { label: "a<b & \"c\"".into(), points: vec![("2000-01-01".parse().unwrap(), 1)] }];
        let svg = plot("<t>", "", "x", "y", &one, "2001-01-01".parse().unwrap(), 10);
        assert!(svg.contains("&lt;t&gt;") && svg.contains("a&lt;b &amp; &quot;c&quot; 1"), "{svg}");
    }
}
