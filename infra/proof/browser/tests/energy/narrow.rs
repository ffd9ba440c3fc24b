//! On a phone.

use browser::{Page, Screen, browse};

use crate::{activate, register};

const PAGES: [&str; 15] = [
    "/",
    "/meters/87000001",
    "/meters/87000001?version=2",
    "/cockpit",
    "/cockpit/streams",
    "/cockpit/streams/meter:87000001?version=5",
    "/cockpit/feed",
    "/cockpit/views",
    "/cockpit/views/weeks",
    "/cockpit/views/weeks/87000001%3A2020%2DW18",
    "/cockpit/bus",
    "/cockpit/bus/billing",
    "/meters/87000001/elsewhere",
    "/districts",
    "/failures",
];

/// The controls that stick out to the side, where nothing scrolls to them.
const OUT_OF_REACH: &str = "[...document.querySelectorAll('a,button,input,textarea,summary')]\
    .filter(one => one.checkVisibility() && !one.closest('.wide,.plot,pre') && !one.matches('.skip'))\
    .filter(one => { const box = one.getBoundingClientRect(); \
        return box.left < 0 || box.right > innerWidth || box.width == 0; })\
    .map(one => one.outerHTML.slice(0, 80))";

async fn fits(page: &Page, path: &str) {
    let widths = page.evaluate("[innerWidth, document.documentElement.scrollWidth]").await;
    assert_eq!(widths, serde_json::json!([390, 390]), "{path} scrolls to the side");
    let lost = page.evaluate(OUT_OF_REACH).await;
    assert_eq!(lost, serde_json::json!([]), "{path}");
}

#[tokio::test]
async fn no_page_scrolls_to_the_side_and_every_control_is_reached() {
    browse(Screen::Phone, async |page| {
        for path in PAGES {
            page.open(path).await;
            page.is_live().await;
            fits(page, path).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_meter_is_registered_and_activated() {
    browse(Screen::Phone, async |page| {
        register(page, "87000003").await;
        activate(page, "542-484").await;
        page.sees(".notice", "The meter is activated").await;
        fits(page, "an active meter").await;
    })
    .await;
}
