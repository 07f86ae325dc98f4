//! Where the boxes of a drawing stand and how the tracks between them run. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use stackyard_model::affected::AffectedNode;

/// Above this many instances those of one component and wave stand in one box.
const APART_MAX: usize = 40;
/// Most boxes, columns and tracks that are drawn; of more only the list is shown, or the shortest tracks.
const BOXES_MAX: usize = 160;
const COLUMNS_MAX: usize = 40;
const TRACKS_MAX: usize = 400;

/// Size of a box.
pub(super) const WIDTH: i64 = 208;
pub(super) const HEIGHT: i64 = 44;
/// From one row to the next.
const PITCH: i64 = 64;
/// Between two channels of a gap.
const CHANNEL: i64 = 6;
/// Free space of a gap before its first channel, and after its last one.
const BEFORE: i64 = 14;
const AFTER: i64 = 26;
/// Narrowest gap between two columns.
const GAP_MIN: i64 = 64;
const BEND: i64 = 8;

/// Instances that stand in one box: one, or those of one component in one wave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) layer: u32,
    pub(super) component: String,
    /// Places among the nodes, by stack.
    pub(super) members: Vec<usize>,
    /// How many of them the commit changes, and deletes.
    pub(super) changed: usize,
    pub(super) deleted: usize,
    pub(super) in_cycle: bool,
}

/// The instances in boxes, by wave and component; and in which box each stands.
pub(super) fn grouped(nodes: &[AffectedNode]) -> (Vec<Group>, Vec<usize>) {
    let apart = nodes.len() <= APART_MAX;
    let mut by_name: BTreeMap<(u32, &str, Option<&str>), Vec<usize>> = BTreeMap::new();
    for (place, node) in nodes.iter().enumerate() {
        let stack = apart.then_some(node.stack.as_str());
        by_name.entry((node.layer, &node.component, stack)).or_default().push(place);
    }
    let mut group_of = vec![0; nodes.len()];
    let mut groups = Vec::with_capacity(by_name.len());
    for ((layer, component, _), mut members) in by_name {
        members.sort_by_key(|place| nodes.get(*place).map(|node| &node.stack));
        let of = |fits: fn(&AffectedNode) -> bool| {
            members.iter().filter_map(|place| nodes.get(*place)).filter(|node| fits(node)).count()
        };
        let (changed, deleted, in_cycle) =
            (of(|node| node.changed), of(|node| node.deleted), of(|node| node.in_cycle) > 0);
        for place in &members {
            if let Some(group) = group_of.get_mut(*place) {
                *group = groups.len();
            }
        }
        groups.push(Group { layer, component: component.to_owned(), members, changed, deleted, in_cycle });
    }
    (groups, group_of)
}

/// A drawing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) width: i64,
    pub(super) height: i64,
    /// Left edge and wave of each column.
    pub(super) columns: Vec<(i64, u32)>,
    /// Left upper corner of each box, as the groups are ordered.
    pub(super) boxes: Vec<(i64, i64)>,
    /// All tracks, and all their heads, as data of a path.
    pub(super) tracks: String,
    pub(super) heads: String,
    /// Dependencies that are drawn, and those that are not.
    pub(super) drawn: usize,
    pub(super) left_out: usize,
}

/// A track: from one box to another that stands further right.
#[derive(Clone, Copy)]
struct Track {
    from: usize,
    to: usize,
    /// Where it runs past the columns between, when there are some.
    corridor: Option<i64>,
}

