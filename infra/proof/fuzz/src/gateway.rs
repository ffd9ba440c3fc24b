//! Any bytes as requests, one after the other on the same server.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, Uri};
use cosmos_local::fuzzing::Door;

/// Requests made of one input.
const REQUESTS: usize = 12;

/// What paths are made of, so that resources are met.
const SEGMENTS: [&str; 16] = [
    "dbs", "d", "colls", "c", "docs", "i", "sprocs", "s", "pkranges", "offers", "_admin", "split",
    "faults", "users", "%ff", "",
];

const HEADERS: [&str; 20] = [
    "x-ms-documentdb-partitionkey",
    "x-ms-documentdb-isquery",
    "x-ms-documentdb-is-upsert",
    "x-ms-cosmos-is-batch-request",
    "x-ms-cosmos-batch-atomic",
    "x-ms-cosmos-is-query-plan-request",
    "x-ms-max-item-count",
    "x-ms-continuation",
    "x-ms-session-token",
    "a-im",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "prefer",
    "x-ms-documentdb-partitionkeyrangeid",
    "x-ms-start-epk",
    "x-ms-end-epk",
    "x-ms-read-key-type",
    "x-ms-offer-throughput",
    "x-ms-cosmos-changefeed-wire-format-version",
];

const VALUES: [&str; 14] = [
    "[\"p\"]",
    "[]",
    "[{}]",
    "True",
    "1",
    "-1",
    "*",
    "\"etag\"",
    "Incremental Feed",
    "Full-Fidelity Feed",
    "return=minimal",
    "0",
    "3A",
    "EffectivePartitionKeyRange",
];

const BODIES: [&str; 12] = [
    "",
    "{}",
    "[]",
    "{\"id\":\"d\"}",
    "{\"id\":\"c\",\"partitionKey\":{\"paths\":[\"/pk\"]}}",
    "{\"id\":\"i\",\"pk\":\"p\",\"n\":1}",
    "{\"query\":\"SELECT * FROM c\"}",
    "{\"operations\":[{\"op\":\"incr\",\"path\":\"/n\",\"value\":1}]}",
    "[{\"operationType\":\"Create\",\"resourceBody\":{\"id\":\"i\",\"pk\":\"p\"}}]",
    "{\"id\":\"s\",\"body\":\"function () { getContext().getResponse().setBody(1); }\"}",
    "{\"query\":\"SELECT c.n, COUNT(1) FROM c GROUP BY c.n\",\"parameters\":[]}",
    "{\"id\":\"c\",\"partitionKey\":{\"paths\":[\"/a\",\"/b\"],\"kind\":\"MultiHash\"},\"defaultTtl\":1}",
];

/// Every request is answered, and never as a defect.
///
/// # Panics
///
/// When one is not.
pub fn gateway(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime can be made");
    let door = Door::open().expect("storage in memory can be made");
    let mut source = Source(bytes);
    runtime.block_on(async {
        for path in ["/dbs", "/dbs/d/colls"] {
            let body = if path == "/dbs" { BODIES[3] } else { BODIES[4] };
            let request = Request::post(path).header("authorization", TOKEN).body(body.into());
            door.answer(request.expect("it is a request")).await;
        }
        for _ in 0..REQUESTS {
            let Some(request) = request(&mut source) else {
                continue;
            };
            let told = format!("{request:?}");
            let answer = door.answer(request).await;
            let status = answer.status().as_u16();
            assert!(status < 500 || status == 501, "{status} to {told}");
        }
    });
}

const TOKEN: &str = "type%3Daad%26ver%3D1.0%26sig%3Dtoken";

/// The bytes that decide; nought when they are used up.
struct Source<'a>(&'a [u8]);

impl<'a> Source<'a> {
    fn byte(&mut self) -> usize {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        usize::from(*first)
    }

    /// One of a list, or, now and then, bytes of one's own.
    fn word<const N: usize>(&mut self, known: &[&'static str; N]) -> Vec<u8> {
        match self.byte() {
            choice if choice < 240 => known[choice % N].as_bytes().to_vec(),
            choice => self.take((choice - 239) * 3).to_vec(),
        }
    }

    fn take(&mut self, most: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        taken
    }
}

fn request(source: &mut Source<'_>) -> Option<Request<Body>> {
    const METHODS: [Method; 6] =
        [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    let method = METHODS[source.byte() % METHODS.len()].clone();
    // The way to the items is the way to most.
    let mut path = if source.byte() < 200 { b"/dbs/d/colls/c".to_vec() } else { Vec::new() };
    for _ in 0..source.byte() % 5 {
        path.push(b'/');
        path.extend(source.word(&SEGMENTS));
    }
    let uri = Uri::try_from(path.as_slice()).ok()?;
    let mut request = Request::new(Body::empty());
    (*request.method_mut(), *request.uri_mut()) = (method, uri);
    let headers = request.headers_mut();
    headers.insert("authorization", HeaderValue::from_static(TOKEN));
    headers.insert("x-ms-documentdb-partitionkey", HeaderValue::from_static("[\"p\"]"));
    for _ in 0..source.byte() % 5 {
        let name = HeaderName::from_bytes(&source.word(&HEADERS)).ok()?;
        headers.insert(name, HeaderValue::from_bytes(&source.word(&VALUES)).ok()?);
    }
    *request.body_mut() = Body::from(source.word(&BODIES));
    Some(request)
}
