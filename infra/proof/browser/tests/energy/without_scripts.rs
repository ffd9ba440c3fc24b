//! Everything can be read and done without a script.

use browser::{Screen, browse, day_as_file};
use time::Month::May;

use crate::{activate, day, register, totals, weeks};

#[tokio::test]
async fn a_meter_is_registered_activated_and_fed() {
    browse(Screen::WithoutScripts, async |page| {
        register(page, "87000003").await;
        activate(page, "000-000").await;
        page.sees(".notice", "The code is wrong").await;
        activate(page, "542-484").await;
        page.sees(".notice", "The meter is activated").await;
        assert_eq!(page.count(".pick[hidden]").await, 1, "a script would offer to pick a file");
        page.fill("date", "05/01/2020").await;
        page.fill("csv", &day_as_file(day(May, 1))).await;
        page.press("Import").await;
        page.sees(".notice", "The readings are recorded").await;
        assert_eq!(weeks(page).await, totals([("2020-W18", "124")]));
        page.press("Deregister meter 87000003").await;
        page.sees(".notice", "The meter is deregistered").await;
    })
    .await;
}

#[tokio::test]
async fn the_past_and_the_documents_are_read() {
    browse(Screen::WithoutScripts, async |page| {
        page.open("/cockpit").await;
        page.follow("Streams").await;
        page.fill("prefix", "meter:87000002").await;
        page.press("Search").await;
        assert_eq!(page.count("tbody tr").await, 1);
        page.follow("meter:87000002").await;
        page.sees("[data-live=travel]", "at version 16 of 16").await;
        page.send("version", "\u{e011}\u{e014}").await;
        page.press("Show").await;
        page.sees("[data-live=travel]", "at version 2 of 16").await;
        page.open_details("Stored document").await;
        page.sees("[open] pre", "\"id\": \"meter:87000002:").await;
    })
    .await;
}
