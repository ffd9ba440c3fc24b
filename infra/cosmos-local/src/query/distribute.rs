//! How a client runs a query over many ranges by itself: the query it sends to each, and what it then does with
//! the results. Clients call it the query plan.
//!
//! The forms are those that the service's clients read: ordered results come with what they are ordered by,
//! aggregates in parts that can be put together, everything else as the query says.

use serde_json::{Map, Value, json};

use super::aggregate::Aggregate;
use super::group::Grouping;
use super::parse::{self, Outline};
use super::syntax::{Expression, Query};
use super::{Request, SqlError};

/// Clients put a filter here to go on where they stopped, or `true`.
const PLACEHOLDER: &str = "{documentdb-formattableorderbyquery-filter}";

/// The plan of a query, as clients read it.
pub fn distribute(request: &Request) -> Result<Value, SqlError> {
    let mut query = parse::parse(&request.text, &request.parameters)?;
    let select = query.select.clone();
    let outline = parse::outline(&request.text)?;
    let grouping = Grouping::of(&mut query)?;
    let distribution = Distribution { query: &query, select: &select, outline: &outline };
    let info =
        if grouping.is_some() { distribution.grouped()? } else { distribution.ungrouped()? };
    Ok(json!({
        "partitionedQueryExecutionInfoVersion": 2,
        "queryInfo": info,
        "queryRanges": [{
            "min": "", "max": "FF", "isMinInclusive": true, "isMaxInclusive": false,
        }],
        "hybridSearchQueryInfo": null,
    }))
}

struct Distribution<'q> {
    query: &'q Query,
    /// As it stands in the query, aggregates included.
    select: &'q Expression,
    outline: &'q Outline<'q>,
}

