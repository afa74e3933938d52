//! The list of built-in scenarios.

use super::kit::page::{PLAIN, Page};

/// One line for each scenario, by name and summary, wrapped below its own column.
pub fn scenarios<'a>(known: impl IntoIterator<Item = (&'a str, &'a str)>, width: usize) -> String {
    let known = known.into_iter().collect::<Vec<_>>();
    let column = known.iter().map(|(name, _)| name.len()).max().unwrap_or_default() + 2;
    let mut page = Page::new(width);
    for (name, summary) in known {
        page.marked(PLAIN, column, name, summary);
    }
    page.finish()
}
