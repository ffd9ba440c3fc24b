//! From a meter's registration to its totals.

use browser::{Screen, browse, day_as_file, file_name};
use time::Month::{April, May};

use crate::{activate, day, register, totals, weeks};

#[tokio::test]
async fn a_new_meter_s_readings_make_the_week_s_total() {
    let files = tempfile::tempdir().expect("a folder");
    browse(Screen::Laptop, async |page| {
        register(page, "87000003").await;
        activate(page, "542-484").await;
        page.sees(".notice", "The meter is activated").await;
        for day in [day(April, 30), day(May, 1), day(May, 2), day(May, 3)] {
            let file = files.path().join(file_name(day));
            std::fs::write(&file, day_as_file(day)).expect("a file is written");
            page.send("file", &file.to_string_lossy()).await;
            // The script reads the file into the field, and the day from the file's name.
            page.filled("csv").await;
            page.filled("date").await;
            page.press("Import").await;
            page.sees(".notice", "The readings are recorded").await;
        }
        assert_eq!(weeks(page).await, totals([("2020-W18", "552")]));
        assert_eq!(page.complaints().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn the_talk_s_meters_show_the_talk_s_totals() {
    browse(Screen::Laptop, async |page| {
        page.open("/").await;
        page.follow("87000001").await;
        page.sees("h1", "Meter 87000001").await;
        let first = totals([("2020-W18", "552"), ("2020-W19", "940"), ("2020-W20", "936")]);
        assert_eq!(weeks(page).await, first);
        page.open("/meters/87000002").await;
        let second = totals([("2020-W18", "408"), ("2020-W19", "940"), ("2020-W20", "540")]);
        assert_eq!(weeks(page).await, second);
    })
    .await;
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_says_what_is_wrong() {
    browse(Screen::Laptop, async |page| {
        page.open("/").await;
        page.fill("register-meter_id", "87000001").await;
        page.fill("register-postal_code", "1000 AA").await;
        page.fill("register-house_number", "25").await;
        page.fill("register-activation_code", "542-484").await;
        page.press("Register").await;
        page.sees(".error", "meter_id is refused").await;
        let kept = page.evaluate("document.getElementById('register-postal_code').value").await;
        assert_eq!(kept, "1000 AA");
    })
    .await;
}
