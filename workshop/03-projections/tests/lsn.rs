//! The rule of the talk, case by case: it is right for one partition, and for one only.

use projections_checks::lsn::LsnCheckpoint;

/// Offers a change to a checkpoint; shows what is offered, whether it is applied, and the checkpoint after.
fn offer(lsn: i64, items: &[&str], change: (i64, &str)) -> String {
    let items = items.iter().map(ToString::to_string).collect();
    let mut checkpoint = LsnCheckpoint { lsn, item_ids: items };
    let before = format!("{} [{}]", checkpoint.lsn, checkpoint.item_ids.join(", "));
    let is_new = checkpoint.is_new(change.0, change.1);
    if is_new {
        checkpoint.add(change.0, change.1);
    }
    let after = format!("{} [{}]", checkpoint.lsn, checkpoint.item_ids.join(", "));
    let applied = if is_new { "applied" } else { "skipped" };
    format!("{before:<9} | {} {} | {applied} | {after}", change.0, change.1)
}

#[test]
fn a_change_is_new_by_its_lsn_and_its_item() {
    let cases = [
        offer(-1, &[], (5, "a")),
        offer(5, &["a"], (5, "b")),
        offer(5, &["a", "b"], (5, "a")),
        offer(5, &["a", "b"], (7, "c")),
        offer(7, &["c"], (6, "d")),
    ];
    insta::with_settings!({ description => "the last one is right within a partition, and loses an event of another" }, {
        insta::assert_snapshot!(cases.join("\n"), @r"
        -1 []     | 5 a | applied | 5 [a]
        5 [a]     | 5 b | applied | 5 [a, b]
        5 [a, b]  | 5 a | skipped | 5 [a, b]
        5 [a, b]  | 7 c | applied | 7 [c]
        7 [c]     | 6 d | skipped | 7 [c]
        ");
    });
}