/// Lays out groups and what has to come before what among them; none when that cannot be drawn readably.
pub(super) fn plan(groups: &[Group], edges: &BTreeSet<(usize, usize)>) -> Option<Plan> {
    let layers: BTreeSet<u32> = groups.iter().map(|group| group.layer).collect();
    if groups.is_empty() || groups.len() > BOXES_MAX || layers.len() > COLUMNS_MAX {
        return None;
    }
    let columns: Vec<usize> = groups.iter().map(|group| layers.range(..group.layer).count()).collect();
    let column = |group: usize| columns.get(group).copied().unwrap_or_default();
    let mut forward: Vec<_> = edges.iter().copied().filter(|(from, to)| column(*from) < column(*to)).collect();
    forward.sort_by_key(|(from, to)| column(*to) - column(*from));
    let left_out = forward.len().saturating_sub(TRACKS_MAX);
    forward.truncate(TRACKS_MAX);
    let rows = rows(&columns, layers.len(), &forward);
    let row = |group: usize| rows.get(group).copied().unwrap_or_default();
    let tracks: Vec<Track> = forward
        .iter()
        .map(|&(from, to)| Track {
            from,
            to,
            corridor: (column(to) > column(from) + 1).then(|| corridor(from, row(from), row(to))),
        })
        .collect();
    // Every source has a channel of its own in each gap in which its tracks go up or down.
    let mut channels: BTreeSet<(usize, i64, usize)> = BTreeSet::new();
    for track in &tracks {
        channels.insert((column(track.from), row(track.from), track.from));
        if track.corridor.is_some() {
            channels.insert((column(track.to) - 1, row(track.from), track.from));
        }
    }
    let in_gap = |gap: usize| channels.range((gap, i64::MIN, 0)..(gap + 1, i64::MIN, 0));
    let mut lefts = Vec::with_capacity(layers.len());
    let mut left = 1;
    for gap in 0..layers.len() {
        lefts.push(left);
        let channels = i64::try_from(in_gap(gap).count()).unwrap_or(0);
        left += WIDTH + GAP_MIN.max(BEFORE + channels * CHANNEL + AFTER);
    }
    let left = |column: usize| lefts.get(column).copied().unwrap_or_default();
    let channel = |gap: usize, source: usize| {
        let place = in_gap(gap).position(|(_, _, of)| *of == source).unwrap_or_default();
        left(gap) + WIDTH + BEFORE + i64::try_from(place).unwrap_or(0) * CHANNEL
    };
    let middle = |group: usize| 1 + row(group) * PITCH + HEIGHT / 2;
    let mut out = Plan { drawn: tracks.len(), left_out, ..Plan::default() };
    let mut arrivals: BTreeMap<usize, Vec<(i64, Track)>> = BTreeMap::new();
    for track in tracks {
        arrivals.entry(track.to).or_default().push((channel(column(track.to) - 1, track.from), track));
    }
    for (to, mut arriving) in arrivals {
        // What comes through a channel further right arrives further from the middle, so that none crosses another.
        arriving.sort_by_key(|(x, track)| (*x, track.from));
        let comes_at = |track: &Track| track.corridor.unwrap_or_else(|| middle(track.from));
        let (above, below): (Vec<_>, Vec<_>) =
            arriving.into_iter().partition(|(_, track)| comes_at(track) < middle(to));
        for (arriving, sign) in [(above, -1), (below, 1)] {
            let step = (18 / i64::try_from(arriving.len().max(1)).unwrap_or(1)).clamp(1, 5);
            let mut slot = 0;
            for (x, track) in arriving {
                let straight = comes_at(&track) == middle(to);
                let y = if straight {
                    middle(to)
                } else {
                    slot += 1;
                    middle(to) + sign * (slot * step).min(HEIGHT / 2 - 4)
                };
                let (begin, end) = (left(column(track.from)) + WIDTH, left(column(to)));
                let mut points = vec![(begin, middle(track.from))];
                if let Some(corridor) = track.corridor {
                    let first = channel(column(track.from), track.from);
                    points.extend([(first, middle(track.from)), (first, corridor), (x, corridor), (x, y)]);
                } else if !straight {
                    points.extend([(x, middle(track.from)), (x, y)]);
                }
                points.push((end - 5, y));
                write_track(&mut out.tracks, &points);
                // Writing to a String cannot fail.
                let _ = write!(out.heads, "M{} {}l6 3.5l-6 3.5z", end - 6, y as f64 - 3.5);
            }
        }
    }
    out.boxes = (0..groups.len()).map(|group| (left(column(group)), 1 + row(group) * PITCH)).collect();
    out.columns = layers.iter().enumerate().map(|(column, layer)| (left(column), *layer)).collect();
    out.width = left(layers.len() - 1) + WIDTH + 1;
    out.height = rows.iter().max().copied().unwrap_or_default() * PITCH + PITCH;
    Some(out)
}

/// A row for each group: near the rows of what it comes after, none twice in a column, no more than the fullest column has.
fn rows(columns: &[usize], count: usize, edges: &[(usize, usize)]) -> Vec<i64> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (group, column) in columns.iter().enumerate() {
        if let Some(members) = members.get_mut(*column) {
            members.push(group);
        }
    }
    let most = members.iter().map(Vec::len).max().and_then(|most| i64::try_from(most).ok()).unwrap_or(1);
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); columns.len()];
    for (from, to) in edges {
        if let Some(before) = before.get_mut(*to) {
            before.push(*from);
        }
    }
    let mut rows = vec![0_i64; columns.len()];
    for members in members {
        // Twice the wanted row, so that a middle between two rows keeps its place among the others.
        let mut wanted: Vec<(i64, usize)> = members
            .iter()
            .zip(0_i64..)
            .map(|(group, place)| {
                let of = before.get(*group).map(Vec::as_slice).unwrap_or_default();
                let sum: i64 = of.iter().filter_map(|from| rows.get(*from)).sum();
                let doubled = (2 * sum).checked_div(i64::try_from(of.len()).unwrap_or(0));
                (doubled.unwrap_or(2 * place), *group)
            })
            .collect();
        wanted.sort_unstable();
        let mut next = 0;
        let mut placed: Vec<(i64, usize)> = Vec::with_capacity(wanted.len());
        for (doubled, group) in wanted {
            let row = next.max(doubled / 2);
            next = row + 1;
            placed.push((row, group));
        }
        let mut limit = most - 1;
        for (row, group) in placed.into_iter().rev() {
            let row = row.min(limit);
            limit = row - 1;
            if let Some(place) = rows.get_mut(group) {
                *place = row;
            }
        }
    }
    rows
}

