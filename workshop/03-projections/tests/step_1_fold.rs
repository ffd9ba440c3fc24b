//! Step 1. Fold a page into a view

use projections_checks::words::{Event, Meter, Meters, activated, decoded, page, read};
use projections_checks::{Page, ViewDocument};
use serde_json::{Value, json};

type Document = ViewDocument<Meter>;

/// The document of a meter's view, before any event.
fn empty() -> Document {
    Document::new("meters@1", &"meter:1".into())
}

/// Folds a page into a document. Answers whether there is something to save.
fn fold(document: &mut Document, page: &Page) -> bool {
    let events = decoded(page);
    document.fold::<Meters>(page, &events.iter().collect::<Vec<_>>())
}

/// What is stored.
fn stored(document: &Document) -> Value {
    serde_json::to_value(document).expect("a view is JSON")
}

fn readings(kwh: &[u64]) -> Vec<Event> {
    kwh.iter().map(|kwh| read("1000", *kwh)).collect()
}

#[test]
fn the_view_after_each_page() {
    let mut document = empty();
    let mut after = Vec::new();
    for page in [
        page("0", 1, 1, &[activated("1000"), read("1000", 4)]),
        page("0", 2, 3, &readings(&[5])),
        page("0", 7, 4, &readings(&[6, 7])),
    ] {
        fold(&mut document, &page);
        after.push(stored(&document));
    }
    insta::with_settings!({
        description => "a projection is a fold, and the checkpoint is the number of the last page in it"
    }, {
        insta::assert_json_snapshot!(after);
    });
}

#[test]
fn a_page_that_comes_again_changes_nothing() {
    let mut document = empty();
    let first = page("0", 1, 1, &readings(&[4, 5]));
    fold(&mut document, &first);
    let before = stored(&document);
    fold(&mut document, &first);
    assert_eq!(
        stored(&document),
        before,
        "why: after a crash the page is delivered again, and its readings are in the view"
    );
}

#[test]
fn a_page_that_is_late_changes_nothing() {
    let mut document = empty();
    fold(&mut document, &page("0", 3, 1, &readings(&[4])));
    let before = stored(&document);
    fold(&mut document, &page("0", 2, 1, &readings(&[4])));
    assert_eq!(
        stored(&document),
        before,
        "why: a worker that stalled holds an old page, and others went on long ago"
    );
}

#[test]
fn pages_of_two_leases_are_counted_apart() {
    let mut document = empty();
    fold(&mut document, &page("0", 7, 1, &readings(&[4])));
    fold(&mut document, &page("1", 2, 1, &readings(&[5])));
    assert_eq!(
        (stored(&document)["view"]["readings"].clone(), stored(&document)["checkpoint"].clone()),
        (json!([4, 5]), json!({ "0": 7, "1": 2 })),
        "why: page 2 of one lease says nothing of page 7 of another"
    );
}

#[test]
fn it_says_whether_there_is_something_to_save() {
    let mut document = empty();
    let first = page("0", 1, 1, &readings(&[4]));
    let saved = [fold(&mut document, &first), fold(&mut document, &first)];
    assert_eq!(saved, [true, false], "why: what did not change is not written");
}
