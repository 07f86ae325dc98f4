//! The symbols: drawn on a 16 px grid, one sprite a page that holds those that the page draws.

#[cfg(feature = "ssr")]
use std::fmt::Write as _;

use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos::tachys::html::InertElement;

/// How a symbol is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg(feature = "ssr")]
enum Paint {
    /// Strokes of 1.3 px with round ends.
    Lines,
    /// One filled shape.
    Filled,
}

/// Makes the enum and its drawings from one table.
macro_rules! icons {
    ($($variant:ident = $id:literal, $paint:ident, $body:literal;)*) => {
        /// A symbol. The GitHub mark is Octicons' (MIT) and stands for GitHub alone; the others were drawn for Stackyard.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Icon { $(#[doc = concat!("The symbol `", $id, "`.")] $variant,)* }

        impl Icon {
            /// Every symbol.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The symbol's address in the page's sprite.
            #[must_use]
            pub const fn href(self) -> &'static str {
                match self { $(Self::$variant => concat!("#i-", $id)),* }
            }

            /// The symbol of that id.
            #[cfg(feature = "ssr")]
            fn named(id: &str) -> Option<Self> {
                match id { $($id => Some(Self::$variant),)* _ => None }
            }

            #[cfg(feature = "ssr")]
            const fn drawing(self) -> (&'static str, Paint, &'static str) {
                match self { $(Self::$variant => ($id, Paint::$paint, $body)),* }
            }
        }
    };
}

