//! Topics, subscriptions and rules: as the sample's spec says.

use std::time::Duration;

use azure_parity::{bicep, code_in};
use bicep_check::literal::Read;
use energy::bus::TOPIC;
use serde_json::{Value, json};
use service_bus::Filter;

const TOPICS: &str = "Microsoft.ServiceBus/namespaces/topics";
const SUBSCRIPTIONS: &str = "Microsoft.ServiceBus/namespaces/topics/subscriptions";
const RULES: &str = "Microsoft.ServiceBus/namespaces/topics/subscriptions/rules";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// ISO 8601, in the largest unit that divides it.
fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        _ if seconds.is_multiple_of(DAY.as_secs()) => format!("P{}D", seconds / DAY.as_secs()),
        _ if seconds.is_multiple_of(60) => format!("PT{}M", seconds / 60),
        _ => format!("PT{seconds}S"),
    }
}

/// The rules that say what the filter says; the first is called `$Default`, to take that one's place.
fn rules(filter: Filter) -> Vec<Value> {
    let correlation = |label: &&str| json!({ "filterType": "CorrelationFilter", "correlationFilter": { "label": label } });
    match filter {
        Filter::Everything => Vec::new(),
        Filter::Labels(labels) => labels.iter().map(correlation).collect(),
        Filter::Sql(text) => {
            vec![json!({ "filterType": "SqlFilter", "sqlFilter": { "sqlExpression": text } })]
        }
    }
}

fn list(kind: &str) -> Vec<(Option<String>, Value)> {
    let source = bicep("service-bus.bicep");
    let read = Read::of(&source);
    let outer = |parent: Option<usize>| {
        parent.map(|place| read.body(&read.declared.resources[place])["name"].clone())
    };
    let found = read.resources(kind);
    found
        .map(|it| {
            (outer(it.parent).and_then(|name| name.as_str().map(str::to_owned)), read.body(it))
        })
        .collect()
}

#[test]
fn the_topic_is_the_one_of_the_spec() {
    let topics = list(TOPICS);
    let [(_, topic)] = topics.as_slice() else { panic!("one topic: {topics:?}") };
    assert_eq!(topic["name"], TOPIC.name);
    let properties = &topic["properties"];
    assert_eq!(properties["defaultMessageTimeToLive"], duration(TOPIC.time_to_live));
    assert_eq!(properties["requiresDuplicateDetection"], TOPIC.duplicate_window.is_some());
    let window = TOPIC.duplicate_window.map(duration);
    assert_eq!(properties["duplicateDetectionHistoryTimeWindow"].as_str(), window.as_deref());
}

#[test]
fn its_subscriptions_are_those_of_the_spec() {
    let subscriptions = list(SUBSCRIPTIONS);
    assert_eq!(subscriptions.len(), TOPIC.subscriptions.len());
    for spec in TOPIC.subscriptions {
        let found = subscriptions.iter().find(|(_, body)| body["name"] == spec.name);
        let (topic, body) = found.unwrap_or_else(|| panic!("no subscription {}", spec.name));
        assert_eq!(topic.as_deref(), Some(TOPIC.name));
        let properties = &body["properties"];
        assert_eq!(properties["lockDuration"], duration(spec.lock), "{}", spec.name);
        assert_eq!(properties["maxDeliveryCount"], spec.max_delivery_count, "{}", spec.name);
        assert_eq!(properties["deadLetteringOnMessageExpiration"], true, "{}", spec.name);
        let time_to_live = duration(spec.time_to_live);
        assert_eq!(properties["defaultMessageTimeToLive"], time_to_live, "{}", spec.name);
    }
}

#[test]
fn their_rules_are_those_of_the_spec() {
    let all = list(RULES);
    for spec in TOPIC.subscriptions {
        let of_it: Vec<&Value> = all
            .iter()
            .filter(|(of, _)| of.as_deref() == Some(spec.name))
            .map(|(_, it)| it)
            .collect();
        let said: Vec<Value> = of_it.iter().map(|it| it["properties"].clone()).collect();
        assert_eq!(said, rules(spec.filter), "{}", spec.name);
        assert!(of_it.first().is_none_or(|rule| rule["name"] == "$Default"), "{}", spec.name);
    }
    let said: usize = TOPIC.subscriptions.iter().map(|it| rules(it.filter).len()).sum();
    assert_eq!(all.len(), said);
}

#[test]
fn each_topic_of_the_samples_is_compared() {
    let declared = code_in(&["samples"]).matches("TopicSpec = TopicSpec {").count();
    assert_eq!(declared, 1, "a topic is new or gone: compare the Bicep with it");
}
