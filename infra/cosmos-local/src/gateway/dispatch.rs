//! Which operation a request means: the address, the method, and for items the headers decide.

use bytes::Bytes;
use http::{Method, StatusCode};

use super::address::{Address, ContainerName};
use super::answer::Answer;
use super::failure::Refusal;
use super::headers::Headers;
use super::{
    Gateway, account, admin, batch, bulk, change_feed, containers, databases, items, offers,
    procedures, queries,
};
use crate::engine::Engine;
use crate::faults::Faults;

/// A request that may be served.
pub struct Call {
    pub method: Method,
    pub address: Address,
    pub headers: Headers,
    /// Host and port in the URI, as HTTP/2 has them.
    pub authority: Option<String>,
    pub body: Bytes,
}

impl Call {
    /// Carries out the operation.
    pub async fn answer(&self, gateway: &Gateway) -> Result<Answer, Refusal> {
        let Gateway { engine, faults, .. } = gateway;
        match &self.address {
            Address::Account => self.account(),
            Address::Databases => self.databases(engine).await,
            Address::Database(id) => self.database(engine, id).await,
            Address::Containers(database) => self.containers(engine, database).await,
            Address::Container(name) => self.container(engine, name).await,
            Address::Ranges(name) => self.ranges(engine, name),
            Address::Items(name) => self.items(engine, name).await,
            Address::Item(name, id) => self.item(engine, name, id).await,
            Address::Procedures(name) => self.procedures(engine, name).await,
            Address::Procedure(name, id) => self.procedure(engine, name, id).await,
            Address::Offers => self.offers(engine),
            Address::Offer(id) => self.offer(engine, id).await,
            Address::Split(name, range) => self.split(engine, name, range).await,
            Address::Faults => self.faults(faults),
            Address::Unsupported(feature) => Err(Refusal::not_implemented(feature)),
        }
    }

    fn account(&self) -> Result<Answer, Refusal> {
        match self.method {
            Method::GET => account::read(&self.headers.0, self.authority.as_deref()),
            _ => Err(self.no_such_method()),
        }
    }

    fn offers(&self, engine: &Engine) -> Result<Answer, Refusal> {
        match (&self.method, self.is_query()) {
            (&Method::GET, _) => Ok(offers::list(engine)),
            (&Method::POST, true) => offers::query(engine, &self.body),
            _ => Err(self.no_such_method()),
        }
    }

    async fn offer(&self, engine: &Engine, id: &str) -> Result<Answer, Refusal> {
        match self.method {
            Method::GET => offers::read(engine, id),
            Method::PUT => offers::replace(engine, id, &self.body).await,
            _ => Err(self.no_such_method()),
        }
    }

    async fn split(
        &self,
        engine: &Engine,
        name: &ContainerName,
        range: &str,
    ) -> Result<Answer, Refusal> {
        match self.method {
            Method::POST => admin::split(engine, name, range, &self.body).await,
            _ => Err(self.no_such_method()),
        }
    }

    fn faults(&self, faults: &Faults) -> Result<Answer, Refusal> {
        match self.method {
            Method::GET => Ok(admin::list(faults)),
            Method::POST => admin::inject(faults, &self.body),
            Method::DELETE => Ok(admin::clear(faults)),
            _ => Err(self.no_such_method()),
        }
    }

    async fn databases(&self, engine: &Engine) -> Result<Answer, Refusal> {
        match (&self.method, self.is_query()) {
            (&Method::GET, _) => Ok(databases::list(engine)),
            (&Method::POST, true) => databases::query(engine, &self.body),
            (&Method::POST, false) => databases::create(engine, &self.headers, &self.body).await,
            _ => Err(self.no_such_method()),
        }
    }

    async fn database(&self, engine: &Engine, id: &str) -> Result<Answer, Refusal> {
        match self.method {
            Method::GET => databases::read(engine, id),
            Method::DELETE => databases::delete(engine, id).await,
            _ => Err(self.no_such_method()),
        }
    }

