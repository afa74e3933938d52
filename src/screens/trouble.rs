//! What could not be seen or done, and what to do about it.

use crate::domain::Trouble;
use crate::screens::kit::page::{BAD, Page};
use crate::screens::kit::words;

/// All of them under a heading; nothing where there are none.
pub fn troubles(page: &mut Page, title: &str, troubles: &[Trouble]) {
    if troubles.is_empty() {
        return;
    }
    page.heading(title);
    for trouble in troubles {
        self::trouble(page, 0, trouble);
    }
}

/// One trouble: what it concerns, what the shell said, what to do.
pub fn trouble(page: &mut Page, indent: usize, trouble: &Trouble) {
    let of = trouble.component.as_ref().map(|component| format!("{component}: ")).unwrap_or_default();
    let text = words::capital(&format!("{of}{}.", words::trouble(trouble.kind)));
    page.item(BAD, indent, &text);
    page.quote(indent + 2, &trouble.message);
    page.inset(indent + 2, words::trouble_advice(trouble.kind));
}