/// The height between two rows at which a track runs past other columns.
fn corridor(source: usize, from: i64, to: i64) -> i64 {
    // Above its row when it leads up, and there is something above.
    let gap = if to < from { from - 1 } else { from };
    let spread = i64::try_from(source % 5).unwrap_or(0) * 2 - 4;
    1 + gap * PITCH + HEIGHT + (PITCH - HEIGHT) / 2 + spread
}

/// A line through points that each lie right of, left of, above or below the one before, with round bends.
fn write_track(out: &mut String, points: &[(i64, i64)]) {
    let Some((x, y)) = points.first() else { return };
    // Writing to a String cannot fail.
    let _ = write!(out, "M{x} {y}");
    for bend in points.windows(3) {
        let [before, at, after] = bend else { continue };
        let far = |a: &(i64, i64), b: &(i64, i64)| (a.0 - b.0).abs() + (a.1 - b.1).abs();
        let radius = BEND.min(far(before, at) / 2).min(far(at, after) / 2);
        let toward = |to: &(i64, i64)| {
            (at.0 + (to.0 - at.0).signum() * radius, at.1 + (to.1 - at.1).signum() * radius)
        };
        let (start, end) = (toward(before), toward(after));
        let _ = write!(out, "L{} {}Q{} {} {} {}", start.0, start.1, at.0, at.1, end.0, end.1);
    }
    if let Some((x, y)) = points.last() {
        let _ = write!(out, "L{x} {y}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(layer: u32, component: &str) -> Group {
        let component = component.to_owned();
        Group { layer, component, members: vec![0], changed: 0, deleted: 0, in_cycle: false }
    }

    #[test]
    fn boxes_stand_in_columns_and_none_on_another() {
        let groups: Vec<_> =
            (0..5).flat_map(|layer| (0..4).map(move |n| group(layer, &format!("c{n}")))).collect();
        let edges = (0..16).map(|n| (n, n + 4)).chain((0..4).map(|n| (n, 16))).collect();
        let plan = plan(&groups, &edges).unwrap();
        let places: BTreeSet<_> = plan.boxes.iter().collect();
        assert_eq!(places.len(), groups.len());
        assert_eq!(plan.columns.len(), 5);
        assert!(plan.columns.windows(2).all(|pair| pair[1].0 - pair[0].0 >= WIDTH + GAP_MIN));
        assert!(plan.boxes.iter().all(|(_, y)| y + HEIGHT <= plan.height), "{plan:?}");
        assert_eq!((plan.drawn, plan.left_out), (20, 0));
    }

    #[test]
    fn a_track_between_neighbours_in_one_row_is_straight() {
        let groups = [group(0, "a"), group(1, "b")];
        let plan = plan(&groups, &BTreeSet::from([(0, 1)])).unwrap();
        assert_eq!(plan.tracks, "M209 23L268 23");
    }

    #[test]
    fn what_goes_back_or_stays_in_a_wave_is_not_drawn() {
        let groups = [group(0, "a"), group(0, "b")];
        let plan = plan(&groups, &BTreeSet::from([(0, 1), (1, 0)])).unwrap();
        assert_eq!((plan.tracks.as_str(), plan.drawn), ("", 0));
    }

    #[test]
    fn a_crowd_has_no_drawing_and_many_tracks_are_cut() {
        let many: Vec<_> = (0..BOXES_MAX as u32 + 1).map(|n| group(n % 3, &n.to_string())).collect();
        assert_eq!(plan(&many, &BTreeSet::new()), None);
        let two: Vec<_> = (0..60).map(|n| group(u32::from(n >= 30), &n.to_string())).collect();
        let edges = (0..30).flat_map(|from| (30..60).map(move |to| (from, to))).collect();
        let plan = plan(&two, &edges).unwrap();
        assert_eq!((plan.drawn, plan.left_out), (TRACKS_MAX, 900 - TRACKS_MAX));
    }
}
