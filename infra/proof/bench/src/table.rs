//! A plain table: the first column to the left, figures to the right.

/// Prints a title, a heading and rows of the same number of cells.
pub fn print(title: &str, heading: &[String], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .chain([heading].map(<[_]>::to_vec).iter())
            .map(|r| r[column].chars().count())
            .max();
        cells.unwrap_or_default()
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    println!("\n{title}");
    println!("{}", line(heading, &widths));
    for row in rows {
        println!("{}", line(row, &widths));
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (place, (cell, width)) in cells.iter().zip(widths).enumerate() {
        line += &match place {
            0 => format!("  {cell:<width$}"),
            _ => format!("  {cell:>width$}"),
        };
    }
    line
}
