//! Lines of a terminal as text that can be shown: colours and styles told apart from words, everything else that would
//! steer a terminal left out. Pure.

use std::str::Chars;

/// Spans of one line; what follows keeps the style of the last one. Coloured logs have a dozen, and a line that changes
/// its colour with every letter would grow sixfold on a page.
const SPANS_MAX: usize = 256;

/// One of the eight colours of a terminal, bright or not, and the grey between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Black.
    Black,
    /// Red.
    Red,
    /// Green.
    Green,
    /// Yellow.
    Yellow,
    /// Blue.
    Blue,
    /// Magenta.
    Magenta,
    /// Cyan.
    Cyan,
    /// White.
    White,
    /// Bright black.
    Grey,
}

impl Colour {
    /// The colour of a number from 0 to 7.
    const fn of(number: u16) -> Option<Self> {
        Some(match number {
            0 => Self::Black,
            1 => Self::Red,
            2 => Self::Green,
            3 => Self::Yellow,
            4 => Self::Blue,
            5 => Self::Magenta,
            6 => Self::Cyan,
            7 => Self::White,
            _ => return None,
        })
    }

    /// The same, bright. Themes have one of each, so only black becomes another.
    const fn bright(number: u16) -> Option<Self> {
        if number == 0 { Some(Self::Grey) } else { Self::of(number) }
    }

    /// The nearest to one of 256.
    fn indexed(number: u16) -> Option<Self> {
        match number {
            0..8 => Self::of(number),
            8..16 => Self::bright(number - 8),
            16..232 => {
                let cube = number - 16;
                Self::nearest(cube / 36 * 51, cube / 6 % 6 * 51, cube % 6 * 51)
            }
            232..244 => Some(Self::Grey),
            _ => None,
        }
    }

    /// The nearest to a mixture; none for a grey, which is read best as ordinary text.
    fn nearest(red: u16, green: u16, blue: u16) -> Option<Self> {
        let most = red.max(green).max(blue);
        if most.saturating_sub(red.min(green).min(blue)) < 48 {
            return None;
        }
        let strong = |part: u16, bit: u16| if u32::from(part) * 3 > u32::from(most) * 2 { bit } else { 0 };
        Self::of(strong(red, 1) + strong(green, 2) + strong(blue, 4))
    }
}

/// How text is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// Its colour, when it has one.
    pub colour: Option<Colour>,
    /// Bold.
    pub bold: bool,
    /// Fainter than other text.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Ground and ink are exchanged.
    pub inverse: bool,
}

impl Style {
    /// Takes over what `ESC [ … m` says.
    fn select(&mut self, parameters: &str) {
        let mut numbers = parameters.split([';', ':']).map(|number| match number {
            "" => Some(0),
            number => number.parse::<u16>().ok(),
        });
        while let Some(number) = numbers.next() {
            match number {
                Some(0) => *self = Self::default(),
                Some(1) => self.bold = true,
                Some(2) => self.dim = true,
                Some(3) => self.italic = true,
                Some(4) => self.underline = true,
                Some(7) => self.inverse = true,
                Some(22) => (self.bold, self.dim) = (false, false),
                Some(23) => self.italic = false,
                Some(24) => self.underline = false,
                Some(27) => self.inverse = false,
                Some(number @ 30..38) => self.colour = Colour::of(number - 30),
                Some(39) => self.colour = None,
                Some(number @ 90..98) => self.colour = Colour::bright(number - 90),
                Some(ink @ (38 | 48)) => {
                    let mut next = || numbers.next().flatten();
                    let colour = match next() {
                        Some(5) => next().and_then(Colour::indexed),
                        Some(2) => match (next(), next(), next()) {
                            (Some(red), Some(green), Some(blue)) => Colour::nearest(red, green, blue),
                            _ => None,
                        },
                        _ => None,
                    };
                    if ink == 38 {
                        self.colour = colour;
                    }
                }
                _ => {}
            }
        }
    }
}

/// Text of one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// How it is set.
    pub ink: Style,
    /// The text: no control character but tabs.
    pub text: String,
}

