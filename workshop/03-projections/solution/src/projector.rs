//! Runs projections: a processor for each generation, the switch to one that has caught up, and the removal of
//! what it replaces.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use event_store::EventStore;
use tokio::task::{JoinHandle, JoinSet};

use crate::documents::{Documents, Stored};
use crate::error::reasons;
use crate::feed::Feed;
use crate::generations::{Generation, Generations, generation_name};
use crate::lease::leases;
use crate::worker::Sources;
use crate::{Cut, Error, Folder, Options, Processor, Projection, Signals, Stop, Wake};

/// How often it is looked whether a generation has caught up, or another one is wanted.
const LOOK: Duration = Duration::from_secs(1);

/// The projections of a program.
pub struct Projector<S, F, D> {
    sources: Sources<S, F, D>,
    views: D,
    options: Options,
    stop: Stop,
    signals: Signals,
    wake: Wake,
    tasks: JoinSet<()>,
}

impl<S: EventStore + 'static, F: Feed, D: Documents> Projector<S, F, D> {
    /// Projects from these sources into these views. `wake` is told of appends in this process.
    #[must_use]
    pub fn new(sources: Sources<S, F, D>, views: D, wake: Wake, options: Options) -> Self {
        let (stop, signals) = Stop::new(&wake);
        Self { sources, views, options, stop, signals, wake, tasks: JoinSet::new() }
    }

    /// Runs a projection until [`stop`](Self::stop).
    #[must_use]
    pub fn with<P: Projection>(mut self) -> Self {
        let tender = Tender {
            sources: self.sources.clone(),
            views: self.views.clone(),
            options: self.options.clone(),
            wake: self.wake.clone(),
            running: HashMap::new(),
        };
        self.tasks.spawn(tender.tend::<P>(self.signals.clone()));
        self
    }

    /// Lets the workers finish the pages they are at and waits for them.
    pub async fn stop(mut self) {
        self.stop.stop();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Looks after one projection.
struct Tender<S, F, D> {
    sources: Sources<S, F, D>,
    views: D,
    options: Options,
    wake: Wake,
    /// The processors of this process, by the number of their generation.
    running: HashMap<u32, (Stop, JoinHandle<()>)>,
}

impl<S: EventStore + 'static, F: Feed, D: Documents> Tender<S, F, D> {
    async fn tend<P: Projection>(mut self, mut signals: Signals) {
        while !signals.stopping() {
            if let Err(error) = self.look::<P>().await {
                tracing::warn!(projection = P::NAME, error = reasons(&error), "trying again");
            }
            tokio::select! {
                () = signals.stopped() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        self.keep(&[]).await;
    }

    /// Does what is to be done now.
    async fn look<P: Projection>(&mut self) -> Result<(), Error> {
        let generations = Generations::find::<P>(&self.views).await?;
        let ours: Vec<_> = generations.folded_by(P::VERSION).collect();
        for generation in &ours {
            self.run::<P>(*generation);
        }
        self.keep(&ours).await;
        if let Some(built) = generations.building.filter(|built| ours.contains(built))
            && self.has_caught_up(&generation_name(P::NAME, built.number)).await?
        {
            self.switch::<P>(built).await?;
        }
        for number in generations.retired {
            self.remove::<P>(number).await?;
        }
        Ok(())
    }

    /// Runs the processor of a generation, if it does not run.
    fn run<P: Projection>(&mut self, Generation { number, .. }: Generation) {
        self.running.entry(number).or_insert_with(|| {
            let folder = Arc::new(Folder::<P, D>::new(self.views.clone(), number));
            let (name, sources) = (folder.name().to_owned(), self.sources.clone());
            let processor = Processor::new(&name, sources, folder, self.options.clone());
            let (stop, signals) = Stop::new(&self.wake);
            (stop, tokio::spawn(processor.run(signals)))
        });
    }

    /// Ends the processors of all other generations.
    async fn keep(&mut self, generations: &[Generation]) {
        let kept = |number: &u32| generations.iter().any(|kept| kept.number == *number);
        let ended: Vec<_> = self.running.extract_if(|number, _| !kept(number)).collect();
        for (_, (stop, processor)) in ended {
            stop.stop();
            // A processor that panicked has ended, too.
            let _ = processor.await;
        }
    }

    /// Whether all leases of a processor have been at the end of the feed.
    async fn has_caught_up(&self, processor: &str) -> Result<bool, Error> {
        let leases = leases(&self.sources.leases, processor).await?;
        Ok(!leases.is_empty() && leases.iter().all(|lease| lease.caught_up))
    }

    async fn switch<P: Projection>(&self, built: Generation) -> Result<(), Error> {
        let read = self.views.read::<Generations>(P::NAME).await?;
        if let Some(Stored { document, etag }) = read
            && document.building == Some(built)
        {
            self.views.replace(P::NAME, &document.switched(built), &etag).await?;
            tracing::info!(projection = P::NAME, generation = built.number, "live");
        }
        Ok(())
    }

    /// Removes what is left of a generation. The leases go first: without them no worker folds any more. The cut
    /// stays, marked, so that a process that has not noticed yet does not begin anew.
    async fn remove<P: Projection>(&self, number: u32) -> Result<(), Error> {
        let name = generation_name(P::NAME, number);
        let leases = &self.sources.leases;
        if let Some(Stored { document, etag }) = leases.read::<Cut>(&name).await? {
            leases.replace(&name, &Cut { retired: true, ..document.clone() }, &etag).await?;
            for id in document.lease_ids() {
                leases.remove(&id).await?;
            }
        }
        for id in self.views.ids(&format!("{name}:")).await? {
            self.views.remove(&id).await?;
        }
        let read = self.views.read::<Generations>(P::NAME).await?;
        if let Some(Stored { mut document, etag }) = read {
            document.retired.retain(|retired| *retired != number);
            self.views.replace(P::NAME, &document, &etag).await?;
        }
        Ok(())
    }
}
