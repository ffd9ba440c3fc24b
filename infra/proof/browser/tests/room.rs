//! The teacher's room, as it is seen in a browser.

use browser::{Screen, browse_program};

const STEPS: [&str; 4] = ["--step", "01.1=one document", "--step", "01.2=a late writer"];

#[tokio::test]
async fn it_shows_the_steps_and_keeps_nobody_out() {
    for screen in [Screen::Laptop, Screen::Dark, Screen::Phone] {
        browse_program("room", &STEPS, screen, async |page| {
            page.open("/").await;
            assert_eq!(page.title().await, "Where the room is: 0 · Daybook");
            page.sees("#summary", "Nobody is in the room yet").await;
            assert_eq!(page.count("tbody tr").await, 2);
            assert_eq!(page.barriers().await, [""; 0]);
            page.is_live().await;
            assert_eq!(page.complaints().await, [""; 0]);
        })
        .await;
    }
}

#[tokio::test]
async fn the_audit_finds_what_keeps_somebody_out() {
    browse_program("room", &STEPS, Screen::Laptop, async |page| {
        page.open("/").await;
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<main><input></main>')")
            .await;
        let found = page.barriers().await.join("\n");
        assert!(found.contains("Form elements must have labels"), "{found}");
    })
    .await;
}
