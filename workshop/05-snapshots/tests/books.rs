//! The readings of a meter in a stream for each year.

use std::collections::BTreeMap;
use std::sync::Arc;

use aggregates::readings::Day;
use aggregates::{ExecuteError, Folded, Repository, encode};
use event_store::{
    AppendError, EventId, EventStore, Expected, Metadata, NewEvent, Range, RecordedEvent, Sealing,
    Version,
};
use snapshots_checks::Cached;
use snapshots_checks::books::{TurnError, Turned, across, as_of, turn};
use snapshots_checks::place::Place;
use snapshots_checks::words::{district, sent, sent_at};
use snapshots_checks::year::{Carried, Command, Event, Rejection, Year, YearId, daily_totals};
use snapshots_checks::years::{DEC_30, DEC_31, JAN_1, carried, collect, day_total, opened};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

const IN_2020: OffsetDateTime = datetime!(2020-12-31 12:00 UTC);
const IN_2021: OffsetDateTime = datetime!(2021-01-01 09:00 UTC);
const LATER: OffsetDateTime = datetime!(2021-02-01 09:00 UTC);

/// Each way of appending, with a year that has two days.
async fn two_days() -> [Books; 2] {
    let place = Place::new().await;
    let ways = [("procedure", Arc::clone(&place.store)), ("batch", Arc::clone(&place.batch))];
    let [one, other] = ways.map(|(name, store)| Books::new(name, store));
    // Two meters, so that the two do not meet.
    for books in [&one, &other] {
        let id = books.year(2020);
        books.must(&id, id.open(district())).await;
        books.must(&id, collect(DEC_30)).await;
        books.must(&id, collect(DEC_31)).await;
    }
    [one, other]
}

type Store = event_store::CosmosEventStore;
type Years = Repository<Store, Year, Cached<Folded<Store>, Year>>;

struct Books {
    name: &'static str,
    store: Arc<Store>,
    years: Years,
}

impl Books {
    fn new(name: &'static str, store: Arc<Store>) -> Self {
        let states = Cached::new(Folded::new(Arc::clone(&store)), 10);
        let years = Repository::with_states(Arc::clone(&store), states);
        Self { name, store, years }
    }

    fn year(&self, year: u16) -> YearId {
        let meter = aggregates::registration::MeterId::parse(self.name).expect("a plain name");
        YearId::new(meter, year).expect("a year of four digits")
    }

    /// Carries out a command that no rule is against, given when its day is over.
    async fn must(&self, id: &YearId, command: Command) -> Version {
        let (name, time) = match &command {
            Command::Collect(Day { date, .. }) => {
                (date.to_string(), date.midnight() + time::Duration::DAY)
            }
            _ => ("open".to_owned(), DEC_30.midnight()),
        };
        let context = sent_at(&name, time.assume_utc());
        let done = self.years.execute(id, command, &context).await;
        done.unwrap_or_else(|error| panic!("{}: {error}", self.name)).version
    }

    async fn turn(
        &self,
        at: OffsetDateTime,
    ) -> Result<Turned, TurnError<Rejection, event_store::StoreError>> {
        turn::<Year, _>(&*self.store, &self.year(2020), &sent_at("turn", at)).await
    }

    async fn events(&self, year: u16) -> Vec<RecordedEvent> {
        let stream = format!("readings:{}", self.year(year)).parse().expect("a name");
        self.store.load(&stream, Range::all()).await.expect("it can be read").events
    }

