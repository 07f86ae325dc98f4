//! The colours of a terminal as the theme has them, for lines that the server makes and for those that an island does.

use stackyard_model::ansi::{Colour, Style};

/// The classes of a piece of a line.
pub(crate) fn classes(style: Style) -> String {
    let ink = match (style.inverse, style.colour) {
        (true, _) => "bg-ink-muted text-surface",
        (false, None) if style.dim => "text-ink-faint",
        (false, None) if style.bold => "text-ink",
        (false, None) => "",
        (false, Some(Colour::Red)) => "text-danger",
        (false, Some(Colour::Green)) => "text-ok",
        (false, Some(Colour::Yellow)) => "text-warn",
        (false, Some(Colour::Blue)) => "text-ansi-blue",
        (false, Some(Colour::Magenta)) => "text-ansi-magenta",
        (false, Some(Colour::Cyan)) => "text-accent",
        (false, Some(Colour::Black | Colour::White)) => "text-ink",
        (false, Some(Colour::Grey)) => "text-ink-faint",
    };
    let parts = [
        ink,
        if style.bold { "font-semibold" } else { "" },
        if style.italic { "italic" } else { "" },
        if style.underline { "underline" } else { "" },
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
