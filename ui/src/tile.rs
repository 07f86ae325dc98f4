//! Who and what: people are round, machines and workspaces are square.

use std::collections::HashMap;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

use crate::icon::{Icon, glyph_into};
use crate::markup::escape_into;

/// The edge of a tile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TileSize {
    /// 20 px.
    #[default]
    Px20,
    /// 24 px.
    Px24,
    /// 28 px.
    Px28,
    /// 32 px.
    Px32,
    /// 40 px.
    Px40,
    /// 64 px.
    Px64,
}

/// The addresses of the pictures of those people on a page who have one, by their ids. A page that names people provides
/// it as context, and their tiles find them there.
#[derive(Debug, Clone, Default)]
pub struct Faces(Arc<HashMap<String, String>>);

impl FromIterator<(String, String)> for Faces {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(faces: I) -> Self {
        Self(Arc::new(faces.into_iter().collect()))
    }
}

/// A person: their picture, else the initials of their name, in a quiet circle.
#[component]
pub fn PersonTile(
    /// Their name, or their address when they have none.
    #[prop(into)]
    name: String,
    /// Their id, by which their picture is found among the page's [`Faces`].
    #[prop(optional, into)]
    person: Option<String>,
    /// The address of their picture, where it is known; a path of this site.
    #[prop(optional_no_strip)]
    picture: Option<String>,
    /// How large.
    #[prop(optional)]
    size: TileSize,
) -> impl IntoView {
    let found = || use_context::<Faces>()?.0.get(&person?).cloned();
    let mut html = String::with_capacity(192);
    match picture.or_else(found) {
        Some(picture) => picture_into(&mut html, &picture, size),
        None => initials_into(&mut html, &name, size),
    }
    InertElement::new(html)
}

