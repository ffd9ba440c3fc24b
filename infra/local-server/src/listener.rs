//! The port: listens, answers, and ends in order.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Requests that run when the server stops may take this long to finish.
const GRACE: Duration = Duration::from_secs(10);

/// A port that is taken and not answered yet.
pub struct Listener {
    program: &'static str,
    socket: TcpListener,
    endpoint: String,
}

/// A port that is answered. Dropping it stops that.
pub struct Serving {
    program: &'static str,
    endpoint: String,
    /// Dropping it tells the listener to stop.
    stopping: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Takes the port of `address`; port 0 is a free one. `program` is named in the log.
    ///
    /// # Errors
    ///
    /// The address is not ours, or somebody has it.
    pub async fn bind(program: &'static str, address: SocketAddr) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let endpoint = endpoint(socket.local_addr()?);
        Ok(Self { program, socket, endpoint })
    }

    /// Answers with a router, which is told the address of who asks.
    #[must_use]
    pub fn serve(self, router: Router) -> Serving {
        let Self { program, socket, endpoint } = self;
        let (stopping, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            // Small answers are not to wait for more to send.
            let socket = socket.tap_io(|connection| drop(connection.set_nodelay(true)));
            let router = router.into_make_service_with_connect_info::<SocketAddr>();
            let served = axum::serve(socket, router).with_graceful_shutdown(async {
                // An error is the sender dropped, which means the same.
                let _ = stopped.await;
            });
            if let Err(error) = served.await {
                tracing::error!(%error, "{program} stopped listening");
            }
        });
        Serving { program, endpoint, stopping, task }
    }
}

impl Serving {
    /// Where it can be reached, such as `http://127.0.0.1:8081/`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Stops listening, and lets what runs finish.
    pub async fn stop(self) {
        let Self { program, stopping, task, .. } = self;
        drop(stopping);
        if tokio::time::timeout(GRACE, task).await.is_err() {
            tracing::warn!("requests were still running {GRACE:?} after {program} was stopped");
        }
    }
}

impl fmt::Debug for Serving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serving").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A wildcard address cannot be connected to everywhere, loopback can.
fn endpoint(bound: SocketAddr) -> String {
    let mut reachable = bound;
    if bound.ip().is_unspecified() {
        reachable.set_ip(match bound.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{reachable}/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_everywhere_is_reached_on_this_machine() {
        let endpoint = |address: &str| endpoint(address.parse().unwrap());
        assert_eq!(endpoint("0.0.0.0:8081"), "http://127.0.0.1:8081/");
        assert_eq!(endpoint("[::]:8081"), "http://[::1]:8081/");
        assert_eq!(endpoint("127.0.0.1:80"), "http://127.0.0.1:80/");
    }
}
