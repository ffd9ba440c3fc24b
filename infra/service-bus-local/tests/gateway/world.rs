//! A server of one's own, with the entities of the sample file and a plain queue `q`.

use service_bus_local::{Config, Options, ServiceBusLocal};
use time::macros::datetime;

use crate::support::Plain;

pub const CONFIG: &str = include_str!("../../Config.json");

pub struct World {
    pub server: ServiceBusLocal,
    pub plain: Plain,
}

impl World {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let clock = service_bus_local::Clock::stopped(datetime!(2026-03-01 12:00 UTC));
        let config = Config::parse(CONFIG).unwrap();
        let options = Options { config, clock, ..options };
        let server = ServiceBusLocal::start(options).await.unwrap();
        let plain = Plain::new(server.endpoint());
        let queue = r#"{"Queues":[{"Name":"Q","Properties":{"LockDuration":"PT30S"}}]}"#;
        assert_eq!(plain.admin(reqwest::Method::PUT, "entities", queue).await.status, 200);
        Self { server, plain }
    }
}
