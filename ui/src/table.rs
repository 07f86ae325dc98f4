//! Tables: one line a row, one link a row, two columns on a phone.

use leptos::prelude::*;

use crate::field::join;
use crate::written::Opening;

/// A column's head.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its words.
    pub head: String,
    /// Width and what happens on small screens, such as `md:w-[132px] max-lg:hidden`; `text-right` for numbers and times.
    pub class: &'static str,
    /// Only for readers: a column of actions.
    pub silent: bool,
    /// What the head means, shown when it is hovered.
    pub meaning: Option<&'static str>,
}

impl Column {
    /// A column.
    #[must_use]
    pub fn new(head: impl Into<String>, class: &'static str) -> Self {
        Self { head: head.into(), class, silent: false, meaning: None }
    }

    /// A column whose head is only for readers.
    #[must_use]
    pub fn silent(head: impl Into<String>, class: &'static str) -> Self {
        Self { silent: true, ..Self::new(head, class) }
    }

    /// A column whose head needs explaining.
    #[must_use]
    pub fn meaning(self, meaning: &'static str) -> Self {
        Self { meaning: Some(meaning), ..self }
    }
}

/// A table as wide as the page, or in a box inside a form section. Rows go inside as [`Row`]s.
#[component]
pub fn Table(
    /// What it lists, for readers.
    #[prop(into)]
    label: String,
    /// The heads of the columns.
    columns: Vec<Column>,
    /// In a box.
    #[prop(optional)]
    boxed: bool,
    children: Children,
) -> impl IntoView {
    const HEAD: &str = "h-8 text-left text-[12px] font-normal whitespace-nowrap text-ink-faint";
    let heads = columns
        .into_iter()
        .map(|column| {
            let head = if column.silent {
                view! { <span class="sr-only">{column.head}</span> }.into_any()
            } else if let Some(meaning) = column.meaning {
                view! {
                    <abbr title=meaning class="no-underline">
                        {column.head}
                    </abbr>
                }
                .into_any()
            } else {
                column.head.into_any()
            };
            view! {
                <th role="columnheader" scope="col" class=join(HEAD, column.class)>
                    {head}
                </th>
            }
        })
        .collect::<Vec<_>>();
    let outer = if boxed { "boxed rounded-[6px] border border-line" } else { "min-w-0" };
    view! {
        <div class=outer>
            <table role="table" aria-label=label class="rows w-full max-md:block md:table-fixed">
                <thead role="rowgroup" class="border-b border-line max-md:sr-only">
                    <tr role="row">{heads}</tr>
                </thead>
                <tbody role="rowgroup" class="max-md:block">
                    {children()}
                </tbody>
            </table>
        </div>
    }
}

/// What a row's ground says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RowTone {
    /// Nothing, and nothing to follow.
    #[default]
    Rest,
    /// It has a link that covers it.
    Linked,
    /// It is the one that is shown beside.
    Selected,
    /// Somebody should look.
    Warn,
    /// Something below belongs to it: a form, an expansion.
    Open,
}

/// One row. On a phone it is a grid: two columns, or three when `wide`.
#[component]
pub fn Row<C>(
    /// What its ground says.
    #[prop(optional)]
    tone: RowTone,
    /// Three columns on a phone: something to press stands right of the state.
    #[prop(optional)]
    wide: bool,
    children: TypedChildren<C>,
) -> impl IntoView
where
    C: IntoView + 'static,
{
    let class = match tone {
        RowTone::Rest => "row",
        RowTone::Linked => "row hover:bg-hover",
        RowTone::Selected => "row bg-accent-soft",
        RowTone::Warn => "row bg-warn-soft",
        RowTone::Open => "row bg-surface-sunken",
    };
    Opening::new("<tr role=\"row\"")
        .with("class", class)
        .maybe("data-wide", wide.then_some(""))
        .around(children.into_inner()(), "</tr>")
}

/// One cell.
#[component]
pub fn Cell<C>(
    /// Where it stands on a phone and how it is set, such as `text-right max-md:hidden`.
    #[prop(optional)]
    class: Option<&'static str>,
    children: TypedChildren<C>,
) -> impl IntoView
where
    C: IntoView + 'static,
{
    Opening::new("<td role=\"cell\"").maybe("class", class).around(children.into_inner()(), "</td>")
}

/// The bar at the left edge of the selected row; stands in its first cell.
#[component]
pub fn RowMark() -> impl IntoView {
    view! { <span class="bar absolute inset-y-0 left-0 w-0.5 bg-accent" aria-hidden="true"></span> }
}

/// The one link of a row or card: it covers the whole.
#[component]
pub fn CoverLink<C>(
    /// Where it leads; a path of this site.
    #[prop(into)]
    href: String,
    /// Whether it is the row that is shown beside.
    #[prop(optional)]
    current: bool,
    /// How it is set; begins with `cover`.
    #[prop(optional, default = "cover min-w-0 truncate font-medium")]
    class: &'static str,
    /// The whole text, when it may be cut.
    #[prop(optional, into)]
    title: Option<String>,
    /// Its id, so that what it opens can give the focus back.
    #[prop(optional, into)]
    id: Option<String>,
    children: TypedChildren<C>,
) -> impl IntoView
where
    C: IntoView + 'static,
{
    Opening::new("<a")
        .with("href", &href)
        .maybe("id", id.as_deref())
        .with("class", class)
        .maybe("title", title.as_deref())
        .maybe("aria-current", current.then_some("true"))
        .around(children.into_inner()(), "</a>")
}