icons! {
    Activity = "activity", Lines, r#"<path d="M1.5 8H4l2.25-5 3.5 10L12 8h2.5"/>"#;
    ArrowDown = "arrow-down", Lines, r#"<path d="M8 2.75v10.5M3.75 9 8 13.25 12.25 9"/>"#;
    ArrowRight = "arrow-right", Lines, r#"<path d="M2.75 8h10.5M9 3.75 13.25 8 9 12.25"/>"#;
    ArrowUp = "arrow-up", Lines, r#"<path d="M8 13.25V2.75M3.75 7 8 2.75 12.25 7"/>"#;
    Bell = "bell", Lines, r#"<path d="M3.25 11.5h9.5L11.5 9.5V7a3.5 3.5 0 0 0-7 0v2.5zM6.5 13.5a1.6 1.6 0 0 0 3 0"/>"#;
    Branch = "branch", Lines, r#"<circle cx="4.5" cy="3.75" r="1.75"/><circle cx="4.5" cy="12.25" r="1.75"/><circle cx="11.5" cy="5.25" r="1.75"/><path d="M4.5 5.5v5M11.5 7a2.5 2.5 0 0 1-2.5 2.5H4.5"/>"#;
    Calendar = "calendar", Lines, r#"<rect x="2.5" y="3.5" width="11" height="10" rx="1"/><path d="M2.5 6.75h11M5.5 2v3M10.5 2v3"/>"#;
    Card = "card", Lines, r#"<rect x="2" y="3.5" width="12" height="9" rx="1"/><path d="M2 6.5h12M4.5 10h2.5"/>"#;
    Check = "check", Lines, r#"<path d="M3 8.5l3.2 3.2L13 4.6"/>"#;
    ChevDown = "chev-down", Lines, r#"<path d="M4.5 6.5 8 10l3.5-3.5"/>"#;
    ChevLeft = "chev-left", Lines, r#"<path d="M9.5 4.5 6 8l3.5 3.5"/>"#;
    ChevRight = "chev-right", Lines, r#"<path d="M6.5 4.5 10 8l-3.5 3.5"/>"#;
    Clock = "clock", Lines, r#"<circle cx="8" cy="8" r="5.75"/><path d="M8 4.75V8l2.25 1.5"/>"#;
    Copy = "copy", Lines, r#"<rect x="5.5" y="5.5" width="8" height="8" rx="1"/><path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/>"#;
    Deploy = "deploy", Lines, r#"<path d="M8 10.25V2.5M4.75 5.75 8 2.5l3.25 3.25M2.5 10v2.5a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1V10"/>"#;
    Dots = "dots", Lines, r#"<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2"/>"#;
    Download = "download", Lines, r#"<path d="M8 2.5v7.75M4.75 7 8 10.25 11.25 7M2.5 13.5h11"/>"#;
    External = "external", Lines, r#"<path d="M6.5 3.5h-3a1 1 0 0 0-1 1v8a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1v-3M9.5 2.5h4v4M13.5 2.5l-6 6"/>"#;
    Eye = "eye", Lines, r#"<path d="M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8z"/><circle cx="8" cy="8" r="1.75"/>"#;
    Filter = "filter", Lines, r#"<path d="M2 4h12M4.5 8h7M6.75 12h2.5"/>"#;
    Flask = "flask", Lines, r#"<path d="M5.75 2.5h4.5M6.75 2.5v4L3 12.4a.75.75 0 0 0 .65 1.1h8.7a.75.75 0 0 0 .65-1.1L9.25 6.5v-4M4.75 10h6.5"/>"#;
    Gear = "gear", Lines, r#"<path d="M6.74 3.26L6.90 1.59L9.10 1.59L9.26 3.26L10.46 3.76L11.75 2.69L13.31 4.25L12.24 5.54L12.74 6.74L14.41 6.90L14.41 9.10L12.74 9.26L12.24 10.46L13.31 11.75L11.75 13.31L10.46 12.24L9.26 12.74L9.10 14.41L6.90 14.41L6.74 12.74L5.54 12.24L4.25 13.31L2.69 11.75L3.76 10.46L3.26 9.26L1.59 9.10L1.59 6.90L3.26 6.74L3.76 5.54L2.69 4.25L4.25 2.69L5.54 3.76Z"/><circle cx="8" cy="8" r="2"/>"#;
    Github = "github", Filled, r#"<path d="M6.766 11.328c-2.063-.25-3.516-1.734-3.516-3.656 0-.781.281-1.625.75-2.188-.203-.515-.172-1.609.063-2.062.625-.078 1.468.25 1.968.703.594-.187 1.219-.281 1.985-.281.765 0 1.39.094 1.953.265.484-.437 1.344-.765 1.969-.687.218.422.25 1.515.046 2.047.5.593.766 1.39.766 2.203 0 1.922-1.453 3.375-3.547 3.64.531.344.89 1.094.89 1.954v1.625c0 .468.391.734.86.547C13.781 14.359 16 11.53 16 8.03 16 3.61 12.406 0 7.984 0 3.563 0 0 3.61 0 8.031a7.88 7.88 0 0 0 5.172 7.422c.422.156.828-.125.828-.547v-1.25c-.219.094-.5.156-.75.156-1.031 0-1.64-.562-2.078-1.609-.172-.422-.36-.672-.719-.719-.187-.015-.25-.093-.25-.187 0-.188.313-.328.625-.328.453 0 .844.281 1.25.86.313.452.64.655 1.031.655s.641-.14 1-.5c.266-.265.47-.5.657-.656"/>"#;
    Image = "image", Lines, r#"<rect x="2.5" y="2.5" width="11" height="11" rx="1"/><circle cx="6" cy="6" r="1.1"/><path d="M2.5 11.5 6 8.75l2.25 2 2.25-2.25 3 2.75"/>"#;
    Info = "info", Lines, r#"<circle cx="8" cy="8" r="5.75"/><path d="M8 7.5v3.25M8 5.25h.01"/>"#;
    Key = "key", Lines, r#"<circle cx="5" cy="11" r="2.75"/><path d="M7 9l6-6M10.5 5.5l2 2"/>"#;
    Link = "link", Lines, r#"<path d="M6.75 9.25a2.5 2.5 0 0 0 3.5 0l2.25-2.25a2.5 2.5 0 0 0-3.5-3.5l-.75.75M9.25 6.75a2.5 2.5 0 0 0-3.5 0L3.5 9a2.5 2.5 0 0 0 3.5 3.5l.75-.75"/>"#;
    Lock = "lock", Lines, r#"<rect x="3" y="7" width="10" height="6.5" rx="1"/><path d="M5 7V5.25a3 3 0 0 1 6 0V7"/>"#;
    Logout = "logout", Lines, r#"<path d="M6.5 2.5h-3a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h3M6.5 8h7M10.75 5.25 13.5 8l-2.75 2.75"/>"#;
    Mail = "mail", Lines, r#"<rect x="2" y="3.5" width="12" height="9" rx="1"/><path d="M2.5 4.5 8 8.5l5.5-4"/>"#;
    Menu = "menu", Lines, r#"<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>"#;
    Minus = "minus", Lines, r#"<path d="M3.5 8h9"/>"#;
    Moon = "moon", Lines, r#"<path d="M13.25 9.6A5.6 5.6 0 1 1 6.4 2.75a4.5 4.5 0 0 0 6.85 6.85z"/>"#;
    Overview = "overview", Lines, r#"<rect x="2.5" y="2.5" width="11" height="11" rx="1"/><path d="M2.5 6.25h11M6.25 6.25v7.25"/>"#;
    Pencil = "pencil", Lines, r#"<path d="M3 13l.75-3 6.9-6.9a1.15 1.15 0 0 1 1.6 0l.65.65a1.15 1.15 0 0 1 0 1.6L6 12.25z"/>"#;
    Plus = "plus", Lines, r#"<path d="M8 3v10M3 8h10"/>"#;
    Replay = "replay", Lines, r#"<path d="M3 8a5 5 0 1 0 1.5-3.6L3 6M3 2.75V6h3.25"/>"#;
    Repo = "repo", Lines, r#"<path d="M12.5 13.5H5A1.5 1.5 0 0 1 3.5 12V3.75A1.25 1.25 0 0 1 4.75 2.5h7.75v11zM3.5 12A1.5 1.5 0 0 1 5 10.5h7.5"/>"#;
    Search = "search", Lines, r#"<circle cx="7" cy="7" r="4.5"/><path d="M10.4 10.4 14 14"/>"#;
    Shield = "shield", Lines, r#"<path d="M8 2l5 1.75v3.75c0 3.1-2 5.4-5 6.5-3-1.1-5-3.4-5-6.5V3.75z"/>"#;
    SigDeny = "sig-deny", Filled, r#"<path fill-rule="evenodd" d="M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9zM4.6 7.1h6.8v1.8H4.6z"/>"#;
    SigDrift = "sig-drift", Lines, r#"<path d="M8 2.1 13.9 8 8 13.9 2.1 8z"/><path d="M5.4 8.7c.9-1.3 1.7-1.3 2.6-.7s1.7.6 2.6-.7"/>"#;
    SigError = "sig-error", Filled, r#"<path fill-rule="evenodd" d="M4 2.25h8A1.75 1.75 0 0 1 13.75 4v8A1.75 1.75 0 0 1 12 13.75H4A1.75 1.75 0 0 1 2.25 12V4A1.75 1.75 0 0 1 4 2.25zM5.3 6.2 7.1 8 5.3 9.8l.9.9L8 8.9l1.8 1.8.9-.9L8.9 8l1.8-1.8-.9-.9L8 7.1 6.2 5.3z"/>"#;
    SigOk = "sig-ok", Lines, r#"<circle cx="8" cy="8" r="5.5"/><path d="M5.6 8.2l1.7 1.7 3.2-3.5"/>"#;
    SigQueue = "sig-queue", Lines, r#"<circle cx="8" cy="8" r="5.5"/><path d="M8 5v3l1.8 1.2"/>"#;
    SigRun = "sig-run", Lines, r#"<circle cx="8" cy="8" r="5.5" opacity=".3"/><path d="M8 2.5A5.5 5.5 0 0 1 13.5 8"/>"#;
    SigSkip = "sig-skip", Lines, r#"<circle cx="8" cy="8" r="5.5"/><path d="M4.2 11.8l7.6-7.6"/>"#;
    SigUnknown = "sig-unknown", Lines, r#"<circle cx="8" cy="8" r="5.5" stroke-dasharray="1.5 1.955" stroke-linecap="butt"/>"#;
    SigWait = "sig-wait", Lines, r#"<circle cx="8" cy="8" r="5.5"/><path d="M6.4 6.2v3.6M9.6 6.2v3.6"/>"#;
    Stacks = "stacks", Lines, r#"<rect x="1.75" y="2.5" width="9" height="3" rx=".5"/><rect x="5.25" y="6.5" width="9" height="3" rx=".5"/><rect x="1.75" y="10.5" width="9" height="3" rx=".5"/>"#;
    Team = "team", Lines, r#"<circle cx="6" cy="5.25" r="2.5"/><path d="M1.5 13.25c0-2.3 2-3.75 4.5-3.75s4.5 1.45 4.5 3.75M10.5 3a2.4 2.4 0 0 1 0 4.5M12 9.9c1.5.5 2.5 1.7 2.5 3.35"/>"#;
    Trash = "trash", Lines, r#"<path d="M2.5 4.5h11M6 4.5V3a.5.5 0 0 1 .5-.5h3a.5.5 0 0 1 .5.5v1.5M4 4.5l.5 8.5a.5.5 0 0 0 .5.5h6a.5.5 0 0 0 .5-.5l.5-8.5"/>"#;
    Updown = "updown", Lines, r#"<path d="M5.5 6 8 3.5 10.5 6M5.5 10 8 12.5 10.5 10"/>"#;
    User = "user", Lines, r#"<circle cx="8" cy="5.25" r="2.75"/><path d="M2.75 13.5C2.75 11 5 9.5 8 9.5s5.25 1.5 5.25 4"/>"#;
    Warn = "warn", Lines, r#"<path d="M8 2.75 14 13H2zM8 6.75V9.5M8 11.25h.01"/>"#;
    Workflow = "workflow", Lines, r#"<rect x="2.5" y="2.5" width="4.5" height="4.5" rx=".75"/><rect x="9" y="9" width="4.5" height="4.5" rx=".75"/><path d="M4.75 7v3a1.25 1.25 0 0 0 1.25 1.25h3"/>"#;
    Wrap = "wrap", Lines, r#"<path d="M2.5 4h11M2.5 8h8.75a2.1 2.1 0 0 1 0 4.25H8M9.75 10.5 8 12.25 9.75 14M2.5 12.25h2.5"/>"#;
    X = "x", Lines, r#"<path d="M4 4l8 8M12 4l-8 8"/>"#;
}

