//! What a file may say, and what the error says otherwise.

use super::*;

const SAMPLE: &str = include_str!("../../Config.json");

/// A file with one topic of one subscription with these properties and rules.
fn with(properties: &str, rules: &str) -> Result<Config, ConfigError> {
    let text = r#"{ "UserConfig": { "Namespaces": [ { "Name": "sbemulatorns", "Queues": [], "Topics": [
        { "Name": "t", "Subscriptions": [ { "Name": "s", "Properties": PROPERTIES, "Rules": RULES } ] } ] } ],
        "Logging": {} } }"#;
    Config::parse(&text.replace("PROPERTIES", properties).replace("RULES", rules))
}

fn refusal(config: Result<Config, ConfigError>) -> String {
    config.unwrap_err().to_string()
}

#[test]
fn the_sample_is_read_with_its_comments() {
    let config = Config::parse(SAMPLE).unwrap();
    assert_eq!(config.namespace, NAMESPACE);
    assert_eq!(config.entities.queues[0].name, "parking-lot");
    let topic = &config.entities.topics[0];
    assert_eq!(topic.properties.duplicate_detection_history_time_window, Span::seconds(300));
    assert_eq!(topic.subscriptions.len(), 2);
}

#[test]
fn what_is_left_out_has_the_emulators_default() {
    let subscription = &with("{}", "[]").unwrap().entities.topics[0].subscriptions[0];
    assert_eq!(subscription.properties.lock_duration, Span::seconds(60));
    assert_eq!(subscription.properties.max_delivery_count, 3);
    assert_eq!(subscription.properties.default_message_time_to_live, Span::seconds(3600));
}

#[test]
fn unknown_keys_and_values_are_errors_with_their_place() {
    assert!(
        refusal(with(r#"{"LockDurations":"PT1M"}"#, "[]"))
            .contains("unknown field `LockDurations`")
    );
    assert!(refusal(with(r#"{"LockDuration":"1 minute"}"#, "[]")).contains("write it as PT30S"));
    assert!(
        refusal(with("{}", r#"[{"Name":"r","Properties":{"FilterType":"Boolean"}}]"#))
            .contains("line")
    );
    assert!(refusal(Config::parse("{}")).contains("UserConfig"));
}

#[test]
fn what_this_broker_does_not_do_is_refused_by_name() {
    let table = [
        (r#"{"RequiresSession":true}"#, "RequiresSession"),
        (r#"{"ForwardTo":"elsewhere"}"#, "ForwardTo"),
        (r#"{"MaxDeliveryCount":0}"#, "MaxDeliveryCount"),
        (r#"{"LockDuration":"PT0S"}"#, "LockDuration"),
    ];
    for (properties, named) in table {
        let refusal = refusal(with(properties, "[]"));
        assert!(refusal.starts_with("subscription 's' of topic 't'"), "{refusal}");
        assert!(refusal.contains(named), "{refusal}");
    }
}

#[test]
fn rules_that_cannot_be_read_are_refused_with_rule_and_position() {
    let sql = |expression: &str| {
        let properties =
            serde_json::json!({"FilterType": "Sql", "SqlFilter": {"SqlExpression": expression}});
        with("{}", &serde_json::json!([{"Name": "r", "Properties": properties}]).to_string())
    };
    assert!(sql("sys.Label LIKE 'Order%' AND amount > 10").is_ok());
    let refused = refusal(sql("amount >> 10"));
    assert!(refused.contains("rule 'r'") && refused.contains("column 9"), "{refused}");
    assert!(refusal(sql("sys.Colour = 'red'")).contains("sys.Colour"));
    let action = r#"[{"Name":"r","Properties":{"FilterType":"Sql","SqlFilter":{"SqlExpression":"1=1"},
        "Action":{"SqlExpression":"SET a = 1"}}}]"#;
    assert!(refusal(with("{}", action)).contains("Action"));
    let nothing = r#"[{"Name":"r","Properties":{"FilterType":"Correlation"}}]"#;
    assert!(refusal(with("{}", nothing)).contains("CorrelationFilter"));
}

#[test]
fn names_are_unique_whatever_their_case_and_fit_into_paths() {
    let queues = |names: &[&str]| {
        let queues: Vec<_> = names.iter().map(|name| serde_json::json!({ "Name": name })).collect();
        let namespace = serde_json::json!({"Name": "n", "Queues": queues, "Topics": []});
        let file = serde_json::json!({"UserConfig": {"Namespaces": [namespace], "Logging": {}}});
        Config::parse(&file.to_string())
    };
    assert!(queues(&["a/b.c-d_e", "B2"]).is_ok());
    assert!(refusal(queues(&["orders", "Orders"])).contains("taken"));
    for name in ["", "$orders", "_admin", "a b", "ü", "a//b", "a/", "x/messages", "Subscriptions/x"]
    {
        assert!(queues(&[name]).is_err(), "{name}");
    }
    assert!(queues(&[&"x".repeat(261)]).is_err());
}
