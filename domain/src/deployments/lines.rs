//! Logs as lines: split as their bytes come, shown, searched. Pure.

use std::ops::ControlFlow;

use stackyard_model::deployment::{LogLine, LogMatches};
use stackyard_model::text::fold;

/// Most bytes that are shown and searched of a line.
const LINE_MAX: usize = 64 * 1024;
/// Most bytes of lines that are shown at once.
const WINDOW_MAX: usize = 4 * 1024 * 1024;
/// Longest parameters of a control sequence, in bytes.
const SEQUENCE_MAX: usize = 64;
/// Longest text of an operating system command, such as a link's address, in bytes.
const COMMAND_MAX: usize = 4096;

/// One line, without its end.
pub(super) struct Line<'a> {
    pub(super) number: u64,
    pub(super) bytes: &'a [u8],
    /// There is more of it.
    pub(super) cut: bool,
}

/// What lines are for. It says when it wants no more.
pub(super) trait Reader {
    fn line(&mut self, line: Line<'_>) -> ControlFlow<()>;
}

/// Splits bytes into lines.
pub(super) struct Lines {
    number: u64,
    /// What has come of the line that has no end yet.
    begun: Vec<u8>,
    cut: bool,
}

impl Lines {
    /// The bytes that come begin in the line of this number, from 1.
    pub(super) const fn from(number: u64) -> Self {
        Self { number, begun: Vec::new(), cut: false }
    }

