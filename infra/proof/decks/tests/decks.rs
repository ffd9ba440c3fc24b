//! The slides, as the room sees them.

use std::fs;

use decks::{decks, folder, looked_at, node, slides_of};

#[tokio::test]
async fn everything_fits_on_every_page_and_can_be_read() {
    let findings = looked_at(&decks()).await;
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// Each page of this deck has one fault, which is named in its heading.
#[tokio::test]
async fn planted_faults_are_found() {
    let wide = format!("```text\n{}\n```", "x".repeat(120));
    let long = "A line.\n\n".repeat(30);
    let faults = [
        ("beyond the right margin", wide.as_str()),
        ("too low", &long),
        ("is not there", "![Nothing](diagrams/nothing.svg)"),
        ("has no description", "![](diagrams/flow.svg)"),
        ("px small", "<style scoped>p { font-size: 12px }</style>\n\ntiny"),
        ("has a contrast of", "<style scoped>p { color: #ccc }</style>\n\npale"),
        (
            "lie over each other",
            "<style scoped>p { margin-top: -60px !important }</style>\n\nUnder the heading.",
        ),
    ];
    let first = "---\nmarp: true\ntheme: daybook\nfooter: Faults\n---\n\n## None\n".to_owned();
    let planted = faults.map(|(fault, page)| format!("## {fault}\n\n{page}\n"));
    let far = "## host\n\n![Far](https://example.org/a.png)\n".to_owned();
    let pages: Vec<String> = [first].into_iter().chain(planted).chain([far]).collect();
    let deck = pages.join("\n---\n\n");
    let findings = looked_at(&[("1-faults.md".to_owned(), deck)]).await;
    if findings.is_empty() && std::env::var_os("CI").is_none() {
        return;
    }
    let of_page = |page: usize| {
        let page = format!("page {page}:");
        findings.iter().filter(move |finding| finding.contains(&page)).collect::<Vec<_>>()
    };
    assert!(of_page(1).is_empty(), "{:?}", of_page(1));
    for (index, (fault, _)) in faults.iter().enumerate() {
        let found = of_page(index + 2);
        assert!(found.iter().any(|finding| finding.contains(fault)), "{fault}: {found:?}");
    }
    assert!(findings.iter().any(|finding| finding.contains("another host")), "{findings:?}");
}

#[test]
fn every_page_says_what_to_say_and_every_deck_what_to_do_and_to_ask() {
    for (name, text) in decks() {
        let slides = slides_of(&text);
        for (index, slide) in slides.iter().enumerate() {
            assert!(slide.contains("<!--\nsay: "), "{name}, page {}: no `say:`", index + 1);
        }
        let with = |word: &str| slides.iter().filter(|slide| slide.contains(word)).count();
        assert!(with("\ndo: ") >= 2, "{name}: too little is done");
        assert!(with("\nask: ") * 2 > slides.len(), "{name}: too little is asked");
    }
}

#[test]
fn every_diagram_is_what_its_text_says_and_is_shown_somewhere() {
    let Some(compared) = node(&["diagrams/render.js", "--check"]) else { return };
    compared.unwrap_or_else(|said| panic!("{said}"));
    let decks = decks();
    for entry in fs::read_dir(folder().join("diagrams")).expect("the diagrams are there") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name in UTF-8");
        if let Some(name) = name.strip_suffix(".svg") {
            let shown =
                decks.iter().any(|(_, text)| text.contains(&format!("diagrams/{name}.svg")));
            assert!(shown, "no deck shows {name}.svg");
            assert!(folder().join(format!("diagrams/{name}.dot")).is_file(), "{name} has no text");
            readable(name);
        }
    }
}

/// Shown as wide as a page, its letters are those of the text around it; and it is seen at one glance.
fn readable(name: &str) {
    let picture = fs::read_to_string(folder().join(format!("diagrams/{name}.svg"))).expect("text");
    let width = picture.split_once("width=\"").and_then(|(_, rest)| rest.split_once("pt\""));
    let width: f64 = width.and_then(|(width, _)| width.parse().ok()).expect("a width in points");
    assert!(width <= 900.0, "{name} is {width} points wide: shorten its words or its arrows");
    let boxes = picture.matches("class=\"node\"").count();
    assert!(boxes <= 9, "{name} has {boxes} boxes: leave some out");
}