    async fn containers(&self, engine: &Engine, database: &str) -> Result<Answer, Refusal> {
        match (&self.method, self.is_query()) {
            (&Method::GET, _) => containers::list(engine, database),
            (&Method::POST, true) => containers::query(engine, database, &self.body),
            (&Method::POST, false) => {
                containers::create(engine, database, &self.headers, &self.body).await
            }
            _ => Err(self.no_such_method()),
        }
    }

    async fn container(&self, engine: &Engine, name: &ContainerName) -> Result<Answer, Refusal> {
        match self.method {
            Method::GET => containers::read(engine, name),
            Method::PUT => containers::replace(engine, name, &self.body).await,
            Method::DELETE => containers::delete(engine, name).await,
            _ => Err(self.no_such_method()),
        }
    }

    fn ranges(&self, engine: &Engine, name: &ContainerName) -> Result<Answer, Refusal> {
        match self.method {
            Method::GET => containers::ranges(engine, name, &self.headers),
            _ => Err(self.no_such_method()),
        }
    }

    pub fn is_plan(&self) -> bool {
        self.headers.is_on("x-ms-cosmos-is-query-plan-request")
    }

    pub fn is_query(&self) -> bool {
        let kind = self.headers.text("content-type");
        self.headers.is_on("x-ms-documentdb-isquery")
            || kind.is_some_and(|kind| kind.starts_with("application/query+json"))
    }

    /// The headers decide what a POST to the items means, in the service's order.
    async fn items(&self, engine: &Engine, name: &ContainerName) -> Result<Answer, Refusal> {
        let Self { headers, body, .. } = self;
        match self.method {
            Method::GET if change_feed::is_asked(headers) => {
                change_feed::read(engine, name, headers)
            }
            Method::GET => queries::read_feed(engine, name, headers).await,
            Method::POST if self.is_plan() => queries::plan(engine, name, headers, body),
            Method::POST if self.is_query() => queries::items(engine, name, headers, body).await,
            Method::POST
                if headers.is_on("x-ms-cosmos-is-batch-request") && batch::is_bulk(headers) =>
            {
                bulk::execute(engine, name, headers, body).await
            }
            Method::POST if headers.is_on("x-ms-cosmos-is-batch-request") => {
                batch::execute(engine, name, headers, body).await
            }
            Method::POST if headers.is_on("x-ms-documentdb-is-upsert") => {
                items::upsert(engine, name, headers, body).await
            }
            Method::POST => items::create(engine, name, headers, body).await,
            _ => Err(self.no_such_method()),
        }
    }

    async fn item(
        &self,
        engine: &Engine,
        name: &ContainerName,
        id: &str,
    ) -> Result<Answer, Refusal> {
        let Self { headers, body, .. } = self;
        match self.method {
            Method::GET => items::read(engine, name, id, headers),
            Method::PUT => items::replace(engine, name, id, headers, body).await,
            Method::DELETE => items::delete(engine, name, id, headers).await,
            Method::PATCH => items::patch(engine, name, id, headers, body).await,
            _ => Err(self.no_such_method()),
        }
    }

    async fn procedures(&self, engine: &Engine, name: &ContainerName) -> Result<Answer, Refusal> {
        let Self { headers, body, .. } = self;
        match (&self.method, self.is_query()) {
            (&Method::GET, _) => procedures::list(engine, name, headers),
            (&Method::POST, true) => procedures::query(engine, name, headers, body),
            (&Method::POST, false) => procedures::create(engine, name, headers, body).await,
            _ => Err(self.no_such_method()),
        }
    }

    async fn procedure(
        &self,
        engine: &Engine,
        name: &ContainerName,
        id: &str,
    ) -> Result<Answer, Refusal> {
        let Self { headers, body, .. } = self;
        match self.method {
            Method::GET => procedures::read(engine, name, id, headers),
            Method::POST => procedures::execute(engine, name, id, headers, body).await,
            Method::PUT => procedures::replace(engine, name, id, headers, body).await,
            Method::DELETE => procedures::delete(engine, name, id, headers).await,
            _ => Err(self.no_such_method()),
        }
    }

    fn no_such_method(&self) -> Refusal {
        Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("{} is no operation on this resource", self.method),
        )
    }
}
