//! Tables: one line a row, one link a row, two columns on a phone.

use leptos::prelude::*;

use crate::field::join;

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
    let base = if boxed {
        "h-8 text-left text-[12px] font-normal whitespace-nowrap text-ink-faint md:px-3 md:first:pl-4 md:last:pr-4"
    } else {
        "h-8 text-left text-[12px] font-normal whitespace-nowrap text-ink-faint md:px-3 md:first:pl-6 md:last:pr-6"
    };
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
                <th role="columnheader" scope="col" class=join(base, column.class)>
                    {head}
                </th>
            }
        })
        .collect::<Vec<_>>();
    let outer = if boxed { "rounded-[6px] border border-line" } else { "min-w-0" };
    view! {
        <div class=outer>
            <table role="table" aria-label=label class="w-full max-md:block md:table-fixed">
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
pub fn Row(
    /// What its ground says.
    #[prop(optional)]
    tone: RowTone,
    /// In a boxed table.
    #[prop(optional)]
    boxed: bool,
    /// Three columns on a phone: something to press stands right of the state.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    let grid = match (wide, boxed) {
        (true, _) => {
            "covered relative border-b border-line last:border-b-0 max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto_auto] max-md:gap-x-3 max-md:gap-y-0.5 max-md:px-4 max-md:py-2.5"
        }
        (false, false) => {
            "covered relative border-b border-line last:border-b-0 max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-0.5 max-md:px-4 max-md:py-2.5"
        }
        (false, true) => {
            "covered relative border-b border-line last:border-b-0 max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-0.5 max-md:px-3 max-md:py-2.5"
        }
    };
    let tone = match tone {
        RowTone::Rest => "",
        RowTone::Linked => "hover:bg-hover",
        RowTone::Selected => "bg-accent-soft",
        RowTone::Warn => "bg-warn-soft",
        RowTone::Open => "bg-surface-sunken",
    };
    view! {
        <tr role="row" class=join(grid, tone)>
            {children()}
        </tr>
    }
}

/// One cell.
#[component]
pub fn Cell(
    /// In a boxed table.
    #[prop(optional)]
    boxed: bool,
    /// Where it stands on a phone and how it is set, such as `text-right max-md:hidden`.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let base = if boxed {
        "align-middle md:px-3 md:py-2 md:first:pl-4 md:last:pr-4"
    } else {
        "align-middle md:px-3 md:py-2 md:first:pl-6 md:last:pr-6"
    };
    view! {
        <td role="cell" class=join(base, class)>
            {children()}
        </td>
    }
}

/// The bar at the left edge of the selected row; stands in its first cell.
#[component]
pub fn RowMark() -> impl IntoView {
    view! { <span class="bar absolute inset-y-0 left-0 w-0.5 bg-accent" aria-hidden="true"></span> }
}

/// The one link of a row or card: it covers the whole.
#[component]
pub fn CoverLink(
    /// Where it leads; a path of this site.
    #[prop(into)]
    href: String,
    /// Whether it is the row that is shown beside.
    #[prop(optional)]
    current: bool,
    /// How it is set.
    #[prop(optional, default = "min-w-0 truncate font-medium")]
    class: &'static str,
    /// The whole text, when it may be cut.
    #[prop(optional, into)]
    title: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=join(class, "cover") title=title aria-current=current.then_some("true")>
            {children()}
        </a>
    }
}