/// One line in spans, none of them empty. `state` is how the line before ended, and then how this one does. Of what was
/// written over by a carriage return only the last is left; of all other sequences and control characters nothing.
pub fn line(state: &mut Style, text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut over = false;
    let mut endless = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => escape(state, &mut chars, &mut endless),
            '\u{9b}' => control(state, &mut chars),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => {
                command(&mut chars, &mut endless);
            }
            '\r' => over = true,
            '\t' => write(&mut spans, &mut over, *state, c),
            c if c.is_control() || steers(c) => {}
            c => write(&mut spans, &mut over, *state, c),
        }
    }
    spans
}

/// The text of a line without its style.
#[must_use]
pub fn plain(text: &str) -> String {
    line(&mut Style::default(), text).into_iter().map(|span| span.text).collect()
}

fn write(spans: &mut Vec<Span>, over: &mut bool, ink: Style, c: char) {
    if std::mem::take(over) {
        spans.clear();
    }
    let full = spans.len() >= SPANS_MAX;
    match spans.last_mut() {
        Some(last) if full || last.ink == ink => last.text.push(c),
        _ => spans.push(Span { ink, text: c.to_string() }),
    }
}

/// Characters that change the direction in which others are read: a log could show other words than it has.
const fn steers(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// What follows `ESC`.
fn escape(state: &mut Style, chars: &mut Chars<'_>, endless: &mut bool) {
    match chars.clone().next() {
        Some('[') => {
            chars.next();
            control(state, chars);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            chars.next();
            command(chars, endless);
        }
        // Intermediates, then a final character.
        Some(' '..='/') => {
            while chars.clone().next().is_some_and(|c| matches!(c, ' '..='/')) {
                chars.next();
            }
            if chars.clone().next().is_some_and(|c| matches!(c, '0'..='~')) {
                chars.next();
            }
        }
        Some('0'..='~') => {
            chars.next();
        }
        // Broken off; what follows is text, or begins anew.
        _ => {}
    }
}

/// What follows `ESC [`: parameters, intermediates, a final character.
fn control(state: &mut Style, chars: &mut Chars<'_>) {
    let mut parameters = String::new();
    while let Some(c) = chars.clone().next() {
        match c {
            ' '..='?' => parameters.push(c),
            '@'..='~' => {
                chars.next();
                if c == 'm' {
                    state.select(&parameters);
                }
                return;
            }
            // Broken off.
            _ => return,
        }
        chars.next();
    }
}

/// What follows `ESC ]` and its like, up to its end. Without one nothing is taken, since a line could hide what it says
/// after it; `endless` keeps that, so that a line of beginnings is not read again for each.
fn command(chars: &mut Chars<'_>, endless: &mut bool) {
    if *endless {
        return;
    }
    let mut ahead = chars.clone();
    while let Some(c) = ahead.next() {
        match c {
            '\u{7}' | '\u{9c}' => {
                *chars = ahead;
                return;
            }
            '\u{1b}' => {
                if ahead.clone().next() == Some('\\') {
                    ahead.next();
                }
                *chars = ahead;
                return;
            }
            _ => {}
        }
    }
    *endless = true;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spans(text: &str) -> Vec<(String, Style)> {
        line(&mut Style::default(), text).into_iter().map(|span| (span.text, span.ink)).collect()
    }

    fn coloured(colour: Colour) -> Style {
        Style { colour: Some(colour), ..Style::default() }
    }

    #[test]
    fn colours_and_styles_are_told_apart_from_words() {
        assert_eq!(
            spans("a \u{1b}[31mred\u{1b}[0m b"),
            [
                ("a ".to_owned(), Style::default()),
                ("red".to_owned(), coloured(Colour::Red)),
                (" b".to_owned(), Style::default())
            ]
        );
        let all = Style { bold: true, dim: true, italic: true, underline: true, inverse: true, colour: None };
        assert_eq!(spans("\u{1b}[1;2;3;4;7mx"), [("x".to_owned(), all)]);
        assert_eq!(spans("\u{1b}[1;2;3;4;7m\u{1b}[22;23;24;27mx"), [("x".to_owned(), Style::default())]);
        assert_eq!(spans("\u{1b}[90mx"), [("x".to_owned(), coloured(Colour::Grey))]);
        assert_eq!(spans("\u{1b}[92mx\u{1b}[m"), [("x".to_owned(), coloured(Colour::Green))]);
    }

    #[test]
    fn many_colours_become_the_nearest_of_few() {
        for (code, colour) in [
            ("38;5;1", Some(Colour::Red)),
            ("38;5;196", Some(Colour::Red)),
            ("38;5;46", Some(Colour::Green)),
            ("38;5;240", Some(Colour::Grey)),
            ("38;5;250", None),
            ("38;2;255;220;30", Some(Colour::Yellow)),
            ("38:2:20:30:250", Some(Colour::Blue)),
            ("38;2;200;200;200", None),
            ("48;5;1", None),
            ("48;2;1;31;32", None),
            ("38;5", None),
            ("99999999;x", None),
        ] {
            let mut state = Style::default();
            line(&mut state, &format!("\u{1b}[{code}m"));
            assert_eq!(state, Style { colour, ..Style::default() }, "{code}");
        }
    }

    #[test]
    fn a_style_goes_on_in_the_next_line() {
        let mut state = Style::default();
        line(&mut state, "\u{1b}[33mWarning");
        assert_eq!(
            line(&mut state, "deprecated").first().map(|span| span.ink),
            Some(coloured(Colour::Yellow))
        );
    }

    #[test]
    fn what_steers_a_terminal_is_left_out() {
        for hostile in [
            "a\u{1b}]0;title\u{7}b",
            "a\u{1b}]8;;https://evil.example\u{1b}\\b",
            "a\u{1b}[2J\u{1b}[10;10Hb",
            "a\u{1b}Pq...\u{1b}\\b",
            "a\u{9b}31mb",
            "a\u{1b}(Bb",
            "a\u{1b}cb",
            "a\u{0}\u{8}\u{7}b",
            "a\u{202e}b",
        ] {
            assert_eq!(plain(hostile), "ab", "{hostile:?}");
        }
        assert_eq!(plain("a\tb\u{1b}"), "a\tb");
        assert_eq!(plain("a\u{1b}[31"), "a");
    }

    #[test]
    fn a_command_without_an_end_hides_nothing() {
        assert_eq!(plain("\u{1b}]0;rm -rf / was run"), "0;rm -rf / was run");
        // Each is looked for in vain but once: this would take hours.
        assert!(plain(&"\u{9d}".repeat(400_000)).is_empty());
        assert!(plain(&"\u{1b}]".repeat(400_000)).len() < 800_000);
    }

    #[test]
    fn a_line_has_no_more_spans_than_are_drawn() {
        let text: String = (0..10_000).map(|place| format!("\u{1b}[3{}mx", place % 8)).collect();
        let spans = line(&mut Style::default(), &text);
        assert_eq!(spans.len(), SPANS_MAX);
        assert_eq!(spans.iter().map(|span| span.text.len()).sum::<usize>(), 10_000, "nothing is lost");
    }

    #[test]
    fn of_a_progress_the_last_is_left() {
        assert_eq!(plain("10%\r50%\r100%\r"), "100%");
        assert_eq!(plain("\rdone"), "done");
        assert_eq!(plain("kept\r"), "kept");
    }

    proptest! {
        #[test]
        fn no_control_character_but_a_tab_comes_out(text in "(\\PC|[\u{0}-\u{9f}]|\u{1b}\\[[0-9;]*m){0,60}") {
            let mut state = Style::default();
            for span in line(&mut state, &text) {
                prop_assert!(!span.text.is_empty());
                prop_assert!(span.text.chars().all(|c| c == '\t' || !c.is_control() && !steers(c)), "{span:?}");
            }
        }

        #[test]
        fn ordinary_text_stays_as_it_is(text in "[a-z0-9 äß€.:/-]{0,60}") {
            prop_assert_eq!(plain(&text), text);
        }
    }
}