    /// Takes more bytes.
    pub(super) fn feed(&mut self, bytes: &[u8], reader: &mut impl Reader) -> ControlFlow<()> {
        let mut parts = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                self.keep(part);
            } else if self.begun.is_empty() && part.len() <= LINE_MAX {
                self.end(part, reader)?;
            } else {
                self.keep(part);
                let whole = std::mem::take(&mut self.begun);
                self.end(&whole, reader)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// There is no more: the last line has no end.
    pub(super) fn finish(mut self, reader: &mut impl Reader) -> ControlFlow<()> {
        if self.begun.is_empty() {
            return ControlFlow::Continue(());
        }
        let last = std::mem::take(&mut self.begun);
        let line = Line { number: self.number, bytes: &last, cut: self.cut };
        reader.line(line)
    }

    fn keep(&mut self, part: &[u8]) {
        let room = LINE_MAX - self.begun.len().min(LINE_MAX);
        self.begun.extend(part.iter().take(room));
        self.cut |= part.len() > room;
    }

    fn end(&mut self, bytes: &[u8], reader: &mut impl Reader) -> ControlFlow<()> {
        let bytes = if self.cut { bytes } else { bytes.strip_suffix(b"\r").unwrap_or(bytes) };
        let line = Line { number: self.number, bytes, cut: self.cut };
        self.number = self.number.saturating_add(1);
        self.cut = false;
        reader.line(line)
    }
}

/// Gathers lines that are shown.
pub(super) struct Window {
    from: u64,
    count: usize,
    size: usize,
    pub(super) lines: Vec<LogLine>,
}

impl Window {
    /// At most `count` lines from the one of this number on.
    pub(super) const fn new(from: u64, count: usize) -> Self {
        Self { from, count, size: 0, lines: Vec::new() }
    }
}

impl Reader for Window {
    fn line(&mut self, line: Line<'_>) -> ControlFlow<()> {
        if line.number < self.from {
            return ControlFlow::Continue(());
        }
        let text = text(&line);
        if self.lines.len() >= self.count || (!self.lines.is_empty() && self.size + text.len() > WINDOW_MAX) {
            return ControlFlow::Break(());
        }
        self.size += text.len();
        self.lines.push(LogLine { number: line.number, text, cut: line.cut });
        if self.lines.len() < self.count { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

/// What is shown of a line. A cut may go through a character, which is left out then.
fn text(line: &Line<'_>) -> String {
    let mut text = String::from_utf8_lossy(line.bytes).into_owned();
    if line.cut && text.ends_with('\u{fffd}') {
        text.pop();
    }
    text
}

/// Finds lines.
pub(super) struct Search {
    wanted: String,
    limit: usize,
    pub(super) found: LogMatches,
}

impl Search {
    /// The first `limit` lines that contain this text in whatever case. None when there is nothing to look for.
    pub(super) fn new(text: &str, limit: usize) -> Option<Self> {
        let wanted = fold(text);
        (!wanted.is_empty()).then(|| Self { wanted, limit, found: LogMatches::default() })
    }
}

impl Reader for Search {
    fn line(&mut self, line: Line<'_>) -> ControlFlow<()> {
        if !fold(&String::from_utf8_lossy(&without_escapes(line.bytes))).contains(&self.wanted) {
            return ControlFlow::Continue(());
        }
        if self.found.lines.len() >= self.limit {
            self.found.more = true;
            return ControlFlow::Break(());
        }
        self.found.lines.push(line.number);
        ControlFlow::Continue(())
    }
}

/// A line without the sequences by which terminals are steered; what is no whole sequence stays.
fn without_escapes(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.iter().position(|byte| *byte == ESC) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        rest = from.get(sequence(from)..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// How many bytes the sequence at the beginning has; the first of them is an escape.
fn sequence(bytes: &[u8]) -> usize {
    match bytes.get(1) {
        Some(b'[') => {
            let parameters = |byte: &&u8| (0x20..0x40).contains(*byte);
            let length = bytes.iter().skip(2).take(SEQUENCE_MAX).take_while(parameters).count();
            match bytes.get(2 + length) {
                Some(0x40..=0x7e) => length + 3,
                _ => 1,
            }
        }
        Some(b']') => {
            let end = bytes.iter().skip(2).take(COMMAND_MAX).position(|byte| matches!(*byte, BEL | ESC));
            match end.map(|end| (end, bytes.get(2 + end), bytes.get(3 + end))) {
                Some((end, Some(&BEL), _)) => end + 3,
                Some((end, _, Some(b'\\'))) => end + 4,
                _ => 1,
            }
        }
        // A character set: one more byte says which.
        Some(b'(' | b')') if bytes.get(2).is_some_and(u8::is_ascii_alphanumeric) => 3,
        Some(0x30..=0x7e) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(pieces: &[&[u8]], from: u64, count: usize) -> Vec<LogLine> {
        let mut window = Window::new(from, count);
        let mut lines = Lines::from(1);
        for piece in pieces {
            if lines.feed(piece, &mut window).is_break() {
                return window.lines;
            }
        }
        let _ = lines.finish(&mut window);
        window.lines
    }

    fn texts(pieces: &[&[u8]], from: u64, count: usize) -> Vec<String> {
        shown(pieces, from, count).into_iter().map(|line| line.text).collect()
    }

    fn found(log: &[u8], text: &str, limit: usize) -> LogMatches {
        let mut search = Search::new(text, limit).unwrap();
        let mut lines = Lines::from(1);
        if lines.feed(log, &mut search).is_continue() {
            let _ = lines.finish(&mut search);
        }
        search.found
    }

    #[test]
    fn lines_are_the_same_however_their_bytes_come() {
        assert_eq!(texts(&[b"a\nb\r\n", b"c", b"c\n\nd"], 1, 9), ["a", "b", "cc", "", "d"]);
        assert_eq!(texts(&[b"a\n"], 1, 9), ["a"]);
        assert_eq!(texts(&[b"", b"\n"], 1, 9), [""]);
        assert!(texts(&[b""], 1, 9).is_empty());
        assert_eq!(texts(&[b"a\nb\nc\nd\n"], 2, 2), ["b", "c"]);
        assert_eq!(
            texts(&[b"a\xff\n\x1b[31mred\x1b[0m 10%\r20%\n"], 1, 9),
            ["a\u{fffd}", "\u{1b}[31mred\u{1b}[0m 10%\r20%"]
        );
    }

    #[test]
    fn a_long_line_is_cut_and_says_so() {
        let long = format!("{}ä{}\nnext\n", "x".repeat(LINE_MAX - 1), "y".repeat(LINE_MAX));
        for step in [LINE_MAX / 2 + 1, long.len()] {
            let pieces: Vec<_> = long.as_bytes().chunks(step).collect();
            let lines = shown(&pieces, 1, 9);
            assert_eq!((lines.len(), lines[0].cut, lines[1].cut), (2, true, false));
            assert_eq!(lines[0].text, "x".repeat(LINE_MAX - 1));
            assert_eq!((lines[1].number, lines[1].text.as_str()), (2, "next"));
        }
        let exactly = format!("{}\n", "x".repeat(LINE_MAX));
        assert!(!shown(&[exactly.as_bytes()], 1, 1)[0].cut);
    }

    #[test]
    fn a_window_is_not_larger_than_can_be_shown() {
        let line = format!("{}\n", "x".repeat(LINE_MAX));
        let log = line.repeat(100);
        assert_eq!(shown(&[log.as_bytes()], 1, 2000).len(), WINDOW_MAX / LINE_MAX);
    }

    #[test]
    fn escape_sequences_do_not_hide_matches() {
        let log =
            b"\x1b[1m\x1b[31mErr\x1b[0mor: no\n\x1b]8;;https://x\x07li\x1b]8;;\x1b\\nk\n\x1b(Bplain\nerror";
        assert_eq!(found(log, "ERROR: NO", 9).lines, [1]);
        assert_eq!(found(log, "link", 9).lines, [2]);
        assert_eq!(found(log, "plain", 9).lines, [3]);
        assert_eq!(found(log, "error", 9), LogMatches { lines: vec![1, 4], more: false });
        assert_eq!(found(log, "error", 1), LogMatches { lines: vec![1], more: true });
        assert!(found(log, "https", 9).lines.is_empty());
        assert!(Search::new("", 9).is_none());
    }

    #[test]
    fn what_is_no_whole_sequence_hides_nothing() {
        for log in [&b"\x1b[error"[..], b"\x1b]error", b"\x1b]8;;\x1berror", b"\x1b", b"a\x1b[99"] {
            let text = without_escapes(log);
            assert!(text.len() + 3 >= log.len(), "{text:?}");
        }
        let endless = [&b"\x1b["[..], &b"1;".repeat(500), b"error"].concat();
        assert_eq!(found(&endless, "error", 9).lines, [1]);
        let unended = [&b"\x1b]"[..], &b"x".repeat(COMMAND_MAX), b"error\x07"].concat();
        assert_eq!(found(&unended, "error", 9).lines, [1]);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(log in proptest::collection::vec(any::<u8>(), 0..300), step in 1_usize..50) {
            let pieces: Vec<_> = log.chunks(step).collect();
            prop_assert_eq!(texts(&pieces, 1, 999), texts(&[&log], 1, 999));
            let breaks = log.iter().filter(|byte| **byte == b'\n').count();
            let open = log.last().is_some_and(|last| *last != b'\n');
            prop_assert_eq!(shown(&[&log], 1, 999).len(), breaks + usize::from(open));
            prop_assert!(without_escapes(&log).len() <= log.len());
        }
    }
}
