//! A line cut where what somebody looks for begins and ends, across its colours.

use std::ops::Range;

use stackyard_model::ansi::{Span, Style};

/// A piece of a line in one style, found or not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a str,
    pub(crate) ink: Style,
    pub(crate) found: bool,
}

/// The pieces of a line. The case of `a` to `z` does not matter; nothing is found without a word to look for.
pub(crate) fn pieces<'a>(line: &'a [Span], wanted: &str) -> Vec<Piece<'a>> {
    let found = places(line, wanted);
    let mut found = found.iter().peekable();
    let mut out = Vec::with_capacity(line.len());
    // The place in the whole line, in bytes.
    let mut at = 0;
    for span in line {
        let end = at + span.text.len();
        let mut rest = span.text.as_str();
        while !rest.is_empty() {
            while found.next_if(|range| range.end <= at).is_some() {}
            let (until, inside) = match found.peek() {
                Some(range) if range.start <= at => (range.end, true),
                Some(range) => (range.start, false),
                None => (end, false),
            };
            // Only whole characters are found, so every cut is between two.
            let (text, after) = rest.split_at_checked(until.min(end) - at).unwrap_or((rest, ""));
            out.push(Piece { text, ink: span.ink, found: inside });
            at += text.len();
            rest = after;
        }
        at = end;
    }
    out
}

fn places(line: &[Span], wanted: &str) -> Vec<Range<usize>> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut whole: String = line.iter().map(|span| span.text.as_str()).collect();
    // Only ASCII changes, so every place stays where it is.
    whole.make_ascii_lowercase();
    let wanted = wanted.to_ascii_lowercase();
    whole.match_indices(&wanted).map(|(start, found)| start..start + found.len()).collect()
}

#[cfg(test)]
mod tests {
    use stackyard_model::ansi::line;

    use super::*;

    /// `text{found}`, with a bar between styles.
    fn told(text: &str, wanted: &str) -> String {
        let line = line(&mut Style::default(), text);
        let mut out = String::new();
        let mut style = Style::default();
        for piece in pieces(&line, wanted) {
            if piece.ink != style {
                out.push('|');
                style = piece.ink;
            }
            if piece.found {
                out.push_str(&format!("{{{}}}", piece.text));
            } else {
                out.push_str(piece.text);
            }
        }
        out
    }

    #[test]
    fn what_is_found_is_cut_out_whatever_its_case() {
        assert_eq!(told("a Node and a node", "node"), "a {Node} and a {node}");
        assert_eq!(told("nodenode", "node"), "{node}{node}");
        assert_eq!(told("nothing", "node"), "nothing");
        assert_eq!(told("all", ""), "all");
        assert_eq!(told("Größe ü", "größe"), "{Größe} ü");
    }

    #[test]
    fn it_is_found_across_colours() {
        assert_eq!(told("a \x1b[31mno\x1b[32mde\x1b[0m b", "node"), "a |{no}|{de}| b");
        assert_eq!(told("\x1b[31mxno\x1b[0mdey", "node"), "|x{no}|{de}y");
    }
}
