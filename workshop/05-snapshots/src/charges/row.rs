//! A command, and what it took.

/// How the state is had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strategy {
    /// Not at all: documents are created, and nobody decides.
    #[default]
    Floor,
    /// All events are read.
    Replay,
    /// The snapshot is read, and the events behind it.
    Snapshot,
    /// It is in memory.
    Cached,
}

/// How events are appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By stored procedure.
    Procedure,
    /// By transactional batch.
    Batch,
}

/// A command on a stream of `length` events or a few more, that appends `events`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Row {
    /// How long the stream was at first.
    pub length: usize,
    /// How many events are appended.
    pub events: usize,
    /// How the state is had.
    pub strategy: Strategy,
    /// How they are appended; the floor has no way.
    pub way: Option<Way>,
    /// Requests that were sent.
    pub trips: u32,
    /// Documents read by their ids, outside of an append.
    pub point_reads: u32,
    /// Pages of queries.
    pub pages: u32,
    /// The events on them.
    pub events_read: usize,
    /// Documents created one by one.
    pub creates: u32,
    /// Request units, by the formulas.
    pub model: f64,
    /// Request units, as the answers said. Those of a Cosmos DB on this machine are a model's, too.
    pub measured: f64,
    /// How long it took on this machine.
    pub milliseconds: f64,
}

impl Strategy {
    /// What the table calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Replay => "replay all",
            Self::Snapshot => "snapshot + tail",
            Self::Cached => "cached",
        }
    }
}

impl Row {
    /// What was asked of Cosmos DB.
    #[must_use]
    pub fn operations(&self) -> String {
        let mut all = Vec::new();
        if self.point_reads > 0 {
            all.push("1 read".to_owned());
        }
        if self.pages > 0 {
            let pages = if self.pages == 1 { "page" } else { "pages" };
            all.push(format!("{} {pages} ({} events)", self.pages, self.events_read));
        }
        if self.creates > 0 {
            let creates = if self.creates == 1 { "create" } else { "creates" };
            all.push(format!("{} {creates}", self.creates));
        }
        if self.way.is_some() {
            all.push("append".to_owned());
        }
        all.join(", ")
    }
}
