//! What only shows below the crate: the token in place of its signature.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::time::OffsetDateTime;
use legacy_azure_core::Method;

use super::*;

/// An identity that counts how often it is asked.
#[derive(Debug)]
struct Counting {
    asked: AtomicU32,
    lifetime: Duration,
}

#[async_trait]
impl TokenCredential for Counting {
    async fn get_token(
        &self,
        scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let expires = OffsetDateTime::now_utc() + self.lifetime;
        Ok(AccessToken::new(format!("token {number} for {}", scopes.join(" ")), expires))
    }
}

fn counting(lifetime: Duration) -> Client {
    let identity = Identity::of(Arc::new(Counting { asked: AtomicU32::new(0), lifetime }));
    Client::new("daybook-7", None, Some(identity)).unwrap()
}

fn request(url: &str) -> Request {
    let mut request = Request::new(Url::parse(url).unwrap(), Method::Post);
    request.insert_header("authorization", "SharedAccessSignature sr=x&sig=y");
    request.insert_header("brokerproperties", r#"{"Label":"Zähler"}"#);
    request
}

const URL: &str = "https://daybook-7.servicebus.windows.net/jobs/messages";

#[tokio::test]
async fn a_token_takes_the_place_of_the_signature() {
    let headers = counting(Duration::from_secs(3600)).headers(&request(URL)).await.unwrap();
    let authorization = headers.get_all(header::AUTHORIZATION).iter().collect::<Vec<_>>();
    assert_eq!(authorization, ["Bearer token 1 for https://servicebus.azure.net/.default"]);
    assert!(authorization[0].is_sensitive());
    assert_eq!(headers[header::HOST], "daybook-7.servicebus.windows.net");
    assert_eq!(headers["brokerproperties"], r#"{"Label":"Z\u00e4hler"}"#);
}

#[tokio::test]
async fn a_token_is_asked_for_once_while_it_lasts() {
    let ask_twice = async |lifetime| {
        let client = counting(lifetime);
        client.headers(&request(URL)).await.unwrap();
        let second = client.headers(&request(URL)).await.unwrap();
        second[header::AUTHORIZATION].to_str().unwrap()["Bearer ".len()..][..7].to_owned()
    };
    assert_eq!(ask_twice(Duration::from_secs(3600)).await, "token 1");
    assert_eq!(ask_twice(Duration::from_secs(60)).await, "token 2");
}

#[test]
fn nothing_goes_to_another_host() {
    let client = counting(Duration::from_secs(3600));
    assert_eq!(client.target(&request(URL)).unwrap().as_str(), URL);
    let elsewhere = "https://daybook-7.servicebus.windows.net.evil.example/jobs/messages";
    assert!(client.target(&request(elsewhere)).is_err());
}

#[test]
fn a_request_that_waits_has_longer_than_its_wait() {
    let deadline = |url| deadline(&Url::parse(url).unwrap()).as_secs();
    assert_eq!(deadline("https://x/jobs/messages"), 30);
    assert_eq!(deadline("https://x/jobs/messages/head?timeout=5"), 20);
    assert_eq!(deadline("https://x/jobs/messages/head"), 75);
}
