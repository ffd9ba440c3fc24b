//! The table of features in the README is what the suites declare: a line `Feature: <name>` in a comment above a test
//! says what it shows, `Missing: <name>` that it shows the refusal. A name is the official documentation's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A feature, and what is known of the two official emulators; `-` where nothing is.
struct Row {
    name: &'static str,
    classic: &'static str,
    vnext: &'static str,
}

const fn row(name: &'static str, classic: &'static str, vnext: &'static str) -> Row {
    Row { name, classic, vnext }
}

const ROWS: [Row; 34] = [
    row("Point reads and writes", "-", "text bodies alone (azure-sdk-for-rust#5240)"),
    row(
        "Optimistic concurrency control (ETags)",
        "-",
        "a read with If-None-Match answers 200 (#349)",
    ),
    row("Partial document update (patch)", "-", "-"),
    row(
        "Transactional batch",
        "-",
        "a stale If-Match succeeds (#302), concurrent ones commit in part (#303), no limits (#292)",
    ),
    row("Bulk operations", "-", "-"),
    row("Time to live (TTL)", "-", "-"),
    row("Unique key constraints", "-", "-"),
    row("Hierarchical partition keys", "-", "yes, a query by a prefix finds too much (#290)"),
    row("Stored procedures", "yes", "no, not planned (#294)"),
    row("Triggers", "-", "no, not planned (#294)"),
    row("User-defined functions (UDFs)", "-", "no, not planned (#294)"),
    row("Parameterized queries", "-", "-"),
    row("Cross-partition queries", "-", "-"),
    row("ORDER BY, OFFSET LIMIT, TOP, DISTINCT", "-", "-"),
    row("GROUP BY and aggregate functions", "-", "-"),
    row("Self-joins (JOIN) and subqueries", "-", "-"),
    row("System functions", "-", "-"),
    row("Pagination with continuation tokens", "-", "-"),
    row("Vector search", "-", "-"),
    row("Full-text search", "-", "-"),
    row("Geospatial queries", "-", "-"),
    row("Change feed, latest version mode", "yes", "yes"),
    row("Change feed, all versions and deletes mode", "with a retention", "no (#334)"),
    row("Feed ranges", "-", "-"),
    row("Session consistency", "-", "-"),
    row("Request unit charges", "yes", "no"),
    row("Provisioned and autoscale throughput", "-", "-"),
    row("Rate limiting (429)", "-", "-"),
    row("Account keys, enforced", "yes", "no"),
    row("Indexing policy", "-", "no"),
    row("Data persistence", "yes", "yes"),
    row("Partition splits by order", "-", "-"),
    row("Fault injection", "-", "-"),
    row("Users and permissions", "-", "-"),
];

const BEGIN: &str = "<!-- features: made by tests/features.rs -->\n";
const END: &str = "<!-- end of features -->";

/// The suites, by whose client they go through.
fn suites() -> Vec<(&'static str, PathBuf)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let clients = here.join("../proof/clients");
    let mut suites = vec![
        ("JavaScript", clients.join("javascript/suite.mjs")),
        ("JavaScript", clients.join("javascript/local.mjs")),
        ("Python", clients.join("python/suite.py")),
    ];
    for folder in ["tests", "tests/gateway", "src/query/tests"] {
        let files = std::fs::read_dir(here.join(folder)).expect("the folder is there");
        let files = files.map(|file| file.expect("it can be listed").path());
        let files = files.filter(|file| file.is_file() && !file.ends_with("features.rs"));
        suites.extend(files.map(|file| ("Rust", file)));
    }
    suites
}

/// Who shows each feature, and which are refused.
#[derive(Default)]
struct Declared {
    shown: BTreeMap<String, BTreeSet<&'static str>>,
    missing: BTreeSet<String>,
}

fn declared() -> Declared {
    let mut declared = Declared::default();
    for (client, file) in suites() {
        let text = std::fs::read_to_string(&file).expect("a suite is text");
        for line in text.lines() {
            let line = line.trim_start().trim_start_matches(['/', '#']).trim_start();
            if let Some(name) = line.strip_prefix("Feature: ") {
                declared.shown.entry(name.to_owned()).or_default().insert(client);
            } else if let Some(name) = line.strip_prefix("Missing: ") {
                declared.missing.insert(name.to_owned());
            }
        }
    }
    declared
}

fn table(declared: &Declared) -> String {
    let mut table = "| feature | cosmos-local, tried with | classic emulator | vNext emulator |\n|---|---|---|---|\n".to_owned();
    for Row { name, classic, vnext } in ROWS {
        let here = match declared.shown.get(name) {
            Some(clients) => clients.iter().copied().collect::<Vec<_>>().join(", "),
            None if declared.missing.contains(name) => "no: 501".to_owned(),
            None => panic!("no test declares '{name}'"),
        };
        writeln!(table, "| {name} | {here} | {classic} | {vnext} |").expect("a text");
    }
    table
}

#[test]
fn every_declared_feature_is_in_the_table() {
    let known: BTreeSet<&str> = ROWS.iter().map(|row| row.name).collect();
    let Declared { shown, missing } = declared();
    for name in shown.keys().chain(&missing) {
        assert!(known.contains(name.as_str()), "'{name}' is declared and has no row");
    }
    let both: Vec<_> = missing.iter().filter(|name| shown.contains_key(*name)).collect();
    assert!(both.is_empty(), "declared as shown and as missing: {both:?}");
}

#[test]
fn the_readme_says_what_the_suites_declare() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&readme).expect("the README is there");
    let (before, rest) = text.split_once(BEGIN).expect("the table begins");
    let (written, after) = rest.split_once(END).expect("the table ends");
    let wanted = table(&declared());
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&readme, format!("{before}{BEGIN}{wanted}{END}{after}")).expect("written");
        return;
    }
    assert_eq!(written, wanted, "UPDATE_README=1 writes it");
}
