//! Which generation of a projection's views is live, and which one is being built beside it.

use serde::{Deserialize, Serialize};

use crate::documents::{Documents, Stored};
use crate::{Error, Projection};

/// The document that names a projection's live generation. Its id is the projection's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generations {
    /// The projection.
    pub id: String,
    /// The one that is read.
    pub live: Generation,
    /// The one that will be read once it has caught up.
    pub building: Option<Generation>,
    /// The numbers of those whose documents are still to be removed.
    pub retired: Vec<u32>,
}

/// All views of a projection, folded from the first event on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// Counts the generations of a projection, from 1.
    pub number: u32,
    /// The version of the projection that folds it.
    pub version: u32,
}

impl Generation {
    /// `<projection>@<number>`: the name of its processor, and what its views carry.
    #[must_use]
    pub fn name(self, projection: &str) -> String {
        generation_name(projection, self.number)
    }
}

/// `<projection>@<number>`, as it stands in documents and in the names of processors.
pub(crate) fn generation_name(projection: &str, number: u32) -> String {
    format!("{projection}@{number}")
}

impl Generations {
    /// The generations of a projection; the first one is made if there is none. A program with a newer version
    /// has the next one built; one with an older version leaves everything as it is.
    pub(crate) async fn find<P: Projection>(views: &impl Documents) -> Result<Self, Error> {
        loop {
            let Some(Stored { document, etag }) = views.read::<Self>(P::NAME).await? else {
                let new = Self::first::<P>();
                if views.create(P::NAME, &new).await?.is_some() {
                    return Ok(new);
                }
                continue;
            };
            let newest = document.building.unwrap_or(document.live).version;
            if newest >= P::VERSION {
                return Ok(document);
            }
            let next = document.built_anew(P::VERSION);
            if views.replace(P::NAME, &next, &etag).await?.is_some() {
                return Ok(next);
            }
        }
    }

    /// The names of all that have views: the live one, the one that is being built, and those that are still to be removed.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let folded = [Some(self.live), self.building].into_iter().flatten();
        let numbers = folded.map(|one| one.number).chain(self.retired.iter().copied());
        numbers.map(|number| generation_name(&self.id, number))
    }

    /// Those that this version of the projection folds.
    pub(crate) fn folded_by(&self, version: u32) -> impl Iterator<Item = Generation> {
        let all = [Some(self.live), self.building].into_iter().flatten();
        all.filter(move |generation| generation.version == version)
    }

    /// The next generation is built, in place of one that is being built.
    fn built_anew(&self, version: u32) -> Self {
        let number = self.building.unwrap_or(self.live).number + 1;
        let mut next = self.clone();
        next.retired.extend(self.building.map(|abandoned| abandoned.number));
        next.building = Some(Generation { number, version });
        next
    }

    /// The one that was built is live.
    pub(crate) fn switched(&self, built: Generation) -> Self {
        let mut next = self.clone();
        next.retired.push(self.live.number);
        next.live = built;
        next.building = None;
        next
    }

    fn first<P: Projection>() -> Self {
        let live = Generation { number: 1, version: P::VERSION };
        Self { id: P::NAME.to_owned(), live, building: None, retired: vec![] }
    }
}

/// Has the views of a projection built anew beside the live ones, by the program that runs it. While that goes on,
/// asking again changes nothing. Answers the generation that is being built.
///
/// # Errors
///
/// The documents fail, or no program has ever run the projection: `None`.
pub async fn rebuild(
    views: &impl Documents,
    projection: &str,
) -> Result<Option<Generation>, Error> {
    build(views, projection, false).await
}

/// As [`rebuild`], but one that is being built is given up for another: it may have read what is gone by now.
///
/// # Errors
///
/// As [`rebuild`].
pub async fn start_over(
    views: &impl Documents,
    projection: &str,
) -> Result<Option<Generation>, Error> {
    build(views, projection, true).await
}

async fn build(
    views: &impl Documents,
    projection: &str,
    start_over: bool,
) -> Result<Option<Generation>, Error> {
    loop {
        let Some(Stored { document, etag }) = views.read::<Generations>(projection).await? else {
            return Ok(None);
        };
        if document.building.is_some() && !start_over {
            return Ok(document.building);
        }
        let next = document.built_anew(document.live.version);
        if views.replace(projection, &next, &etag).await?.is_some() {
            return Ok(next.building);
        }
    }
}
