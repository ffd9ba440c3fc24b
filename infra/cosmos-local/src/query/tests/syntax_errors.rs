//! What is refused, and how that is said.

use super::{SqlError, error_of};

#[test]
fn syntax_errors_say_where_and_what_was_expected() {
    for (query, place, word) in [
        ("", "line 1, column 1", "SELECT"),
        ("SELEC * FROM c", "line 1, column 1", "found `SELEC`"),
        ("SELECT * FORM c", "line 1, column 10", "FROM"),
        ("SELECT *\nFROM c\nWHERE c.x = = 1", "line 3, column 13", "a value"),
        ("SELECT * FROM c WHERE (c.x = 1", "line 1, column 31", "the query ends"),
        ("SELECT * FROM c ORDER c.x", "line 1, column 23", "BY"),
        ("SELECT * FROM c WHERE c.order = 1", "line 1, column 25", r#"["order"]"#),
        ("SELECT * FROM c WHERE d.x = 1", "line 1, column 23", "FROM names `c`"),
        ("SELECT c.x", "line 1, column 8", "no FROM"),
        ("SELECT * FROM c WHERE c.x = @x", "line 1, column 29", "@x has no value"),
        ("SELECT TOP 1.5 * FROM c", "line 1, column 12", "whole number"),
        ("SELECT * FROM c ORDER BY c.x + 1", "line 1, column 26", "ORDER BY takes properties"),
        ("SELECT * FROM c WHERE COUNT(1) = 1", "line 1, column 23", "only in SELECT"),
        ("SELECT VALUE MAX(MIN(c.x)) FROM c", "line 1, column 18", "not in another one"),
        ("SELECT VALUE LOWER() FROM c", "line 1, column 14", "LOWER takes 1 argument, 0 given"),
        ("SELECT TOP 1 * FROM c OFFSET 1 LIMIT 1", "line 1, column 23", "exclude each other"),
        (r"SELECT VALUE '\x'", "line 1, column 14", "unknown escape"),
        ("SELECT VALUE 1e999", "line 1, column 14", "beyond the range"),
        ("SELECT *", "line 1, column 8", "needs FROM"),
        ("SELECT * FROM c LIMIT 1", "line 1, column 17", "OFFSET"),
        ("SELECT * FROM c JOIN t IN d.tags", "line 1, column 27", "FROM names `c`"),
        ("SELECT * FROM c JOIN t IN c.tags", "line 1, column 8", "without JOIN"),
        ("SELECT 'é', * FROM c", "line 1, column 13", "a value"),
    ] {
        let SqlError::Syntax(message) = error_of(query) else {
            panic!("{query} is not a syntax error");
        };
        assert!(message.contains(place), "{query}: {message}");
        assert!(message.contains(word), "{query}: {message}");
    }
}

// Missing: Geospatial queries
// Missing: Vector search
// Missing: Full-text search
#[test]
fn constructs_that_are_not_done_are_refused_by_name() {
    for (query, construct) in [
        ("SELECT * FROM (SELECT * FROM c) AS d", "a subquery as the first of FROM"),
        ("SELECT COUNT(1), (SELECT VALUE 1) FROM c", "a subquery beside an aggregate or GROUP BY"),
        ("SELECT VALUE udf.tax(c.x) FROM c", "the user-defined function tax"),
        ("SELECT VALUE ST_DISTANCE(c.x, c.y) FROM c", "the function ST_DISTANCE"),
        ("SELECT VALUE VectorDistance(c.x, [1]) FROM c", "the function VECTORDISTANCE"),
        ("SELECT * FROM c WHERE FullTextContains(c.x, 'a')", "the function FULLTEXTCONTAINS"),
        ("SELECT COUNT(1) FROM c GROUP BY c.x HAVING COUNT(1) > 1", "HAVING"),
        ("SELECT c.x FROM c GROUP BY c.x ORDER BY c.x", "ORDER BY together with GROUP BY"),
    ] {
        assert_eq!(error_of(query), SqlError::NotImplemented(construct.into()), "{query}");
    }
}