fn picture_into(html: &mut String, picture: &str, size: TileSize) {
    let (class, edge) = match size {
        TileSize::Px20 => ("w-5 h-5 rounded-full shrink-0 object-cover", "20"),
        TileSize::Px24 => ("w-6 h-6 rounded-full shrink-0 object-cover", "24"),
        TileSize::Px28 => ("w-7 h-7 rounded-full shrink-0 object-cover", "28"),
        TileSize::Px32 | TileSize::Px40 => ("w-8 h-8 rounded-full shrink-0 object-cover", "32"),
        TileSize::Px64 => ("w-16 h-16 rounded-full shrink-0 object-cover", "64"),
    };
    html.push_str(r#"<img src=""#);
    escape_into(html, picture);
    push(html, &[r#"" alt="" width=""#, edge, r#"" height=""#, edge, r#"" class=""#, class, r#"">"#]);
}

fn initials_into(html: &mut String, name: &str, size: TileSize) {
    let size = match size {
        TileSize::Px20 => "w-5 h-5 text-[9px]",
        TileSize::Px24 => "w-6 h-6 text-[10px]",
        TileSize::Px28 => "w-7 h-7 text-[11px]",
        TileSize::Px32 | TileSize::Px40 => "w-8 h-8 text-[12px]",
        TileSize::Px64 => "w-16 h-16 text-[20px]",
    };
    push(html, &[r#"<span class="inline-flex "#, size, " shrink-0 items-center justify-center rounded-full ", tint(name)]);
    html.push_str(r#" font-medium leading-none text-ink-muted" aria-hidden="true">"#);
    escape_into(html, &initials(name));
    html.push_str("</span>");
}

/// A workspace: its logo, else its first letter in a quiet square.
#[component]
pub fn WorkspaceTile(
    /// Its name.
    #[prop(into)]
    name: String,
    /// The address of its logo, when it has one; a path of this site.
    #[prop(optional_no_strip)]
    logo: Option<String>,
    /// How large.
    #[prop(optional)]
    size: TileSize,
) -> impl IntoView {
    let mut html = String::with_capacity(192);
    workspace_tile_into(&mut html, &name, logo.as_deref(), size);
    InertElement::new(html)
}

/// Writes a workspace's tile.
pub(crate) fn workspace_tile_into(html: &mut String, name: &str, logo: Option<&str>, size: TileSize) {
    if let Some(logo) = logo {
        let (class, edge) = match size {
            TileSize::Px20 => ("w-5 h-5 rounded-[4px] shrink-0 object-cover", "20"),
            TileSize::Px24 | TileSize::Px28 => ("w-6 h-6 rounded-[5px] shrink-0 object-cover", "24"),
            TileSize::Px32 => ("w-8 h-8 rounded-[6px] shrink-0 object-cover", "32"),
            TileSize::Px40 => ("w-10 h-10 rounded-[7px] shrink-0 object-cover", "40"),
            TileSize::Px64 => ("w-16 h-16 rounded-[9px] shrink-0 object-cover", "64"),
        };
        html.push_str(r#"<img src=""#);
        escape_into(html, logo);
        push(html, &[r#"" alt="" width=""#, edge, r#"" height=""#, edge, r#"" class=""#, class, r#"">"#]);
        return;
    }
    let size = match size {
        TileSize::Px20 => "w-5 h-5 text-[11px] rounded-[4px]",
        TileSize::Px24 | TileSize::Px28 => "w-6 h-6 text-[12px] rounded-[5px]",
        TileSize::Px32 => "w-8 h-8 text-[15px] rounded-[6px]",
        TileSize::Px40 => "w-10 h-10 text-[17px] rounded-[7px]",
        TileSize::Px64 => "w-16 h-16 text-[24px] rounded-[9px]",
    };
    push(html, &[r#"<span class="inline-flex "#, size, " ", tint(name)]);
    html.push_str(
        r#" text-ink shrink-0 items-center justify-center font-semibold leading-none" aria-hidden="true">"#,
    );
    escape_into(html, &first_letter(name));
    html.push_str("</span>");
}

fn push(html: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| html.push_str(part));
}

/// A machine: a workflow, a token, Stackyard itself.
#[component]
pub fn MachineTile(
    /// What it is.
    #[prop(optional, default = Icon::Workflow)]
    icon: Icon,
) -> impl IntoView {
    let mut html = String::with_capacity(256);
    html.push_str(r#"<span class="inline-flex w-5 h-5 shrink-0 items-center justify-center rounded-[4px] border border-line-strong text-ink-muted" aria-hidden="true">"#);
    glyph_into(&mut html, icon, Some("w-3 h-3"));
    html.push_str("</span>");
    InertElement::new(html)
}

/// One of four quiet tints, always the same for the same name.
fn tint(name: &str) -> &'static str {
    let sum = name.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    match sum % 4 {
        0 => "bg-tint-1",
        1 => "bg-tint-2",
        2 => "bg-tint-3",
        _ => "bg-tint-4",
    }
}

/// The first letters of the first and the last word; of an address, of what stands before the `@`.
fn initials(name: &str) -> String {
    let name = name.split('@').next().unwrap_or_default();
    let mut words = name.split([' ', '.', '_']).filter(|word| !word.is_empty());
    let first = words.next();
    let last = words.next_back();
    [first, last].into_iter().flatten().map(first_letter).collect()
}

fn first_letter(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn a_picture_stands_in_place_of_the_initials() {
        let faces: Faces = [("usr_1".to_owned(), "/people/usr_1/picture/\"a".to_owned())].into_iter().collect();
        let html = render(move || {
            provide_context(faces);
            view! { <PersonTile name="Ida" person="usr_1" /> <PersonTile name="Kim" person="usr_2" /> }
        });
        assert!(html.contains("<img src=\"/people/usr_1/picture/&quot;a\" alt=\"\""), "{html}");
        assert!(html.contains(">K<") && !html.contains(">I<"), "{html}");
    }

    #[test]
    fn initials_are_of_the_first_and_last_word() {
        for (name, expected) in [
            ("Ida Brambleford", "IB"),
            ("Mei de la Starling-Ash", "MS"),
            ("ida", "I"),
            ("ida.b@acme.example", "IB"),
            ("", ""),
            ("  ", ""),
            ("<script>", "S"),
            ("ßeta", "SS"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
