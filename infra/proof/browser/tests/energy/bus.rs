//! What a room watches: a consumer that is made to fail, its message that comes again until it is a dead letter, and
//! the dead letter sent again.

use browser::{Page, Screen, browse};

use crate::{activate, register};

const SUBSCRIPTION: &str = "/cockpit/bus/notifications";

async fn make_it_fail(page: &Page) {
    page.open("/cockpit/bus").await;
    page.follow("notifications").await;
    page.press("Make it fail").await;
    page.sees("[data-live=consumer]", "made to fail").await;
}

async fn tell(page: &Page) {
    register(page, "87000003").await;
    activate(page, "542-484").await;
    page.sees(".notice", "The meter is activated").await;
}

#[tokio::test]
async fn a_room_sees_a_message_come_again_until_it_is_dead_and_sent_again() {
    browse(Screen::Laptop, async |page| {
        make_it_fail(page).await;
        page.is_live().await;
        page.evaluate("window.stayed = true").await;
        page.in_another_tab(tell).await;
        page.sees("[data-live=messages] .message", "held by the consumer").await;
        page.sees("[data-live=messages] .message", "delivered 3 times").await;
        page.sees("[data-live=messages] .message", "MaxDeliveryCountExceeded").await;
        assert_eq!(page.evaluate("window.stayed").await, true, "nothing was loaded again");
        page.open_details("Properties and content").await;
        page.sees("[open] pre", "\"streamid\": \"meter:87000003\"").await;
        page.press("Let it work").await;
        page.press("Send again").await;
        page.sees("[data-live=messages]", "The broker has set nothing aside").await;
        page.open("/meters/87000003/elsewhere").await;
        page.sees("[data-live=elsewhere] li", "Your meter 87000003").await;
        assert_eq!(page.count("[data-live=elsewhere] li").await, 1, "it is told once");
        assert_eq!(page.complaints().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn it_can_be_watched_and_done_without_a_script() {
    browse(Screen::WithoutScripts, async |page| {
        make_it_fail(page).await;
        tell(page).await;
        let dead = async || page.count("form.again").await > 0;
        while !dead().await {
            page.open(SUBSCRIPTION).await;
        }
        page.press("Let it work").await;
        page.press("Send dead letters again").await;
        let told = async || page.count("[data-live=elsewhere] li").await > 0;
        while !told().await {
            page.open("/meters/87000003/elsewhere").await;
        }
        page.open("/cockpit/bus").await;
        page.sees("[data-live=bus]", "works").await;
    })
    .await;
}

#[tokio::test]
async fn the_flow_leads_to_the_bus_and_a_message_to_its_event() {
    browse(Screen::Laptop, async |page| {
        make_it_fail(page).await;
        tell(page).await;
        page.open("/cockpit").await;
        page.click(".wide-flow a[href='/cockpit/bus']").await;
        page.sees("h1", "Bus").await;
        page.follow("notifications").await;
        page.follow("meter:87000003 at 2").await;
        page.sees("h1", "meter:87000003").await;
        page.sees("[data-live=travel]", "at version 2 of 2").await;
    })
    .await;
}
