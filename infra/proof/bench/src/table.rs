//! A plain table: the first column to the left, figures to the right.

/// Prints a title, a heading and rows of the same number of cells.
pub fn print(title: &str, heading: &[String], rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = heading.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    println!("\n{title}");
    println!("{}", line(heading, &widths));
    for row in rows {
        println!("{}", line(row, &widths));
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
        0 => format!("  {cell:<width$}"),
        _ => format!("  {cell:>width$}"),
    });
    padded.collect()
}
