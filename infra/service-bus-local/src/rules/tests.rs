//! Which messages a rule lets through.

use super::*;
use crate::config::CorrelationFilter;
use crate::message::Scalar;

fn message() -> Properties {
    Properties {
        message_id: "m1".to_owned(),
        label: Some("OrderPlaced".to_owned()),
        session_id: Some("order:7".to_owned()),
        custom: vec![
            ("amount".to_owned(), Scalar::Integer(12)),
            ("rate".to_owned(), Scalar::Real(0.5)),
            ("region".to_owned(), Scalar::Text("it's west".to_owned())),
            ("urgent".to_owned(), Scalar::Boolean(true)),
            ("odd name".to_owned(), Scalar::Integer(1)),
        ],
        topic_sequence: 9,
        ..Properties::default()
    }
}

fn evaluate(filter: &str) -> Option<bool> {
    let filter = Filter::parse(filter).unwrap_or_else(|reason| panic!("{filter}: {reason}"));
    filter.evaluate(Subject { properties: &message(), enqueued_at: 5 })
}

fn all(expected: Option<bool>, filters: &[&str]) {
    for filter in filters {
        assert_eq!(evaluate(filter), expected, "{filter}");
    }
}

#[test]
fn filters_compare_calculate_and_match_patterns() {
    all(
        Some(true),
        &[
            "1=1",
            "amount = 12",
            "AMOUNT >= 12 and user.amount <= 12",
            "amount = 12.0",
            "amount + 3 * 2 = 18",
            "(amount + 3) * 2 = 30",
            "-amount = 0 - 12",
            "amount % 5 = 2 AND amount / 5 = 2",
            "rate * 2 = 1",
            "1.5E1 > 12",
            "region = 'it''s west'",
            "region <> 'west' AND region != 'east'",
            "urgent",
            "urgent = TRUE",
            "NOT urgent = FALSE",
            "sys.Label = 'OrderPlaced'",
            "sys.label LIKE 'Order%'",
            "sys.MessageId LIKE 'm_'",
            "sys.Label NOT LIKE 'order%'",
            "sys.Label LIKE '%r%c%d'",
            "'a%b' LIKE 'a!%b' ESCAPE '!'",
            "amount IN (1, 12, 'x') AND amount NOT IN (1, 2)",
            "region IS NOT NULL AND missing IS NULL",
            "EXISTS(amount) AND NOT EXISTS(missing)",
            "[odd name] = 1 AND \"odd name\" = 1",
            "sys.SequenceNumber = 9",
            "sys.EnqueuedTimeUtc = 50000",
            "sys.CorrelationId IS NULL",
        ],
    );
    all(
        Some(false),
        &["amount > 12", "sys.Label = 'orderplaced'", "sys.Label LIKE '%x%'", "NOT 1=1", "FALSE"],
    );
}

#[test]
fn what_depends_on_a_missing_property_is_unknown() {
    all(
        None,
        &[
            "missing = 1",
            "missing <> 1",
            "NOT missing = 1",
            "missing + 1 > 0",
            "missing LIKE '%'",
            "missing IN (1)",
            "sys.CorrelationId = 'x'",
            "amount IN (1, missing)",
            "-region = 1",
            "amount / 0 = 1",
            "9223372036854775807 + amount > 0",
        ],
    );
}

#[test]
fn values_of_two_kinds_do_not_compare() {
    all(None, &["region = 1", "amount = '12'", "urgent = 1", "amount LIKE '1%'", "amount"]);
}

#[test]
fn logic_knows_three_values() {
    let values = [("1=1", Some(true)), ("1=2", Some(false)), ("missing=1", None)];
    for (left, l) in values {
        assert_eq!(evaluate(&format!("NOT {left}")), l.map(|known| !known));
        for (right, r) in values {
            let and = match (l, r) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
            let or = match (l, r) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
            assert_eq!(evaluate(&format!("{left} AND {right}")), and, "{left} AND {right}");
            assert_eq!(evaluate(&format!("{left} OR {right}")), or, "{left} OR {right}");
        }
    }
}

#[test]
fn not_binds_tighter_than_and_and_and_tighter_than_or() {
    assert_eq!(evaluate("1=1 OR 1=1 AND 1=2"), Some(true));
    assert_eq!(evaluate("NOT 1=2 AND 1=2"), Some(false));
    assert_eq!(evaluate("NOT (1=2 AND 1=2)"), Some(true));
}

#[test]
fn what_is_no_filter_is_refused_with_its_place() {
    let table = [
        ("", "line 1, column 1"),
        ("amount >", "line 1, column 9"),
        ("amount = 1\nAND = 2", "line 2, column 5"),
        ("property('x') = 1", "column 9"),
        ("newid() = 1", "column 6"),
        ("amount = @p", "column 10"),
        ("sys.Colour = 1", "sys.Colour"),
        ("12 IS NULL", "IS NULL"),
        ("region LIKE 'a' ESCAPE 'xy'", "ESCAPE"),
        ("region LIKE 'a!' ESCAPE '!'", "escape"),
        ("1e999 = 1", "too large"),
    ];
    for (filter, reason) in table {
        let refused = Filter::parse(filter).unwrap_err();
        assert!(refused.contains(reason), "{filter}: {refused}");
    }
}

#[test]
fn filters_that_would_exhaust_the_stack_are_refused() {
    let deep = format!("{}1=1{}", "(".repeat(200), ")".repeat(200));
    let negations = format!("{}1=1", "NOT ".repeat(200));
    for filter in [deep, negations, "1=1 OR ".repeat(200) + "1=1"] {
        assert!(Filter::parse(&filter).is_err());
    }
    assert!(Filter::parse(&("1=1 OR ".repeat(100) + "1=1")).is_ok());
}

fn correlates(filter: &CorrelationFilter) -> bool {
    Correlation::compile(filter).unwrap().matches(&message())
}

fn property(name: &str, value: Scalar) -> CorrelationFilter {
    CorrelationFilter { properties: [(name.to_owned(), value)].into(), ..Default::default() }
}

#[test]
fn all_properties_of_a_correlation_filter_have_to_be_equal() {
    let label = |text: &str| Some(text.to_owned());
    let filter = CorrelationFilter {
        label: label("OrderPlaced"),
        ..property("amount", Scalar::Integer(12))
    };
    assert!(correlates(&filter));
    assert!(!correlates(&CorrelationFilter { label: label("orderplaced"), ..filter.clone() }));
    assert!(!correlates(&CorrelationFilter { to: label("x"), ..filter }));
}

#[test]
fn an_absent_property_never_correlates_and_a_number_only_with_a_number() {
    assert!(!correlates(&property("missing", Scalar::Text(String::new()))));
    assert!(!correlates(&property("amount", Scalar::Text("12".to_owned()))));
    assert!(correlates(&property("amount", Scalar::Real(12.0))));
    assert!(correlates(&property("Amount", Scalar::Integer(12))));
}
