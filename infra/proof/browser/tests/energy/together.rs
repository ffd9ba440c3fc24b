//! Two tabs.

use browser::{Screen, browse};

use crate::{activate, register};

#[tokio::test]
async fn what_happens_in_one_tab_is_seen_in_the_other_without_loading_it() {
    browse(Screen::Laptop, async |page| {
        register(page, "87000003").await;
        page.open("/").await;
        page.is_live().await;
        page.evaluate("window.stayed = true").await;
        page.in_another_tab(async |page| {
            page.open("/meters/87000003").await;
            activate(page, "000-000").await;
            page.sees(".notice", "The code is wrong").await;
        })
        .await;
        page.sees("#ledger", "MeterActivationFailed").await;
        page.hears("MeterActivationFailed").await;
        page.in_another_tab(async |page| {
            page.open("/meters/87000003").await;
            activate(page, "542-484").await;
            page.sees(".notice", "The meter is activated").await;
        })
        .await;
        page.sees("[data-live=meters]", "3 registered · 3 active").await;
        assert_eq!(page.evaluate("window.stayed").await, true);
        assert_eq!(page.complaints().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn the_flow_counts_on_while_it_is_looked_at() {
    browse(Screen::Laptop, async |page| {
        page.open("/cockpit").await;
        page.is_live().await;
        page.sees(".wide-flow .counter", "36 events").await;
        page.evaluate("window.stayed = true").await;
        page.in_another_tab(async |page| register(page, "87000003").await).await;
        page.sees(".wide-flow .counter", "37 events").await;
        assert_eq!(page.evaluate("window.stayed").await, true);
    })
    .await;
}
