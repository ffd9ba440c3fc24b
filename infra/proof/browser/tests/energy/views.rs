//! Views, from the pages that are made of them to the cockpit that builds them anew.

use browser::{Page, Screen, browse};

use crate::{activate, register};

/// Pages that are made of views, and the part of each that must not change.
const PAGES: [(&str, &str); 4] = [
    ("/", "[data-live=meters]"),
    ("/districts", "[data-live=districts]"),
    ("/failures", "[data-live=failures]"),
    ("/cockpit/views/weeks", "[data-live=views]"),
];

const PROJECTIONS: [&str; 5] = ["meters", "weeks", "activated", "districts", "failures"];

async fn shown(page: &Page) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for (path, part) in PAGES {
        page.open(path).await;
        all.push(page.texts(part).await);
    }
    all
}

#[tokio::test]
async fn a_rebuild_from_the_cockpit_gives_equal_pages() {
    browse(Screen::Laptop, async |page| {
        register(page, "87000003").await;
        activate(page, "000-000").await;
        page.sees(".notice", "The code is wrong").await;
        page.open("/failures").await;
        page.sees("[data-live=failures]", "87000003").await;
        let before = shown(page).await;
        for projection in PROJECTIONS {
            page.open("/cockpit/views").await;
            page.follow(projection).await;
            page.press("Build all views anew").await;
            // The script looks again until it is done.
            page.sees("[data-live=standing]", &format!("{projection}@2")).await;
            page.sees("[data-live=leases] button", "Build all views anew").await;
        }
        assert_eq!(shown(page).await, before);
        assert_eq!(page.complaints().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_needs_no_script() {
    browse(Screen::WithoutScripts, async |page| {
        page.open("/cockpit/views/weeks").await;
        let before = page.texts("[data-live=views] tr").await;
        page.press("Build all views anew").await;
        let done = async || page.texts("[data-live=standing]").await[0].contains("weeks@2");
        for _ in 0..200 {
            if done().await {
                break;
            }
            page.open("/cockpit/views/weeks").await;
        }
        assert!(done().await, "it is done after a while");
        assert_eq!(page.texts("[data-live=views] tr").await, before);
    })
    .await;
}

#[tokio::test]
async fn what_a_view_adds_up_to_is_seen_in_another_tab_without_loading_it() {
    browse(Screen::Laptop, async |page| {
        page.open("/districts").await;
        page.is_live().await;
        page.sees("[data-live=districts] tr", "10 1 1").await;
        page.evaluate("window.stayed = true").await;
        page.in_another_tab(async |page| register(page, "87000003").await).await;
        page.sees("[data-live=districts] tr", "10 2 1").await;
        page.in_another_tab(async |page| {
            page.open("/meters/87000003").await;
            activate(page, "542-484").await;
            page.sees(".notice", "The meter is activated").await;
        })
        .await;
        page.sees("[data-live=districts] tr", "10 2 2").await;
        assert_eq!(page.evaluate("window.stayed").await, true);
    })
    .await;
}

#[tokio::test]
async fn a_view_leads_to_its_events() {
    browse(Screen::Laptop, async |page| {
        page.open("/cockpit").await;
        page.click(".wide-flow a[href='/cockpit/views']").await;
        page.follow("weeks").await;
        page.follow("87000001:2020-W18").await;
        page.sees("h1", "87000001:2020-W18").await;
        page.sees("[data-live=document]", "\"total\": 552").await;
        page.sees("[data-live=events]", "MeterReadingsCollected").await;
        page.follow("meter:87000001").await;
        page.sees("h1", "meter:87000001").await;
    })
    .await;
}

#[tokio::test]
async fn meters_are_filtered_with_a_form() {
    browse(Screen::Laptop, async |page| {
        register(page, "87000003").await;
        page.open("/").await;
        page.fill("district", "10").await;
        page.press("Show").await;
        page.sees("[data-live=meters]", "87000003").await;
        assert_eq!(page.count("[data-live=meters] tbody tr").await, 2);
        page.open("/?status=registered").await;
        assert_eq!(page.count("[data-live=meters] tbody tr").await, 1);
    })
    .await;
}
