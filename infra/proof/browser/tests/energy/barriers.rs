//! Nobody is kept out of a page, as far as an automated audit can tell: each page that a link leads to, in light
//! and in dark.

use std::collections::{BTreeSet, VecDeque};

use browser::{Page, Screen, browse};

use crate::activate;

/// Pages of one shape, such as those of two meters, differ in digits only: one of them stands for all.
fn shape(path: &str) -> String {
    path.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect()
}

/// Audits every page that can be reached by links, and returns how many those were.
async fn look_around(page: &Page) -> usize {
    let mut waiting: VecDeque<String> =
        ["/", "/cockpit", "/cockpit/streams/meter:9"].map(Into::into).into();
    let mut seen = BTreeSet::new();
    while let Some(path) = waiting.pop_front() {
        if !seen.insert(shape(&path)) {
            continue;
        }
        page.open(&path).await;
        assert_eq!(page.barriers().await, [""; 0], "{path}");
        waiting.extend(page.ways_on().await);
    }
    seen.len()
}

#[tokio::test]
async fn every_page_is_open_to_everybody() {
    browse(Screen::Laptop, async |page| {
        let pages = look_around(page).await;
        assert!(pages >= 20, "only {pages} pages were found: the links have changed");
    })
    .await;
}

#[tokio::test]
async fn in_the_dark_as_well() {
    browse(Screen::Dark, async |page| {
        page.open("/").await;
        let dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches").await;
        assert_eq!(dark, true, "the browser prefers dark pages");
        look_around(page).await;
    })
    .await;
}

#[tokio::test]
async fn on_a_phone_and_where_something_was_refused() {
    browse(Screen::Phone, async |page| {
        page.open("/").await;
        page.fill("register-meter_id", "87000001").await;
        page.press("Register").await;
        assert!(page.count("[aria-invalid=true], .error").await > 0, "something was refused");
        assert_eq!(page.barriers().await, [""; 0]);
        page.fill("register-meter_id", "87000003").await;
        page.fill("register-postal_code", "1000 AA").await;
        page.fill("register-house_number", "25").await;
        page.fill("register-activation_code", "542-484").await;
        page.press("Register").await;
        activate(page, "000-000").await;
        page.sees(".notice", "The code is wrong").await;
        assert_eq!(page.barriers().await, [""; 0]);
    })
    .await;
}
