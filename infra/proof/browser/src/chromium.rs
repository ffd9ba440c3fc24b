//! Chromedriver, and the browser that it drives.

use std::io::{BufReader, ErrorKind, Write, stderr};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::ChromeCapabilities;
use thirtyfour::extensions::query::ElementPollerWithTimeout;
use thirtyfour::prelude::*;

use crate::program::said;

/// A browser is given this long to show what it was asked for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// What somebody looks at the pages with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// A laptop.
    Laptop,
    /// A laptop of somebody who prefers dark pages.
    Dark,
    /// A laptop whose browser runs no scripts.
    WithoutScripts,
    /// A phone, 390 pixels wide.
    Phone,
}

/// A chromedriver. It ends with this value.
pub(crate) struct Chromium {
    child: Child,
    address: String,
    _out: BufReader<ChildStdout>,
}

impl Chromium {
    /// Starts chromedriver; `None`, said aloud, where there is none and need not be one.
    pub fn start() -> Option<Self> {
        let child = Command::new("chromedriver")
            .arg("--port=0")
            // Fields for dates are typed into as this language writes them.
            .env("LANGUAGE", "en_US")
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match child {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                assert!(std::env::var_os("CI").is_none(), "chromedriver is not installed");
                // Not by a macro: those are kept from the screen while a test passes.
                let _ = writeln!(stderr(), "skipped: no chromedriver, so no browser was driven");
                return None;
            }
            child => child.expect("chromedriver starts"),
        };
        let mut out = BufReader::new(child.stdout.take().expect("its output is piped"));
        let port = said(&mut out, |line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        Some(Self { child, address: format!("http://127.0.0.1:{port}"), _out: out })
    }

    /// Opens a browser.
    pub async fn open(&self, screen: Screen) -> WebDriver {
        let driver = WebDriver::new(&self.address, capabilities(screen)).await;
        let driver = driver.expect("chromedriver opens a browser");
        driver.set_poller(Arc::new(ElementPollerWithTimeout::new(PATIENCE, BETWEEN_LOOKS)));
        driver
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn capabilities(screen: Screen) -> ChromeCapabilities {
    let flags = [
        "--headless=new",
        // Containers have no room for its sandbox, and little for its shared memory.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--window-size=1280,720",
    ];
    let mut options = json!({ "args": flags });
    match screen {
        Screen::Laptop => {}
        Screen::Dark => {
            let dark = json!("--blink-settings=preferredColorScheme=0");
            options["args"].as_array_mut().expect("flags are a list").push(dark);
        }
        Screen::WithoutScripts => {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        Screen::Phone => {
            let metrics = json!({ "width": 390, "height": 844, "pixelRatio": 2.0, "mobile": true });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
    }
    let mut capabilities = DesiredCapabilities::chrome();
    let mut set = |name: &str, value: Value| capabilities.set(name, value).expect("JSON is taken");
    set("goog:chromeOptions", options);
    set("goog:loggingPrefs", json!({ "browser": "ALL" }));
    capabilities
}
