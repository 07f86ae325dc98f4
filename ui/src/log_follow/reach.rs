//! Which lines are in the page, and which are asked for. Numbers of lines are from 1.

use std::ops::Range;

/// Height of a line.
pub(super) const LINE: u64 = 20;
/// Lines that are asked for at once.
pub(super) const CHUNK: u64 = 500;
/// Lines before and after those in sight that are in the page, and those of them that scrolling may use up.
const MARGIN: u64 = 60;
const SPARE: u64 = 40;
/// Browsers draw no higher boxes than some ten million pixels; of a longer log the end is left out.
const MOST: u64 = 800_000;

/// The lines of a box that is scrolled so far and so high.
pub(super) fn in_sight(top: u64, height: u64, total: u64) -> Range<u64> {
    let first = (top / LINE).min(total.saturating_sub(1)) + 1;
    let end = (first + height.div_ceil(LINE) + 1).min(total + 1);
    first..end
}

/// The lines that should be in the page, when what is there does not do any more.
pub(super) fn to_show(sight: &Range<u64>, there: &Range<u64>, total: u64) -> Option<Range<u64>> {
    let enough = MARGIN - SPARE;
    let from = sight.start.saturating_sub(enough).max(1);
    let until = (sight.end + enough).min(total + 1);
    if there.start <= from && there.end >= until && !there.is_empty() {
        return None;
    }
    Some(sight.start.saturating_sub(MARGIN).max(1)..(sight.end + MARGIN).min(total + 1))
}

/// The chunk in which a line is.
pub(super) const fn chunk(number: u64) -> u64 {
    number.saturating_sub(1) / CHUNK
}

/// The first line of a chunk.
pub(super) const fn first(chunk: u64) -> u64 {
    chunk * CHUNK + 1
}

/// Lines that can be shown of so many.
pub(super) fn shown(total: u64) -> u64 {
    total.min(MOST)
}

/// How far a box is scrolled so that a line is its first.
pub(super) const fn top(number: u64) -> u64 {
    number.saturating_sub(1) * LINE
}

/// How far a box of that height is scrolled so that a line is in its middle.
pub(super) fn middle(number: u64, height: u64) -> u64 {
    (top(number) + LINE / 2).saturating_sub(height / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_sight_follows_the_scrolling() {
        assert_eq!(in_sight(0, 600, 100_000), 1..32);
        assert_eq!(in_sight(1_999_400, 600, 100_000), 99_971..100_001);
        assert_eq!(in_sight(10, 600, 3), 1..4);
        assert_eq!(in_sight(0, 600, 0), 1..1);
        assert_eq!(in_sight(u64::MAX, 600, 50), 50..51);
    }

    #[test]
    fn little_scrolling_changes_nothing() {
        let there = to_show(&(1000..1030), &(1..1), 100_000).unwrap();
        assert_eq!(there, 940..1090);
        assert_eq!(to_show(&(1035..1065), &there, 100_000), None);
        assert_eq!(to_show(&(1045..1075), &there, 100_000), Some(985..1135));
        assert_eq!(to_show(&(1..31), &(1..91), 90), None, "the ends are ends");
        assert_eq!(to_show(&(60..91), &(1..91), 95), Some(1..96), "more came");
    }

    #[test]
    fn chunks_hold_their_lines() {
        assert_eq!((chunk(1), chunk(500), chunk(501)), (0, 0, 1));
        assert_eq!((shown(5), shown(u64::MAX)), (5, MOST));
        assert_eq!((first(0), first(1)), (1, 501));
        assert_eq!((top(1), top(501)), (0, 10_000));
        assert_eq!(middle(1, 600), 0);
        assert_eq!(middle(101, 600), 1710);
    }
}
