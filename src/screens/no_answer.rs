//! A program showed a plan, and no answer to it came that means something.

use super::kit::page::{BAD, Page};

/// Why it means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// It came before the plan was shown.
    TooEarly,
    /// It is not one that relight can read.
    Illegible,
    /// No proposal has this number.
    UnknownNumber(usize),
    /// It has this number twice.
    TwiceTheNumber(usize),
}

/// That nothing was confirmed, and why.
pub fn no_answer(why: NoAnswer, width: usize) -> String {
    let why = match why {
        NoAnswer::TooEarly => "something came before the plan was shown".to_owned(),
        NoAnswer::Illegible => "it is not {\"agreed\":[...]} with numbers, on one line".to_owned(),
        NoAnswer::UnknownNumber(number) => format!("no proposal has the number {number}"),
        NoAnswer::TwiceTheNumber(number) => format!("it has the number {number} twice"),
    };
    let mut page = Page::new(width);
    page.hanging(
        BAD,
        &format!("The answer on stdin means nothing: {why}. Nothing was confirmed, and nothing is changed."),
    );
    page.finish()
}
