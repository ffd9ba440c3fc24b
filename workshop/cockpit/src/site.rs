//! What every page carries.

use std::sync::Arc;

use uuid::Uuid;

use crate::{Backend, Csrf};

/// The program that the pages belong to. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Site {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    name: &'static str,
    lesson: &'static str,
    backend: Backend,
    hosts: Vec<String>,
}

impl Site {
    /// The program called `name`, which `lesson` (a folder) explains. Browsers may reach it under the names of
    /// this machine and under `hosts`.
    #[must_use]
    pub fn new(
        name: &'static str,
        lesson: &'static str,
        backend: Backend,
        hosts: &[String],
    ) -> Self {
        let hosts = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        Self { inner: Arc::new(Inner { name, lesson, backend, hosts }) }
    }

    /// The program's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.inner.name
    }

    /// The folder of the lesson that explains it.
    #[must_use]
    pub fn lesson(&self) -> &'static str {
        self.inner.lesson
    }

    /// Where its events are.
    #[must_use]
    pub fn backend(&self) -> &Backend {
        &self.inner.backend
    }

    /// Names, besides those of this machine, under which browsers may ask, in lower case.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.inner.hosts
    }
}

/// What the layout of a page needs. Templates hold it in a field `frame`.
pub struct Frame<'a> {
    /// The program.
    pub site: &'a Site,
    /// The token for the page's forms; empty on pages that have none.
    pub csrf: &'a str,
}

impl<'a> Frame<'a> {
    /// The frame of a page with forms.
    #[must_use]
    pub fn new(site: &'a Site, csrf: &'a Csrf) -> Self {
        Self { site, csrf: &csrf.token }
    }

    /// The frame of a page that is only read.
    #[must_use]
    pub fn to_read(site: &'a Site) -> Self {
        Self { site, csrf: "" }
    }

    /// Names a command once per form, so that a form sent twice is one command.
    #[must_use]
    pub fn command_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}
