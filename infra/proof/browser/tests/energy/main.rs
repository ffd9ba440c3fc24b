//! The energy sample, as somebody sees it in a browser.

mod barriers;
mod bus;
mod cockpit;
mod narrow;
mod past;
mod story;
mod together;
mod views;
mod without_scripts;

use browser::Page;
use time::{Date, Month};

/// Registers a meter with the form of the front page.
async fn register(page: &Page, meter: &str) {
    page.open("/").await;
    page.fill("register-meter_id", meter).await;
    page.fill("register-postal_code", "1000 AA").await;
    page.fill("register-house_number", "25").await;
    page.fill("register-activation_code", "542-484").await;
    page.press("Register").await;
    page.sees(".notice", "The meter is registered").await;
}

/// Activates the meter whose page is open.
async fn activate(page: &Page, code: &str) {
    page.fill("activation-code", code).await;
    page.press("Activate").await;
}

/// The weeks on the chart of the open page, with their totals.
async fn weeks(page: &Page) -> Vec<(String, String)> {
    let chart = "figure.plot:first-of-type svg";
    let weeks = page.texts(&format!("{chart} .label")).await;
    weeks.into_iter().zip(page.texts(&format!("{chart} .value")).await).collect()
}

fn totals<const N: usize>(weeks: [(&str, &str); N]) -> Vec<(String, String)> {
    weeks.map(|(week, total)| (week.to_owned(), total.to_owned())).into()
}

fn day(month: Month, day: u8) -> Date {
    Date::from_calendar_date(2020, month, day).expect("a day of 2020")
}
