//! Looking at the past.

use browser::{Screen, browse};

use crate::{totals, weeks};

#[tokio::test]
async fn the_slider_shows_the_second_version_without_loading_the_page() {
    browse(Screen::Laptop, async |page| {
        page.open("/meters/87000001").await;
        page.evaluate("window.stayed = true").await;
        // From its end to its start, then one to the right.
        page.send("version", "\u{e011}\u{e014}").await;
        page.sees("[data-live=travel]", "at version 2 of 20").await;
        page.sees("[data-live=state]", "version 2 of 20").await;
        page.sees("[data-live=weeks]", "No readings yet at this time").await;
        assert_eq!(page.evaluate("window.stayed").await, true);
        assert_eq!(page.path().await, "/meters/87000001?version=2");
    })
    .await;
}

#[tokio::test]
async fn a_meter_is_shown_as_of_a_day() {
    browse(Screen::Laptop, async |page| {
        page.open("/meters/87000001?at=2020-05-05").await;
        page.sees("[data-live=travel]", "You see the past").await;
        page.sees("[data-live=travel]", "at version 8 of 20").await;
        assert_eq!(weeks(page).await, totals([("2020-W18", "552"), ("2020-W19", "256")]));
        page.sees(".state .changed", "Latest reading").await;
        page.sees(".state .changed", "2020-05-05").await;
        page.follow("Back to now").await;
        page.sees("[data-live=travel]", "as it is now").await;
    })
    .await;
}

#[tokio::test]
async fn a_stream_is_shown_as_it_was_with_what_changed() {
    browse(Screen::Laptop, async |page| {
        page.open("/streams/meter:87000001?version=2").await;
        page.sees("h1", "meter:87000001").await;
        assert_eq!(page.path().await, "/cockpit/streams/meter:87000001?version=2");
        assert_eq!(page.texts(".state .changed dt").await, ["Status"]);
        page.sees("[aria-current=step]", "MeterActivated").await;
        assert!(page.count(".event.later").await > 0, "what came later is on the page, pale");
    })
    .await;
}
