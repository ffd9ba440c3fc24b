//! The change feed of the container `events`, by the SDK, which follows partition splits inside a range.

use std::num::NonZeroU32;

use azure_data_cosmos::clients::ContainerClient;
use azure_data_cosmos::feed::{
    ChangeFeedPageIterator, ContinuationToken, FeedPage as SdkPage, FeedRange,
};
use azure_data_cosmos::models::{ChangeFeedItem, ContainerProperties, PartitionKeyDefinition};
use azure_data_cosmos::options::{ChangeFeedOptions, ChangeFeedStartFrom, MaxItemCountHint};
use azure_data_cosmos::{CosmosError, FeedScope};
use cosmos::Cosmos;
use event_store::{EVENTS, EventDocument, RecordedEvent, StreamId};
use futures::TryStreamExt;
use serde_json::json;

use crate::feed::{Continuation, Feed, FeedPage, From, HashRange, Reached, Reader, Start};
use crate::{Error, sdk};

/// A page as the SDK gives it.
type Page = SdkPage<ChangeFeedItem<EventDocument>>;

/// Hashes of partition keys lie below this, in their first byte: the two highest bits are not used.
const HASHES_END: usize = 0x40;

/// The change feed of the events. Cheap to clone.
#[derive(Clone)]
pub struct CosmosFeed {
    container: ContainerClient,
    /// An embedded Cosmos DB runs as long as somebody holds this.
    _cosmos: Cosmos,
}

/// Reads one range of it.
pub struct CosmosReader {
    container: ContainerClient,
    range: FeedRange,
    pages: ChangeFeedPageIterator<ChangeFeedItem<EventDocument>>,
    /// How many pages in a row were empty, and of how many physical partitions.
    quiet: (usize, usize),
}

impl CosmosFeed {
    /// Opens the feed.
    ///
    /// # Errors
    ///
    /// The container `events` does not exist: provision it first.
    pub async fn open(cosmos: &Cosmos) -> Result<Self, cosmos::Error> {
        Ok(Self { container: cosmos.container(EVENTS.name).await?, _cosmos: cosmos.clone() })
    }
}

impl Feed for CosmosFeed {
    type Reader = CosmosReader;

    /// The resource id of the container: one that was restored or created again has another.
    async fn origin(&self) -> Result<String, Error> {
        let read = async { self.container.read(None).await?.into_model() };
        let found: ContainerProperties = read.await.map_err(|error| sdk::error("events", error))?;
        Ok(found.system_properties.resource_id.unwrap_or_default())
    }

    async fn ranges(&self, at_least: usize) -> Result<Vec<HashRange>, Error> {
        let physical = self.container.read_feed_ranges(None).await.map_err(failed)?;
        if physical.len() >= at_least {
            return physical.iter().map(HashRange::of).collect();
        }
        Ok(even(at_least))
    }

    async fn holds(&self, range: &HashRange, stream: &StreamId) -> Result<bool, Error> {
        let range = range.sdk()?;
        let definition = PartitionKeyDefinition::from(EVENTS.partition_key);
        let hash = FeedRange::for_partition(stream.to_string().into(), &definition);
        let hash = hash.min_inclusive();
        Ok(range.min_inclusive() <= hash && hash < range.max_exclusive())
    }

    async fn open(
        &self,
        range: &HashRange,
        from: From<'_>,
        limit: u32,
    ) -> Result<CosmosReader, Error> {
        let range = range.sdk()?;
        let mut options = ChangeFeedOptions::default();
        if let Some(limit) = NonZeroU32::new(limit) {
            options = options.with_max_item_count(MaxItemCountHint::Limit(limit));
        }
        let start = match from {
            From::Start(Start::Beginning) => ChangeFeedStartFrom::Beginning,
            From::Start(Start::At(time)) => ChangeFeedStartFrom::PointInTime(time),
            From::After(Continuation(token)) => {
                options =
                    options.with_continuation_token(ContinuationToken::from_string(token.clone()));
                ChangeFeedStartFrom::Beginning
            }
        };
        let scope = FeedScope::range(range.clone());
        let pages = self.container.query_change_feed(scope, start, Some(options)).await;
        let container = self.container.clone();
        Ok(CosmosReader { container, range, pages: pages.map_err(failed)?, quiet: (0, 0) })
    }
}