/// The drawings of the symbols that a page draws, each once: those whose address stands in it as a whole attribute.
#[cfg(feature = "ssr")]
pub(crate) fn sprite(html: &str) -> InertElement {
    const BEFORE: &str = "\"#i-";
    let mut drawn = [false; Icon::ALL.len()];
    for at in memchr::memmem::find_iter(html.as_bytes(), BEFORE) {
        let rest = html.get(at + BEFORE.len()..).unwrap_or_default();
        let icon = rest.split('"').next().and_then(Icon::named);
        if let Some(drawn) = icon.and_then(|icon| drawn.get_mut(icon as usize)) {
            *drawn = true;
        }
    }
    let mut out = String::from(r#"<svg id="symbols" class="hidden" aria-hidden="true">"#);
    for (icon, _) in Icon::ALL.iter().zip(drawn).filter(|(_, drawn)| *drawn) {
        let (id, paint, body) = icon.drawing();
        let paint = match paint {
            Paint::Lines => {
                r#"fill="none" stroke="currentColor" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round""#
            }
            Paint::Filled => r#"fill="currentColor""#,
        };
        // Writing to a String cannot fail.
        let _ = write!(out, r#"<symbol id="i-{id}" viewBox="0 0 16 16" {paint}>{body}</symbol>"#);
    }
    out.push_str("</svg>");
    InertElement::new(out)
}

/// The size of most symbols.
const SIZE: &str = "w-4 h-4";

/// A symbol, 16 px unless `class` says otherwise. Hidden from readers that cannot see it: the word beside it counts.
#[component]
pub fn Glyph(
    /// Which symbol.
    icon: Icon,
    /// Size and colour.
    #[prop(optional, default = SIZE)]
    class: &'static str,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        let mut html = String::with_capacity(96);
        glyph_into(&mut html, icon, Some(class));
        InertElement::new(html)
    }
    #[cfg(not(feature = "ssr"))]
    view! {
        <svg class=class aria-hidden="true">
            <use_ href=icon.href()></use_>
        </svg>
    }
}

/// Writes a symbol: the most frequent part of a page. Its words are the kit's own, so there is nothing to escape.
/// Without a class, the style of what it stands in says how large it is.
#[cfg(feature = "ssr")]
pub(crate) fn glyph_into(html: &mut String, icon: Icon, class: Option<&'static str>) {
    html.push_str("<svg");
    if let Some(class) = class {
        for part in [r#" class=""#, class, r#"""#] {
            html.push_str(part);
        }
    }
    for part in [r#" aria-hidden="true"><use href=""#, icon.href(), r#""></use></svg>"#] {
        html.push_str(part);
    }
}

/// The product's mark: three staggered bars.
#[cfg(feature = "ssr")]
#[component]
pub fn Mark(
    /// Size.
    #[prop(optional, default = "w-5 h-5")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=class viewBox="0 0 20 20" aria-hidden="true">
            <rect x="2" y="2.5" width="11.5" height="4" rx="1" class="fill-ink"></rect>
            <rect x="6.5" y="8" width="11.5" height="4" rx="1" class="fill-accent"></rect>
            <rect x="2" y="13.5" width="11.5" height="4" rx="1" class="fill-ink"></rect>
        </svg>
    }
}
