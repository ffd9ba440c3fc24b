//! The kit's one picture: command, stream, change feed, views and bus, consumers.

use askama::Template;

/// A box of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// What has come by, such as `36 events`.
    pub counter: String,
    /// What that is counted over, or what is still missing.
    pub note: String,
    /// Its page, if it has one.
    pub page: Option<String>,
}

/// All boxes of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the box of that name")]
pub struct Stations {
    pub commands: Station,
    pub streams: Station,
    pub feed: Station,
    pub views: Station,
    pub bus: Station,
    pub consumers: Station,
}

/// The picture, drawn twice: from left to right, and for narrow screens from top to bottom.
#[derive(Template)]
#[template(path = "parts/flow.html")]
pub struct Flow {
    pictures: [Picture; 2],
}

struct Picture {
    class: &'static str,
    size: [u16; 2],
    boxes: Vec<Placed>,
    /// From where to where.
    arrows: [[u16; 4]; 5],
}

struct Placed {
    name: &'static str,
    /// The class of its ink, and its mark.
    ink: &'static str,
    at: [u16; 2],
    station: Station,
}

/// The names and inks of the boxes, in the order of [`Stations`].
const NAMES: [(&str, &str); 6] = [
    ("Commands", "plain"),
    ("Streams", "events"),
    ("Change feed", "events"),
    ("Views", "views"),
    ("Bus", "messages"),
    ("Consumers", "plain"),
];

const WIDE: [[u16; 2]; 6] = [[2, 78], [208, 78], [414, 78], [620, 2], [620, 154], [826, 154]];
const WIDE_ARROWS: [[u16; 4]; 5] = [
    [164, 116, 203, 116],
    [370, 116, 409, 116],
    [576, 106, 615, 60],
    [576, 126, 615, 172],
    [782, 192, 821, 192],
];

const TALL: [[u16; 2]; 6] = [[89, 2], [89, 112], [89, 222], [2, 332], [176, 332], [176, 442]];
const TALL_ARROWS: [[u16; 4]; 5] = [
    [170, 78, 170, 107],
    [170, 188, 170, 217],
    [140, 298, 100, 327],
    [200, 298, 240, 327],
    [257, 408, 257, 437],
];

impl Flow {
    /// Draws the picture.
    #[must_use]
    pub fn new(stations: &Stations) -> Self {
        let Stations { commands, streams, feed, views, bus, consumers } = stations;
        let all = [commands, streams, feed, views, bus, consumers];
        let picture = |class, size, places: [[u16; 2]; 6], arrows| {
            let boxes = all.into_iter().zip(NAMES).zip(places);
            let boxes = boxes.map(|((station, (name, ink)), at)| Placed {
                name,
                ink,
                at,
                station: station.clone(),
            });
            Picture { class, size, boxes: boxes.collect(), arrows }
        };
        Self {
            pictures: [
                picture("wide-flow", [992, 234], WIDE, WIDE_ARROWS),
                picture("tall-flow", [342, 522], TALL, TALL_ARROWS),
            ],
        }
    }
}
