//! When a snapshot is due.

use event_store::Version;
use snapshots_checks::Policy;

fn due(every: u64, offset: u64, end: u64) -> Option<u64> {
    Policy { every, offset }.due(Version(end)).map(|version| version.0)
}

#[test]
fn a_snapshot_is_due_at_each_multiple_once_the_stream_is_beyond_it() {
    let table = [
        (0, None),
        (79, None),
        (80, None),
        (95, None),
        (96, Some(80)),
        (175, Some(80)),
        (176, Some(160)),
        (10_000, Some(9_920)),
    ];
    for (end, expected) in table {
        assert_eq!(due(80, 15, end), expected, "every 80, offset 15, the stream ends at {end}");
    }
}

#[test]
fn that_is_the_policy_unless_told_otherwise() {
    assert_eq!(Policy::default(), Policy { every: 80, offset: 15 });
}

#[test]
fn without_an_offset_it_is_due_with_the_next_event() {
    assert_eq!([due(17, 0, 17), due(17, 0, 18), due(17, 0, 20)], [None, Some(17), Some(17)]);
}

#[test]
fn every_event_but_the_last_may_have_one() {
    assert_eq!([due(1, 0, 1), due(1, 0, 2), due(1, 0, 3)], [None, Some(1), Some(2)]);
}

#[test]
fn every_zero_takes_none() {
    assert_eq!([due(0, 0, 0), due(0, 0, 100), due(0, 15, u64::MAX)], [None, None, None]);
}

#[test]
fn no_number_is_too_large() {
    assert_eq!(due(80, u64::MAX, u64::MAX), None);
    assert_eq!(due(u64::MAX, 0, u64::MAX), None);
    assert_eq!(due(80, u64::MAX - 1, 81), None);
}
