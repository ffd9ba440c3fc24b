//! What a person does with a page, and sees on it.

use std::time::Instant;

use serde_json::Value;
use thirtyfour::error::{WebDriverErrorInner, WebDriverResult};
use thirtyfour::prelude::*;

use crate::audit;
use crate::chromium::PATIENCE;

/// A browser's window on the program. Everything waits until it can be done; what never can fails the test.
pub struct Page {
    driver: WebDriver,
    address: String,
}

/// Says what was wanted when it could not be had.
fn must<T>(result: WebDriverResult<T>, wanted: &str) -> T {
    result.unwrap_or_else(|error| panic!("{wanted}: {error}"))
}

/// Does it again while what it is done with is replaced meanwhile: live pages replace their parts.
async fn again<T>(wanted: &str, deed: impl AsyncFn() -> WebDriverResult<T>) -> T {
    let began = Instant::now();
    loop {
        match deed().await {
            Err(error)
                if matches!(*error, WebDriverErrorInner::StaleElementReference(..))
                    && began.elapsed() < PATIENCE => {}
            outcome => return must(outcome, wanted),
        }
    }
}

impl Page {
    pub(crate) fn new(driver: WebDriver, address: &str) -> Self {
        Self { driver, address: address.to_owned() }
    }

    /// Opens an address of the program, such as `/cockpit`.
    pub async fn open(&self, path: &str) {
        must(self.driver.goto(format!("{}{path}", self.address)).await, path);
    }

    /// Where the browser is, without the program's address.
    pub async fn path(&self) -> String {
        let url = must(self.driver.current_url().await, "the address").to_string();
        url.trim_start_matches(&self.address).to_owned()
    }

    /// The page's title.
    pub async fn title(&self) -> String {
        must(self.driver.title().await, "the title")
    }

    /// Types into the field with this id, in place of what is there.
    pub async fn fill(&self, id: &str, text: &str) {
        let field = must(self.driver.query(By::Id(id)).and_displayed().first().await, id);
        must(field.clear().await, id);
        must(field.send_keys(text).await, id);
    }

    /// Gives the field with this id a file, or presses keys in it that type no text.
    pub async fn send(&self, id: &str, keys: &str) {
        let field = must(self.driver.query(By::Id(id)).first().await, id);
        must(field.send_keys(keys).await, id);
    }

    /// Waits until the field with this id holds something.
    pub async fn filled(&self, id: &str) {
        let field = self.driver.query(By::Id(id));
        let field = field.with_property("value", |value: &str| !value.is_empty());
        must(field.first().await, &format!("{id} holds something"));
    }

    /// Presses the button with this text, and waits for the page that the form leads to.
    pub async fn press(&self, button: &str) {
        let pressed = again(button, async || {
            let found = self.driver.query(By::Tag("button")).with_text(button.to_owned());
            let found = found.and_clickable().first().await?;
            found.scroll_into_view().await?;
            found.click().await?;
            Ok(found)
        });
        let found = pressed.await;
        must(found.wait_until().stale().await, &format!("{button} leads to another page"));
    }

    /// Follows the first link with this text.
    pub async fn follow(&self, link: &str) {
        let links = async || self.driver.query(By::LinkText(link)).and_clickable().first().await;
        again(link, async || links().await?.click().await).await;
    }

    /// Clicks on the first that matches.
    pub async fn click(&self, selector: &str) {
        let found = async || self.driver.query(By::Css(selector)).and_displayed().first().await;
        again(selector, async || found().await?.click().await).await;
    }

    /// Opens the first part of the page that is folded up under this text.
    pub async fn open_details(&self, summary: &str) {
        let found = async || {
            let folded = self.driver.query(By::Tag("summary")).and_displayed();
            folded.with_text(containing(summary)).first().await
        };
        again(summary, async || found().await?.click().await).await;
    }

    /// Waits until an element with this text is there.
    pub async fn sees(&self, selector: &str, text: &str) {
        let found =
            async || self.driver.query(By::Css(selector)).with_text(containing(text)).first().await;
        again(&format!("{selector} with {text:?}"), found).await;
    }

    /// Waits until the page announces this to those who do not see it.
    pub async fn hears(&self, text: &str) {
        let found = async || {
            let said = self.driver.query(By::Css("[role=status]"));
            said.with_property("textContent", containing(text)).first().await
        };
        again(&format!("{text:?} announced"), found).await;
    }

    /// The texts of all that match, as they stand now. SVG texts are among them.
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        again(selector, async || {
            let mut texts = Vec::new();
            for element in self.driver.find_all(By::Css(selector)).await? {
                texts.push(element.text().await?);
            }
            Ok(texts)
        })
        .await
    }

    /// How many elements match now.
    pub async fn count(&self, selector: &str) -> usize {
        must(self.driver.find_all(By::Css(selector)).await, selector).len()
    }

    /// The value of a JavaScript expression on the page.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let answer = self.driver.execute(format!("return {expression};"), Vec::new()).await;
        must(answer, expression).json().clone()
    }

    /// What keeps somebody out of this page, as far as a machine can tell; nothing where no audit is installed.
    pub async fn barriers(&self) -> Vec<String> {
        let Some(script) = audit::script() else { return Vec::new() };
        let answer = must(self.driver.execute(script, Vec::new()).await, "the audit");
        audit::findings(answer.json())
    }

    /// Where the links of the page lead inside the program.
    pub async fn ways_on(&self) -> Vec<String> {
        let inside = "[...document.querySelectorAll('a[href]')]\
            .map(link => new URL(link.getAttribute('href'), location.href))\
            .filter(url => url.origin === location.origin)\
            .map(url => url.pathname + url.search)";
        let links = self.evaluate(inside).await;
        let links = links.as_array().into_iter().flatten();
        links.filter_map(|link| link.as_str().map(str::to_owned)).collect()
    }

    /// Waits until the page shows that it hears what happens.
    pub async fn is_live(&self) {
        self.sees("#live", "live").await;
    }

    /// Does something in a second tab, and comes back.
    pub async fn in_another_tab(&self, deed: impl AsyncFnOnce(&Self)) {
        let here = must(self.driver.window().await, "this tab");
        let there = must(self.driver.new_tab().await, "a new tab");
        must(self.driver.switch_to_window(there).await, "the new tab");
        deed(self).await;
        must(self.driver.close_window().await, "the new tab closes");
        must(self.driver.switch_to_window(here).await, "this tab");
    }

    /// What the browser complained about since it was last asked.
    pub async fn complaints(&self) -> Vec<String> {
        let log = must(self.driver.browser_log().await, "the browser's log");
        log.into_iter().map(|entry| format!("{entry:?}")).collect()
    }

    pub(crate) async fn keep_picture(&self) {
        let file = std::env::temp_dir().join(format!("browser-{}.png", std::process::id()));
        if self.driver.screenshot(&file).await.is_ok() {
            eprintln!("the page as it was then: {}", file.display());
        }
    }

    pub(crate) async fn quit(self) {
        // A browser that is gone is what was asked for.
        let _ = self.driver.quit().await;
    }
}

fn containing(text: &str) -> impl Fn(&str) -> bool + Clone + Send + Sync + 'static {
    let text = text.to_owned();
    move |shown| shown.contains(&text)
}
