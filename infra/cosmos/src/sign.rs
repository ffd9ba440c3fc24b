//! Signs each request as the service expects it.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::hmac::hmac_sha256;
use azure_core::http::headers::{AUTHORIZATION, MS_DATE};
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Method, Request};
use azure_core::time::{OffsetDateTime, to_rfc7231};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::credential::Credential;

const SCOPE: &str = "https://cosmos.azure.com/.default";

/// A per-try policy: the signature covers the date, so every attempt needs a fresh one.
#[derive(Debug)]
pub(crate) struct Sign {
    pub(crate) credential: Credential,
}

#[async_trait]
impl Policy for Sign {
    async fn send(
        &self,
        context: &Context,
        request: &mut Request,
        next: &[Arc<dyn Policy>],
    ) -> PolicyResult {
        let date = to_rfc7231(&OffsetDateTime::now_utc()).to_lowercase();
        // The kind tells the caller that nothing has been sent yet.
        let authorization = self.authorization(request, &date).await.map_err(|source| {
            azure_core::Error::with_error(ErrorKind::Credential, source, "cannot sign the request")
        })?;
        request.insert_header(MS_DATE, date);
        request.insert_header(AUTHORIZATION, authorization);
        next[0].send(context, request, &next[1..]).await
    }
}

impl Sign {
    async fn authorization(&self, request: &Request, date: &str) -> azure_core::Result<String> {
        let authorization = match &self.credential {
            Credential::Key(key) => {
                let text = string_to_sign(request.method(), request.url(), date);
                format!("type=master&ver=1.0&sig={}", hmac_sha256(&text, key)?)
            }
            Credential::Entra(identity) => {
                let token = identity.get_token(&[SCOPE], None).await?.token;
                format!("type=aad&ver=1.0&sig={}", token.secret())
            }
        };
        Ok(url::form_urlencoded::byte_serialize(authorization.as_bytes()).collect())
    }
}

/// `verb \n type \n link \n date \n \n`, where a path of odd depth names a feed, signed under its parent,
/// and one of even depth a resource, signed under itself.
fn string_to_sign(method: Method, url: &Url, date: &str) -> String {
    let verb = method.as_str().to_lowercase();
    let path: Vec<_> = url
        .path_segments()
        .into_iter()
        .flatten()
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy())
        .collect();
    let (kind, link) = match path.as_slice() {
        [parent @ .., kind] if path.len() % 2 == 1 => (kind.as_ref(), parent.join("/")),
        [.., kind, _] => (kind.as_ref(), path.join("/")),
        _ => ("", String::new()),
    };
    format!("{verb}\n{kind}\n{link}\n{date}\n\n")
}

#[cfg(test)]
mod tests {
    use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};

    use super::*;

    fn signed(method: Method, path: &str) -> String {
        let url = Url::parse("http://localhost:8081").unwrap();
        string_to_sign(method, &url.join(path).unwrap(), "date")
    }

    #[derive(Debug)]
    struct Someone;

    #[async_trait]
    impl TokenCredential for Someone {
        async fn get_token(
            &self,
            scopes: &[&str],
            _options: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            Ok(AccessToken::new(
                format!("token for {}", scopes.join(" ")),
                OffsetDateTime::UNIX_EPOCH,
            ))
        }
    }

    #[tokio::test]
    async fn an_entra_token_is_sent_for_the_service_s_scope() {
        let credential = Credential::Entra(Arc::new(Someone));
        let url = Url::parse("https://localhost/").unwrap();
        let request = Request::new(url, Method::Get);
        let header = Sign { credential }
            .authorization(&request, "date")
            .await
            .unwrap();
        assert_eq!(
            header,
            "type%3Daad%26ver%3D1.0%26sig%3Dtoken+for+https%3A%2F%2Fcosmos.azure.com%2F.default"
        );
    }

    #[test]
    fn the_account_is_signed_without_type_and_link() {
        assert_eq!(signed(Method::Get, "/"), "get\n\n\ndate\n\n");
    }

    #[test]
    fn a_feed_is_signed_under_its_parent() {
        assert_eq!(
            signed(Method::Post, "/dbs/daybook/colls/events/sprocs"),
            "post\nsprocs\ndbs/daybook/colls/events\ndate\n\n"
        );
        assert_eq!(signed(Method::Get, "/dbs"), "get\ndbs\n\ndate\n\n");
    }

    #[test]
    fn a_resource_is_signed_under_its_decoded_self() {
        assert_eq!(
            signed(Method::Put, "/dbs/my%20book/colls/events/sprocs/append"),
            "put\nsprocs\ndbs/my book/colls/events/sprocs/append\ndate\n\n"
        );
    }
}