impl Distribution<'_> {
    /// What the client does after the ranges, whatever they are asked.
    fn info(&self, rewritten: &str) -> Value {
        let Query { distinct, offset, limit, order_by, .. } = self.query;
        let window = self.outline.has_window;
        let direction = |descending| if descending { "Descending" } else { "Ascending" };
        json!({
            "distinctType": self.distinct_type(*distinct),
            "top": limit.filter(|_| !window),
            "offset": window.then_some(offset),
            "limit": limit.filter(|_| window),
            "orderBy": order_by.iter().map(|sort| direction(sort.descending)).collect::<Value>(),
            "orderByExpressions": self.outline.order_by,
            "groupByExpressions": self.outline.group_by,
            "groupByAliases": [],
            "aggregates": [],
            "groupByAliasToAggregateType": {},
            "rewrittenQuery": rewritten,
            "hasSelectValue": self.outline.has_value,
            "dCountInfo": null,
            "hasNonStreamingOrderBy": false,
        })
    }

    /// Duplicates follow each other when results come ordered by all that is selected.
    fn distinct_type(&self, distinct: bool) -> &'static str {
        let Outline { selected, order_by, .. } = self.outline;
        if !distinct {
            "None"
        } else if !order_by.is_empty() && selected == order_by {
            "Ordered"
        } else {
            "Unordered"
        }
    }

    fn ungrouped(&self) -> Result<Value, SqlError> {
        let ordered = !self.query.order_by.is_empty();
        let rewritten = if ordered {
            self.ordered()?
        } else if self.outline.has_window {
            let Outline { head, from, .. } = self.outline;
            format!("{head} {from}{}{}", self.filter(None), self.first_rows())
        } else {
            String::new()
        };
        Ok(self.info(&rewritten))
    }

    /// Rows with their ids and what they are ordered by, which is what a client merges them by.
    fn ordered(&self) -> Result<String, SqlError> {
        let Outline { from, root, order_by, .. } = self.outline;
        let root = root.ok_or_else(|| {
            missing("ORDER BY across partitions over anything but whole documents")
        })?;
        let payload = match (self.select, self.outline.selected.as_slice()) {
            (_, []) => root.to_owned(),
            (_, [only]) if self.outline.has_value => (*only).to_owned(),
            (_, fields) => self.object(fields.iter().map(|field| (*field).to_owned())),
        };
        let items = list(order_by.iter().map(|by| format!(r#"{{"item": {by}}}"#)));
        // The client drops what is there twice, so a limit here would leave too few.
        let few = if self.query.distinct { String::new() } else { self.first_rows() };
        let (top, window) =
            if self.outline.has_window { ("", few.as_str()) } else { (few.as_str(), "") };
        Ok(format!(
            r#"SELECT{top} VALUE {{"_rid": {root}._rid, "orderByItems": {items}, "payload": {payload}}} {from}{} ORDER BY {}{window}"#,
            self.filter(Some(PLACEHOLDER)),
            self.sorted_by(),
        ))
    }

    fn sorted_by(&self) -> String {
        let sorts = self.outline.order_by.iter().zip(&self.query.order_by);
        let sorts =
            sorts.map(|(by, sort)| format!("{by}{}", if sort.descending { " DESC" } else { "" }));
        sorts.collect::<Vec<_>>().join(", ")
    }

    /// As many rows as the client may need of one range.
    fn first_rows(&self) -> String {
        match self.query.limit {
            Some(limit) if self.outline.has_window => {
                format!(" OFFSET 0 LIMIT {}", self.query.offset.saturating_add(limit))
            }
            Some(limit) => format!(" TOP {limit}"),
            None => String::new(),
        }
    }

    fn filter(&self, more: Option<&str>) -> String {
        match (self.outline.filter, more) {
            (None, None) => String::new(),
            (Some(filter), None) => format!(" WHERE {filter}"),
            (None, Some(more)) => format!(" WHERE ({more})"),
            (Some(filter), Some(more)) => format!(" WHERE ({filter}) AND ({more})"),
        }
    }

    fn grouped(&self) -> Result<Value, SqlError> {
        let Outline { selected, group_by, from, has_value, .. } = self.outline;
        let expressions: Vec<&Expression> = match self.select {
            Expression::Object(fields) if !has_value => fields.iter().map(|(_, of)| of).collect(),
            other => vec![other],
        };
        let parts = selected.iter().zip(&expressions).map(|(text, of)| part(text, of));
        let parts: Vec<(String, Option<&str>)> = parts.collect::<Result<_, _>>()?;
        let texts = parts.iter().map(|(text, _)| text.clone());
        let payload = match parts.as_slice() {
            [(only, None)] if *has_value => only.clone(),
            _ if *has_value => list(texts),
            _ => self.object(texts),
        };
        let filter = self.filter(None);
        let rewritten = if group_by.is_empty() && *has_value {
            format!("SELECT VALUE {payload} {from}{filter}")
        } else if group_by.is_empty() {
            format!(r#"SELECT VALUE {{"payload": {payload}}} {from}{filter}"#)
        } else {
            let keys = list(group_by.iter().map(|key| format!(r#"{{"item": {key}}}"#)));
            let by = group_by.join(", ");
            format!(
                r#"SELECT VALUE {{"groupByItems": {keys}, "payload": {payload}}} {from}{filter} GROUP BY {by}"#
            )
        };
        let mut info = self.info(&rewritten);
        if *has_value {
            info["aggregates"] = parts.iter().filter_map(|(_, kind)| *kind).collect();
        } else {
            let names = self.names();
            let kinds = names.iter().cloned().zip(parts.iter().map(|(_, kind)| json!(kind)));
            info["groupByAliasToAggregateType"] = kinds.collect::<Map<_, _>>().into();
            info["groupByAliases"] = json!(names);
        }
        Ok(info)
    }

    /// The names of the selected fields.
    fn names(&self) -> Vec<String> {
        match self.select {
            Expression::Object(fields) => fields.iter().map(|(name, _)| name.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// An object of the selected fields, each from its text.
    fn object(&self, texts: impl Iterator<Item = String>) -> String {
        let named = self.names().into_iter().zip(texts);
        let fields = named.map(|(name, text)| format!("{}: {text}", json!(name)));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
    }
}

/// What a range computes for one selected expression, and the aggregate that it is.
fn part(text: &str, of: &Expression) -> Result<(String, Option<&'static str>), SqlError> {
    let Expression::Aggregate(aggregate, _) = of else {
        let mut inside = of.clone();
        if super::group::has_aggregate(&mut inside) {
            return Err(missing("an expression over aggregates across partitions"));
        }
        return Ok((text.to_owned(), None));
    };
    let argument = text.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')'));
    let (of, _) = argument.ok_or_else(|| missing("this form of an aggregate across partitions"))?;
    Ok(match aggregate {
        Aggregate::Count => (format!(r#"{{"item": COUNT({of})}}"#), Some("Count")),
        Aggregate::Sum => (format!(r#"{{"item": SUM({of})}}"#), Some("Sum")),
        Aggregate::Average => {
            (format!(r#"{{"item": {{"sum": SUM({of}), "count": COUNT({of})}}}}"#), Some("Average"))
        }
        Aggregate::Min => (extreme("MIN", "min", of), Some("Min")),
        Aggregate::Max => (extreme("MAX", "max", of), Some("Max")),
    })
}

fn extreme(function: &str, name: &str, of: &str) -> String {
    format!(
        r#"{{"item": {function}({of}), "item2": {{"{name}": {function}({of}), "count": COUNT({of})}}}}"#
    )
}

fn list(texts: impl Iterator<Item = String>) -> String {
    format!("[{}]", texts.collect::<Vec<_>>().join(", "))
}

fn missing(feature: &str) -> SqlError {
    SqlError::NotImplemented(feature.to_owned())
}
