//! What could not be seen or done, and what to do about it.

use crate::domain::{Component, Trouble, alike};
use crate::screens::kit::page::{BAD, Page};
use crate::screens::kit::words;

use super::notes::Notes;

/// What could not be seen: each reason once, with all that it kept from being seen.
pub fn notes(notes: &mut Notes<'_>, troubles: &[Trouble]) {
    let reasons = troubles.iter().map(|it| ((it.kind, it.message.as_str()), it.component.as_ref()));
    for ((kind, message), of) in alike(reasons) {
        let of = of.into_iter().flatten().map(Component::as_str).collect::<Vec<_>>();
        notes.push(|page| one(page, 0, &of, &Trouble { component: None, kind, message: message.to_owned() }));
    }
}

/// One trouble: what it concerns, what the shell said, what to do.
pub fn trouble(page: &mut Page, indent: usize, trouble: &Trouble) {
    let of = trouble.component.iter().map(Component::as_str).collect::<Vec<_>>();
    one(page, indent, &of, trouble);
}

fn one(page: &mut Page, indent: usize, of: &[&str], trouble: &Trouble) {
    let of = if of.is_empty() { String::new() } else { format!("{}: ", words::list(of)) };
    page.styled(BAD, indent, &words::capital(&format!("{of}{}.", words::trouble(trouble.kind))));
    if trouble.message != words::trouble(trouble.kind) {
        page.quote(indent + 2, &trouble.message);
    }
    page.inset(indent + 2, words::trouble_advice(trouble.kind));
}
