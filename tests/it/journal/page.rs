//! `--html`: a run as a page for a ticket.

use std::fs;

use serde_json::json;

use crate::support::place::Place;

fn page(place: &Place) -> String {
    fs::read_to_string(place.folder().join("run.html")).unwrap_or_default()
}

/// A fix with a page, and the path that was given.
fn fixed(place: &Place) -> String {
    let path = place.folder().join("run.html").display().to_string();
    place.simulate(&["fix", "--yes", "--no-wait", "--no-probe", "--html", &path]).ends(0);
    path
}

#[test]
fn a_fix_and_its_record_give_the_same_page() {
    let place = Place::new();
    let path = fixed(&place);
    let of_the_fix = page(&place);
    for said in [
        "<title>EX01: ",
        "HealthApi set PopProxy Inactive",
        "<span>Set-ServerComponentState</span> <span>-Identity</span> <span>EX01</span> <span>-Component</span> <span>PopProxy</span>",
        "both stores",
        "default-src 'none'",
    ] {
        assert!(of_the_fix.contains(said), "{said}\n{of_the_fix}");
    }
    let run = place.newest().expect("a run");
    place.run(&["history", &run, "--html", &path]).ends(0);
    // A journal has not everything that a run knows: what is in it is told in the same words.
    let table = |page: &str| {
        let from = page.find("What was run").expect("what was run");
        page[from..].split("</section>").next().map(str::to_owned)
    };
    assert_eq!(table(&page(&place)), table(&of_the_fix));
}

#[test]
fn what_a_server_says_is_text() {
    let place = Place::of("set-refused");
    let message = "<script>alert(1)</script><img src=x onerror=alert(2)> & \"quoted\"";
    place.change(|it| it["faults"] = json!([{"refused": {"message": message, "category": "InvalidOperation", "when": {"op": "set-component-state"}}}]));
    let path = place.folder().join("run.html").display().to_string();
    place.simulate(&["fix", "--yes", "--no-wait", "--no-probe", "--html", &path]).ends(30);
    let page = page(&place);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;"), "{page}");
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
}

#[test]
fn a_page_that_cannot_be_written_ends_a_fix_before_it_begins() {
    let place = Place::new();
    let before = place.text();
    let nowhere = place.folder().join("not-there").join("run.html").display().to_string();
    let folder = place.folder().display().to_string();
    for path in [&nowhere, &folder] {
        let ran = place.simulate(&["fix", "--yes", "--html", path]).ends(2);
        assert!(ran.has("cannot write the page"), "{ran}");
    }
    assert_eq!((place.text(), place.journals().len()), (before, 0));
}

#[test]
fn a_page_is_of_one_run_and_has_a_file_of_its_own() {
    let place = Place::new();
    fixed(&place);
    place.run(&["history", "--html", "x.html"]).ends(2);
    place.run(&["fix", "--simulate", "--html", "x.html", "--transcript", "x.html"]).ends(2);
    let left = fs::read_dir(place.folder()).expect("a folder").flatten();
    let beside = left.filter(|it| it.file_name().to_string_lossy().starts_with(".relight-"));
    assert_eq!(beside.count(), 0, "nothing is left beside it");
}