    async fn kinds(&self, year: u16) -> Vec<String> {
        self.events(year).await.iter().map(|event| event.event.kind().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_year_is_closed_and_the_next_opens_with_what_is_carried_forward() {
    for books in two_days().await {
        let turned = books.turn(IN_2021).await.expect("2020 is over");
        assert_eq!(turned.closed.to_string(), format!("readings:{}:2020", books.name));
        assert_eq!(turned.opened.to_string(), format!("readings:{}:2021", books.name));
        assert_eq!(turned.at, Version(4));
        let events = books.events(2021).await;
        let (kind, data) = encode(&opened(2021, carried())).expect("it can be written");
        assert_eq!((events[0].event.kind(), events[0].event.data().get()), (kind, data.get()));
        books.must(&books.year(2021), collect(JAN_1)).await;
        let both = [books.year(2020), books.year(2021)];
        let year = as_of::<Year, _>(&*books.store, &both, LATER).await.expect("readable");
        let carries = year.aggregate.carries();
        let total = carried().total + day_total(JAN_1);
        assert_eq!(carries, Carried { total, days: 3, latest: Some(JAN_1) }, "{}", books.name);
    }
}

#[tokio::test]
async fn turning_again_changes_nothing() {
    for books in two_days().await {
        let first = books.turn(IN_2021).await.expect("2020 is over");
        books.must(&books.year(2021), collect(JAN_1)).await;
        assert_eq!(books.turn(LATER).await.expect("it is done already"), first);
        assert_eq!(books.kinds(2020).await.len(), 4, "{}", books.name);
        assert_eq!(books.kinds(2021).await, ["YearOpened", "MeterReadingsCollected"]);
    }
}

#[tokio::test]
async fn a_year_that_is_not_over_or_not_open_is_not_closed() {
    for books in two_days().await {
        let early = books.turn(IN_2020).await;
        assert!(matches!(early, Err(TurnError::Rejected(Rejection::NotOver(2020)))), "{early:?}");
        let id = books.year(2022);
        let none = turn::<Year, _>(&*books.store, &id, &sent_at("turn", LATER)).await;
        assert!(matches!(none, Err(TurnError::Rejected(Rejection::NotOpen))), "{none:?}");
        assert_eq!(books.kinds(2020).await.len(), 3, "{}", books.name);
    }
}

#[tokio::test]
async fn after_a_crash_between_closing_and_opening_turning_again_opens() {
    for books in two_days().await {
        // As `turn` does it, up to the crash.
        let stream = format!("readings:{}", books.year(2020)).parse().expect("a name");
        let (kind, data) = encode(&Event::YearClosed { carried: carried() }).expect("plain");
        let last = NewEvent::new(EventId::from("crashed"), kind, &data, Metadata::at(IN_2021));
        let last = last.expect("it can be stored");
        books.store.close(&stream, Expected::Exact(Version(3)), last).await.expect("it is open");
        assert!(books.kinds(2021).await.is_empty());

        let turned = books.turn(LATER).await.expect("it is finished");
        assert_eq!(turned.at, Version(4), "{}", books.name);
        assert_eq!(books.kinds(2021).await, ["YearOpened"], "{}", books.name);
        assert_eq!(books.kinds(2020).await.len(), 4, "it is closed once");
    }
}

#[tokio::test]
async fn a_next_year_that_somebody_began_otherwise_is_told() {
    for books in two_days().await {
        let id = books.year(2021);
        books.must(&id, id.open(district())).await;
        let turned = books.turn(IN_2021).await;
        assert!(matches!(turned, Err(TurnError::OpenedOtherwise(_))), "{turned:?}");
    }
}

#[tokio::test]
async fn a_late_reading_is_refused_also_by_a_process_that_believes_the_year_is_open() {
    for books in two_days().await {
        // The state in its memory is from before the closing, and only the append finds out.
        books.turn(IN_2021).await.expect("2020 is over");
        let id = books.year(2020);
        let zeros = Day::new(date!(2020 - 12 - 29), vec![0; 96]).expect("96 readings");
        let late = books.years.execute(&id, Command::Collect(zeros), &sent("late")).await;
        let refused = matches!(late, Err(ExecuteError::Rejected(Rejection::Closed(2020))));
        assert!(refused, "{}: {:?}", books.name, late.map(|done| done.version));
        assert_eq!(books.kinds(2020).await.len(), 4);
    }
}

#[tokio::test]
async fn a_stream_that_was_sealed_without_a_word_of_its_own_says_that_it_ended() {
    for books in two_days().await {
        let stream = format!("readings:{}", books.year(2020)).parse().expect("a name");
        books.store.delete(&stream, Metadata::at(IN_2021)).await.expect("it can be deleted");
        let late = collect(date!(2020 - 12 - 29));
        let late = books.years.execute(&books.year(2020), late, &sent("late")).await;
        let sealed =
            matches!(late, Err(ExecuteError::Append(AppendError::Sealed { at: Version(3) })));
        assert!(sealed, "{}: {:?}", books.name, late.map(|done| done.version));
    }
}

#[tokio::test]
async fn the_state_as_of_a_time_is_that_of_the_year_that_was_open_then() {
    for books in two_days().await {
        books.turn(IN_2021).await.expect("2020 is over");
        books.must(&books.year(2021), collect(JAN_1)).await;
        let both = [books.year(2020), books.year(2021)];
        let times = [
            (datetime!(2019-06-01 00:00 UTC), None, 0),
            (datetime!(2020-12-31 12:00 UTC), Some(DEC_30), 1),
            (datetime!(2021-01-01 08:59 UTC), Some(DEC_31), 2),
            (IN_2021, Some(DEC_31), 2),
            (LATER, Some(JAN_1), 3),
        ];
        for (at, latest, days) in times {
            let state = as_of::<Year, _>(&*books.store, &both, at).await.expect("readable");
            let carries = state.aggregate.carries();
            assert_eq!((carries.latest, carries.days), (latest, days), "{} at {at}", books.name);
        }
    }
}

#[tokio::test]
async fn the_days_of_both_years_are_one_history() {
    for books in two_days().await {
        books.turn(IN_2021).await.expect("2020 is over");
        books.must(&books.year(2021), collect(JAN_1)).await;
        let both = [books.year(2020), books.year(2021)];
        let days = |dates: &[Date]| -> BTreeMap<_, _> {
            dates.iter().map(|date| (*date, day_total(*date))).collect()
        };
        for (at, expected) in [
            (None, days(&[DEC_30, DEC_31, JAN_1])),
            (Some(IN_2020), days(&[DEC_30])),
            (Some(IN_2021), days(&[DEC_30, DEC_31])),
        ] {
            let events = across::<Year, _>(&*books.store, &both, at).await.expect("readable");
            let totals = daily_totals(&events).expect("every event is known");
            assert_eq!(totals, expected, "{} at {at:?}", books.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_race_of_readings_with_the_closing_loses_nothing() {
    for books in two_days().await {
        let other = Books::new(books.name, Arc::clone(&books.store));
        let id = books.year(2020);
        let writing = async {
            let mut taken = vec![DEC_30, DEC_31];
            for day in 1..=10 {
                let date = Date::from_ordinal_date(2020, day).expect("a day of 2020");
                let context = sent(&date.to_string());
                match other.years.execute(&id, collect(date), &context).await {
                    Ok(_) => taken.push(date),
                    Err(ExecuteError::Rejected(Rejection::Closed(2020))) => {}
                    Err(error) => panic!("{}: {error}", books.name),
                }
            }
            taken
        };
        let (taken, turned) = tokio::join!(writing, books.turn(IN_2021));
        turned.expect("it is closed in the end");
        let closed = books.events(2020).await;
        let totals = daily_totals(&closed).expect("every event is known");
        assert!(totals.keys().eq(taken.iter().collect::<std::collections::BTreeSet<_>>()));
        let year = as_of::<Year, _>(&*books.store, &[books.year(2021)], LATER).await;
        let carries = year.expect("readable").aggregate.carries();
        assert_eq!(carries.total, totals.values().sum::<u64>(), "{}: all is carried", books.name);
        assert_eq!(carries.days as usize, totals.len(), "{}", books.name);
    }
}
