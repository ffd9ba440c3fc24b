//! What a processor does with a page. Folding views is one such thing; publishing is another.

use std::future::Future;

use crate::{Error, Page};

/// Does something with the pages of a feed.
///
/// It is told every page at least once, those of a lease in order. After a crash, or when a worker was so slow
/// that another one took over, it is told a page again, perhaps by two workers at the same time, always with
/// the same events under the same number.
pub trait Handler: Send + Sync + 'static {
    /// Handles a page. The processor goes on only when that is done.
    ///
    /// # Errors
    ///
    /// The page is tried again after a while, or, if that is useless ([`Error::halts`]), the lease halts.
    fn handle(&self, page: &Page) -> impl Future<Output = Result<(), Error>> + Send;
}
