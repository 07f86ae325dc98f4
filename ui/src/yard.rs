//! The drawing beside first run: a yard whose one track is set.

use std::fmt::Write as _;

use leptos::prelude::*;

/// Waiting waggons: left edge, track counted from the top, length.
const WAITING: &[(u16, u16, u16)] = &[
    (620, 0, 54),
    (678, 0, 36),
    (718, 0, 54),
    (950, 0, 54),
    (1008, 0, 36),
    (1048, 0, 54),
    (663, 1, 54),
    (891, 1, 54),
    (547, 2, 72),
    (623, 2, 36),
    (832, 2, 72),
    (521, 3, 72),
    (597, 3, 54),
    (787, 3, 36),
    (827, 3, 54),
    (1009, 3, 72),
    (1085, 3, 54),
    (1143, 3, 54),
    (512, 4, 54),
    (570, 4, 54),
    (628, 4, 54),
    (903, 4, 54),
    (961, 4, 54),
    (686, 5, 36),
    (726, 5, 54),
    (919, 5, 54),
    (466, 6, 36),
    (402, 7, 72),
    (642, 7, 54),
    (700, 7, 54),
    (758, 7, 54),
    (372, 8, 54),
    (316, 9, 36),
    (356, 9, 54),
    (414, 9, 54),
    (601, 9, 72),
    (677, 9, 54),
    (735, 9, 36),
    (290, 10, 36),
    (330, 10, 72),
    (406, 10, 54),
    (661, 10, 72),
    (737, 10, 36),
    (881, 10, 36),
    (265, 11, 54),
    (286, 12, 54),
    (344, 12, 72),
    (284, 13, 54),
    (400, 13, 54),
    (531, 13, 54),
    (589, 13, 54),
    (797, 13, 36),
    (368, 14, 36),
    (424, 15, 54),
    (639, 15, 36),
    (679, 15, 54),
    (966, 15, 54),
    (419, 16, 54),
    (612, 16, 54),
    (670, 16, 54),
    (660, 17, 54),
    (718, 17, 36),
    (824, 17, 36),
    (864, 17, 72),
    (538, 18, 36),
    (727, 18, 36),
    (767, 18, 54),
    (506, 19, 72),
    (582, 19, 54),
    (657, 20, 54),
    (715, 20, 36),
    (971, 20, 36),
    (580, 21, 72),
    (913, 21, 72),
    (989, 21, 72),
    (645, 22, 54),
    (863, 22, 54),
    (921, 22, 72),
    (997, 22, 54),
];
/// Loaded waggons.
const LOADED: &[(u16, u16, u16)] = &[
    (493, 5, 54),
    (478, 7, 72),
    (430, 8, 54),
    (342, 13, 54),
    (908, 15, 54),
    (485, 17, 72),
    (940, 17, 36),
    (578, 18, 54),
    (581, 20, 72),
    (765, 21, 54),
];
/// Signals that are clear: across and down.
const CLEAR: &[(u16, u16)] = &[
    (514, 150),
    (434, 230),
    (354, 310),
    (274, 390),
    (194, 470),
    (194, 550),
    (354, 710),
    (434, 790),
    (514, 870),
];

/// The yard. Only decoration.
#[component]
pub fn Yard() -> impl IntoView {
    let mut rails = String::from("M-10 520.5H1090M120 520.5L560 80.5H1090M120 520.5L560 960.5H1090");
    for track in 1..11 {
        let (x, up, down) = (120 + track * 40, 520 - track * 40, 520 + track * 40);
        // Writing to a String cannot fail.
        let _ = write!(rails, "M{} {}.5L{x} {up}.5H1090", x - 10, up + 10);
        let _ = write!(rails, "M{} {}.5L{x} {down}.5H1090", x - 10, down - 10);
    }
    let lamps: String = CLEAR.iter().map(|(x, y)| lamp(*x, *y)).collect();
    let posts: String =
        CLEAR.iter().chain(&[(274, 630)]).map(|(x, y)| format!("M{x} {}V{}.5", y + 3, y + 10)).collect();
    view! {
        <svg
            viewBox="0 0 1080 1000"
            preserveAspectRatio="xMinYMid slice"
            class="absolute inset-0 h-full w-full"
            aria-hidden="true"
        >
            <path d=rails fill="none" stroke-width="1.5" class="stroke-line-strong"></path>
            <path d="M-10 520.5H120L200 440.5H246" fill="none" stroke-width="1.5" class="stroke-ok"></path>
            <path d=waggons(WAITING) class="fill-surface stroke-line-strong"></path>
            <path d=waggons(LOADED) class="fill-ink-faint"></path>
            <rect x="246" y="433.5" width="54" height="14" rx="2" class="fill-accent-solid"></rect>
            <path d=posts fill="none" stroke-width="1" class="stroke-control"></path>
            <path d=lamps class="fill-ok"></path>
            <path d=lamp(274, 630) class="fill-danger"></path>
        </svg>
    }
}

fn waggons(places: &[(u16, u16, u16)]) -> String {
    let corner = "a2 2 0 0 1 ";
    places
        .iter()
        .map(|(x, track, length)| {
            let (y, side) = (73 + track * 40, length - 4);
            format!(
                "M{}.5 {y}.5h{side}{corner}2 2v10{corner}-2 2h-{side}{corner}-2 -2v-10{corner}2 -2z",
                x + 2
            )
        })
        .collect()
}

fn lamp(x: u16, y: u16) -> String {
    format!("M{} {y}.5a2.5 2.5 0 1 1 5 0a2.5 2.5 0 1 1 -5 0z", f32::from(x) - 2.5)
}
