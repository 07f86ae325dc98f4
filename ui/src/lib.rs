//! The component kit: what Stackyard's pages are made of. Class names stand in the source whole, because the
//! style sheet is made from those that occur there.
//!
//! Pages are made on the server, so most of the kit exists only with the feature `ssr`. Islands exist in the
//! browser too: [`CopyButton`], [`Countdown`], [`Live`], [`LogFollow`](log_follow::LogFollow),
//! [`Palette`](palette::Palette), [`TextFromFile`], [`ThemeSwitch`] and the control of `PatternField`.

pub mod ask;
pub mod copy;
pub mod countdown;
pub mod duration;
pub mod icon;
pub mod live;
pub mod log_follow;
pub mod palette;
pub mod pattern_field;
pub mod text_from_file;
pub mod theme;

pub use ask::AskedInput;
pub use copy::CopyButton;
pub use countdown::Countdown;
pub use duration::duration_words;
pub use icon::{Glyph, Icon};
pub use live::Live;
pub use stackyard_model::number::{self, counted, thousands, up_to_most};
pub use text_from_file::TextFromFile;
pub use theme::ThemeSwitch;

#[cfg(feature = "ssr")]
mod server {
    pub use crate::badge::{Badge, BadgeTone, RoleBadge};
    pub use crate::bell::Bell;
    pub use crate::button::{
        Button, ButtonKind, ButtonSize, IconButton, LinkButton, SubmitButton, TextLink, button_class,
        link_class,
    };
    pub use crate::chip::{EventsNote, PatternChip, PatternText};
    pub use crate::choice::{Checkbox, Choice, ChoiceRow, ChoiceRows, FileInput, Segmented, Select, Switch};
    pub use crate::code::{Code, CodeBlock, Marked, ShortId, shorten};
    pub use crate::copy::CopyField;
    pub use crate::dialog::{ConfirmFoot, Dialog, DialogBody, DialogFoot, DialogNote, DialogWidth, Fold};
    pub use crate::document::Document;
    pub use crate::empty::{BrokenTrack, Empty};
    pub use crate::field::{Field, FieldLayout};
    pub use crate::form::{Form, FormErrors, Hidden, SearchForm};
    pub use crate::graph::OrderGraph;
    pub use crate::histogram::{Bar, Histogram};
    pub use crate::icon::Mark;
    pub use crate::input::{PrefixedInput, SearchInput, TextInput};
    pub use crate::log::ActivityLog;
    pub use crate::log_follow::{LogBox, LogSource};
    pub use crate::log_lines::LogLines;
    pub use crate::menu::{Menu, MenuItem};
    pub use crate::page_header::{Crumb, PageHeader, PartHeader};
    pub use crate::pager::Pager;
    pub use crate::palette::{PaletteDialog, PaletteLink};
    pub use crate::panel::{Banner, BannerTone, Panel, PanelWidth, Section, Split, SplitMain, Strip};
    pub use crate::pattern_field::PatternField;
    pub use crate::plain_shell::{FirstRunShell, FirstRunTitle, PlainShell, PlainTitle, Step, Steps};
    pub use crate::safe_url::{ExtLink, SafeUrl};
    pub use crate::shell::{Frame, NavEntry, Shell, ShellPerson, SwitcherEntry, Way};
    pub use crate::signal::{State, StateGlyph, StateSignal};
    pub use crate::table::{Cell, Column, CoverLink, Row, RowMark, RowTone, Table};
    pub use crate::tabs::{Segment, Segments, SideNav, Tab, Tabs};
    pub use crate::telling::{EventSentence, EventTile, event_state};
    pub use crate::textarea::TextArea;
    pub use crate::tile::{Faces, MachineTile, PersonTile, TileSize, WorkspaceTile};
    pub use crate::time::{ClockTime, Now, RelativeTime, Zone};
    pub use crate::totals::{Total, Totals};
    pub use crate::trace::TraceDrawing;
    pub use crate::verdict::TraceVerdict;
    pub use crate::written::written;
    pub use stackyard_model::sentence::Teller;
}
#[cfg(feature = "ssr")]
pub use server::*;

macro_rules! for_pages {
    ($($module:ident)*) => { $(#[cfg(feature = "ssr")] pub mod $module;)* };
}
for_pages! {
    badge bell button chip choice code dialog document empty field form graph histogram input log log_lines menu page_header pager panel plain_shell safe_url shell signal table
    tabs telling textarea tile time totals trace verdict written
}
#[cfg(feature = "hydrate")]
mod dom;
#[cfg(feature = "ssr")]
mod gate;
#[cfg(feature = "hydrate")]
mod json;
#[cfg(any(test, feature = "hydrate"))]
mod log_find;
mod log_ink;
#[cfg(feature = "ssr")]
mod markup;
#[cfg(all(test, feature = "ssr"))]
mod testing;
#[cfg(feature = "ssr")]
mod trunk;
#[cfg(feature = "ssr")]
mod yard;
