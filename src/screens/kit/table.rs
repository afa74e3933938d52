//! Tables in plain ASCII: a header, a rule, rows; columns as wide as needed and never wider than the screen.

use comfy_table::{ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};

use super::page::{BAD, CARE, GOOD, HEADING, Page};
use super::sanitize;

const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(' '))
    .header_separator(LineStyle::none().fill('-').junction(' '))
    .content_lines(ContentLineStyle::none().junction(' '));

/// Writes a table. Words that are states get their colour; nothing else does.
pub fn table(page: &mut Page, header: &[&str], rows: &[Vec<String>]) {
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(page.width()).unwrap_or(u16::MAX))
        .set_header(header.to_vec());
    for row in rows {
        table.add_row(row.iter().map(|cell| sanitize(cell)).collect::<Vec<_>>());
    }
    // What a row is about stays whole, so that it can be copied.
    let longest = rows.iter().filter_map(|row| row.first()).map(|name| name.chars().count()).max().unwrap_or_default();
    if longest <= page.width() / 2
        && let Some(first) = table.column_mut(0)
    {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 0));
    });
    for (at, line) in table.lines().enumerate() {
        match at {
            0 => page.line(HEADING, &line),
            _ => page.raw(&paint(line.trim_end())),
        }
    }
}

fn paint(line: &str) -> String {
    line.split(' ')
        .map(|word| {
            let style = match word {
                "Active" => GOOD,
                "Inactive" => BAD,
                "Draining" => CARE,
                _ => return word.to_owned(),
            };
            format!("{style}{word}{style:#}")
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: usize, rows: &[Vec<String>]) -> String {
        let mut page = Page::new(width);
        table(&mut page, &["Component", "State"], rows);
        anstream::adapter::strip_str(&page.finish()).to_string()
    }

    #[test]
    fn a_table_is_ascii_and_ends_no_line_with_spaces() {
        let rows = [vec!["PopProxy".to_owned(), "Inactive".to_owned()], vec!["  x".to_owned(), String::new()]];
        insta::assert_snapshot!(plain(80, &rows), @r"
        Component State
        --------- --------
        PopProxy  Inactive
          x
        ");
    }

    #[test]
    fn a_table_is_never_wider_than_the_screen() {
        let rows = [vec!["x".repeat(90), "\u{1b}[2JInactive".to_owned()]];
        assert!(plain(40, &rows).lines().all(|line| line.chars().count() <= 40));
    }
}
