//! The links of the shell, written at once: every page has some thirty of them, and as views they cost as much as all the
//! rest around a page.

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

use super::{NavEntry, SwitcherEntry};
use crate::icon::{Icon, glyph_into};
use crate::markup::escape_into;
use crate::tile::{TileSize, workspace_tile_into};

/// Pages of the workspace.
#[component]
pub(super) fn NavLinks(entries: Vec<NavEntry>) -> impl IntoView {
    let mut html = String::with_capacity(entries.len() * 320);
    for entry in &entries {
        nav_into(&mut html, entry);
    }
    InertElement::new(html)
}

fn nav_into(html: &mut String, entry: &NavEntry) {
    let NavEntry { href, label, icon, current, count, warn } = entry;
    html.push_str(r#"<a href=""#);
    escape_into(html, href);
    html.push_str(r#"" class="focus-inset relative flex h-8 items-center gap-2.5 rounded-[5px] px-2 max-lg:h-10 "#);
    html.push_str(if *current {
        r#"bg-hover font-medium text-ink" aria-current="page"><span class="bar absolute top-2 bottom-2 -left-2 w-0.5 bg-accent" aria-hidden="true"></span>"#
    } else {
        r#"text-ink-muted hover:bg-hover hover:text-ink">"#
    });
    glyph_into(html, *icon, Some("w-4 h-4"));
    html.push_str(r#"<span class="grow truncate">"#);
    escape_into(html, label);
    html.push_str("</span>");
    if let Some(count) = count {
        html.push_str(if *warn { r#"<span class="text-[11px] text-warn">"# } else { r#"<span class="text-[11px] text-ink-faint">"# });
        escape_into(html, count);
        html.push_str("</span>");
    }
    html.push_str("</a>");
}

/// Workspaces to switch to, each to the same page.
#[component]
pub(super) fn SwitcherLinks(entries: Vec<SwitcherEntry>) -> impl IntoView {
    let mut html = String::with_capacity(entries.len() * 420);
    for entry in &entries {
        switcher_into(&mut html, entry);
    }
    InertElement::new(html)
}

fn switcher_into(html: &mut String, entry: &SwitcherEntry) {
    let SwitcherEntry { href, name, logo, role, current } = entry;
    html.push_str(r#"<a href=""#);
    escape_into(html, href);
    html.push_str(r#"" class="flex h-8 items-center gap-2 rounded-[4px] px-2 hover:bg-hover""#);
    html.push_str(if *current { r#" aria-current="true">"# } else { ">" });
    workspace_tile_into(html, name, logo.as_deref(), TileSize::Px20);
    html.push_str(r#"<span class="grow truncate" title=""#);
    escape_into(html, name);
    html.push_str(r#"">"#);
    escape_into(html, name);
    html.push_str("</span>");
    if *current {
        glyph_into(html, Icon::Check, Some("w-4 h-4 text-accent"));
    } else {
        html.push_str(r#"<span class="text-[11px] text-ink-faint">"#);
        escape_into(html, role);
        html.push_str("</span>");
    }
    html.push_str("</a>");
}
