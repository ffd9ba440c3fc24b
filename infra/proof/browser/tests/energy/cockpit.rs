//! Every page of the cockpit opens, says what it is, and leads back.

use browser::{Screen, browse};

const PAGES: [(&str, &str); 16] = [
    ("/cockpit", "Cockpit: how events flow · Energy"),
    ("/cockpit/streams", "Streams by latest change · Energy"),
    ("/cockpit/streams?prefix=meter:87", "Streams beginning with meter:87 · Energy"),
    (
        "/cockpit/streams/meter:87000001?version=2",
        "Stream meter:87000001, as of version 2 · Energy",
    ),
    ("/cockpit/feed", "The change feed, and who reads it · Energy"),
    ("/cockpit/views", "Views and their projections · Energy"),
    ("/cockpit/views/weeks", "Projection weeks · Energy"),
    ("/cockpit/views/weeks/87000001%3A2020%2DW18", "View 87000001:2020-W18 of weeks · Energy"),
    ("/cockpit/bus", "Bus: what is published, and who listens · Energy"),
    ("/cockpit/bus/billing", "Subscription billing of energy-events · Energy"),
    ("/cockpit/charges", "What a command costs · Energy"),
    ("/cockpit/privacy", "Privacy: keys, persons, and what was forgotten · Energy"),
    ("/meters/87000001/privacy", "Privacy of meter 87000001 · Energy"),
    ("/meters/87000001/elsewhere", "Meter 87000001 elsewhere · Energy"),
    ("/districts", "Districts · Energy"),
    ("/failures", "Failed activations · Energy"),
];

#[tokio::test]
async fn each_page_has_a_title_one_heading_a_way_back_and_no_complaints() {
    browse(Screen::Laptop, async |page| {
        for (path, title) in PAGES {
            page.open(path).await;
            page.is_live().await;
            assert_eq!(page.title().await, title);
            assert_eq!(page.count("h1").await, 1, "{path}");
            assert!(page.count("header nav a").await > 0, "{path} has a way back");
            page.sees("footer", "How this works").await;
            assert_eq!(page.complaints().await, [""; 0], "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_boxes_of_the_flow_lead_to_their_pages() {
    browse(Screen::Laptop, async |page| {
        page.open("/cockpit").await;
        page.click(".wide-flow a[href='/cockpit/streams']").await;
        page.sees("h1", "Streams").await;
        page.follow("meter:87000001").await;
        page.sees("h1", "meter:87000001").await;
        page.follow("its own page").await;
        page.sees("h1", "Meter 87000001").await;
    })
    .await;
}

#[tokio::test]
async fn a_page_that_is_not_there_says_what_to_do() {
    browse(Screen::Laptop, async |page| {
        page.open("/cockpit/streams/meter:9").await;
        page.sees("main", "stream meter:9 has no events").await;
        page.follow("streams").await;
        page.sees("h1", "Streams").await;
    })
    .await;
}
