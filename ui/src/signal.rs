//! A state is a shape *and* a word, then a colour. Never a coloured pill.

use leptos::prelude::*;

use crate::icon::{Glyph, Icon, glyph_into};
use crate::markup::escape_into;
use crate::written::Opening;

/// Makes the states from one table: glyph, colour, word.
macro_rules! states {
    ($($(#[$doc:meta])* $variant:ident = $icon:ident, $class:literal, $word:literal;)*) => {
        /// A state that something is in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum State { $($(#[$doc])* $variant,)* }

        impl State {
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its glyph.
            #[must_use]
            pub const fn icon(self) -> Icon {
                match self { $(Self::$variant => Icon::$icon),* }
            }

            /// The glyph's size and colour.
            #[must_use]
            pub const fn class(self) -> &'static str {
                match self { $(Self::$variant => $class),* }
            }

            /// Its word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
    };
}

states! {
    /// Let through by a decision.
    Allowed = SigOk, "w-4 h-4 text-ok", "Allowed";
    /// Done.
    Done = SigOk, "w-4 h-4 text-ok", "Done";
    /// As wanted.
    InSync = SigOk, "w-4 h-4 text-ok", "In sync";
    /// Not as wanted.
    Drifted = SigDrift, "w-4 h-4 text-warn", "Drifted";
    /// Refused by a decision.
    Denied = SigDeny, "w-4 h-4 text-danger", "Denied";
    /// Tried, and did not work.
    Failed = SigError, "w-4 h-4 text-danger", "Failed";
    /// In a state of error.
    Error = SigError, "w-4 h-4 text-danger", "Error";
    /// Nobody knows.
    Unknown = SigUnknown, "w-4 h-4 text-ink-faint", "Unknown";
    /// Going on.
    Running = SigRun, "w-4 h-4 text-accent turn", "Running";
    /// Waits for somebody.
    Waiting = SigWait, "w-4 h-4 text-warn", "Waiting";
    /// Waits for its turn.
    Queued = SigQueue, "w-4 h-4 text-ink-faint", "Queued";
    /// Called off.
    Cancelled = SigSkip, "w-4 h-4 text-ink-faint", "Cancelled";
    /// Held now.
    Held = Lock, "w-4 h-4 text-ink-faint", "Held";
    /// Given back.
    Released = SigOk, "w-4 h-4 text-ink-faint", "Released";
    /// Ran out.
    Expired = SigQueue, "w-4 h-4 text-warn", "Expired";
    /// Ended by an admin.
    Forced = SigSkip, "w-4 h-4 text-warn", "Forced";
    /// Kept out for now.
    Suspended = SigSkip, "w-4 h-4 text-warn", "Suspended";
}

impl State {
    const fn tells_of_trouble(self) -> bool {
        matches!(self, Self::Denied | Self::Failed | Self::Error)
    }
}

/// A state: its glyph and its word. `quiet` mutes the word of what is fine, as tables do.
#[component]
pub fn StateSignal(
    /// The state.
    state: State,
    /// Another word for it.
    #[prop(optional, into)]
    word: Option<String>,
    /// Mute the word.
    #[prop(optional)]
    quiet: bool,
    /// Say trouble in its colour, bold: for logs and verdicts.
    #[prop(optional)]
    loud: bool,
) -> impl IntoView {
    let class = if loud && state.tells_of_trouble() {
        "flex items-center gap-2 font-semibold text-danger"
    } else if quiet {
        "flex items-center gap-2 whitespace-nowrap text-ink-muted"
    } else {
        "flex items-center gap-2 whitespace-nowrap"
    };
    let mut html = String::with_capacity(192);
    glyph_into(&mut html, state.icon(), Some(state.class()));
    escape_into(&mut html, word.as_deref().unwrap_or(state.word()));
    Opening::new("<span").with("class", class).html(&html, "</span>")
}

/// The glyph of a state without its word, where the word stands nearby.
#[component]
pub fn StateGlyph(
    /// The state.
    state: State,
) -> impl IntoView {
    view! { <Glyph icon=state.icon() class=state.class() /> }
}