impl Reader for CosmosReader {
    async fn next(&mut self) -> Result<FeedPage, Error> {
        let page = self.pages.try_next().await.map_err(failed)?;
        let page =
            page.ok_or_else(|| Error::failed("the change feed ended, which it never does"))?;
        let next = self.pages.to_continuation_token().map_err(failed)?;
        let end = end(&page);
        let reached = reached(&page, end.clone());
        let caught_up = self.is_quiet(page.items().is_empty()).await?;
        let events = page.into_items().iter().filter_map(event).collect();
        Ok(FeedPage {
            events,
            next: Continuation(next.as_str().to_owned()),
            caught_up,
            reached,
            end: end.map(|end| end.lsn),
        })
    }
}

impl CosmosReader {
    /// Whether every physical partition of the range has said, one after the other, that there is nothing: the
    /// SDK asks them in turn.
    async fn is_quiet(&mut self, empty: bool) -> Result<bool, Error> {
        if !empty {
            self.quiet.0 = 0;
            return Ok(false);
        }
        let physical = self.container.read_feed_ranges(None).await.map_err(failed)?;
        let ours = physical.iter().filter(|range| range.overlaps(&self.range)).count();
        let before = if self.quiet.1 == ours { self.quiet.0 } else { 0 };
        self.quiet = (before + 1, ours);
        Ok(self.quiet.0 >= ours)
    }
}

impl HashRange {
    fn of(range: &FeedRange) -> Result<Self, Error> {
        let text = serde_json::to_value(range).map_err(Error::failed)?;
        serde_json::from_value(text["Range"].clone()).map_err(Error::failed)
    }

    fn sdk(&self) -> Result<FeedRange, Error> {
        let Self { min, max } = self;
        let range =
            json!({ "min": min, "max": max, "isMinInclusive": true, "isMaxInclusive": false });
        serde_json::from_value(json!({ "Range": range })).map_err(Error::failed)
    }
}

/// Cuts the space of hashes into even parts.
fn even(parts: usize) -> Vec<HashRange> {
    let parts = parts.clamp(1, HASHES_END);
    let cut = |part: usize| match part {
        0 => String::new(),
        part if part == parts => "FF".to_owned(),
        part => format!("{:02X}", HASHES_END * part / parts),
    };
    (0..parts).map(|part| HashRange { min: cut(part), max: cut(part + 1) }).collect()
}

/// The event in an item; the store's own documents are none.
fn event(item: &ChangeFeedItem<EventDocument>) -> Option<RecordedEvent> {
    let document = item.current()?;
    (!document.kind.starts_with('$')).then(|| document.clone().into())
}

/// How far the page reaches: to its last item, or, if it is empty, to the end.
///
/// The session token of a page with items says where the partition ends, not where the page does.
fn reached(page: &Page, end: Option<Reached>) -> Option<Reached> {
    if page.items().is_empty() {
        return end;
    }
    let last =
        page.items().iter().filter_map(|item| Some(item.metadata()?.lsn()?.value())).max()?;
    Some(Reached { partition: end?.partition, lsn: last.try_into().ok()? })
}

/// Where the physical partition ends that the page is of: `<partition>:<version>#<lsn>…`.
fn end(page: &Page) -> Option<Reached> {
    let token = page.headers().session_token()?.as_str();
    let (partition, place) = token.split_once(':')?;
    let lsn = place.split('#').nth(1)?.parse().ok()?;
    Some(Reached { partition: partition.to_owned(), lsn })
}

/// A place that the feed does not know means another container under the same name.
fn failed(error: CosmosError) -> Error {
    if error.status().is_bad_request() || error.status().is_not_found() {
        return Error::FeedLost(error.into());
    }
    sdk::error("events", error)
}
