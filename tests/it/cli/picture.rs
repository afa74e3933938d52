//! The picture of the README: a terminal with a run of today, drawn from what that run printed, colours and all.
//! `PICTURE=write cargo test --test it picture` draws it anew.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::support::relight;
use crate::support::run::nameless;

const COMMAND: &str = "fix --simulate --yes";
const FILE: &str = "docs/fix.svg";

/// Of one character, and of a line.
const WIDTH: f64 = 8.4;
const HEIGHT: usize = 19;
const EDGE: usize = 16;

#[test]
fn the_picture_shows_what_relight_prints() {
    let ran = relight(COMMAND).args("--color always").without_env("NO_COLOR").env("TZ", "UTC0").run().ends(0);
    let screen = nameless(&format!("\u{1b}[1mPS>\u{1b}[0m relight {COMMAND}\n{}{}", ran.stderr, ran.stdout));
    let drawn = drawn(&screen);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("PICTURE").is_some() {
        fs::write(&file, &drawn).expect("the picture is written");
    }
    let there = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    let how = "draw it anew: PICTURE=write cargo test --test it picture";
    assert!(there == drawn, "{FILE} shows another run than this; {how}\n{screen}");
}

/// A screen as SVG: each part of a line that has a style of its own stands in its column, as wide as its characters.
fn drawn(screen: &str) -> String {
    let lines = screen.lines().map(spans).collect::<Vec<_>>();
    let width_of = |line: &[(String, String)]| line.iter().map(|(_, text)| text.chars().count()).sum::<usize>();
    let columns = lines.iter().map(|line| width_of(line)).max().unwrap_or_default();
    let (width, height) = (columns as f64 * WIDTH + 2.0 * EDGE as f64, lines.len() * HEIGHT + 2 * EDGE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height}\" viewBox=\"0 0 {width:.0} {height}\">\n\
         <style>\n\
         .bold {{ font-weight: bold; fill: #ffffff }} .red {{ fill: #f48771 }} .green {{ fill: #89d185 }}\n\
         .yellow {{ fill: #e5c07b }} .cyan {{ fill: #56b6c2 }}\n\
         </style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e1e1e\"/>\n\
         <g font-family=\"Consolas, 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', monospace\" font-size=\"14\" fill=\"#d4d4d4\" \
         xml:space=\"preserve\">\n"
    );
    for (number, line) in lines.iter().enumerate() {
        let y = EDGE + (number + 1) * HEIGHT - 5;
        let mut column = 0;
        for (style, part) in line {
            let text = part.trim();
            let x = EDGE as f64 + (column + part.len() - part.trim_start().len()) as f64 * WIDTH;
            column += part.chars().count();
            if text.is_empty() {
                continue;
            }
            let length = text.chars().count() as f64 * WIDTH;
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let class = if style.is_empty() { String::new() } else { format!(" class=\"{style}\"") };
            let fits = "lengthAdjust=\"spacingAndGlyphs\"";
            writeln!(svg, "<text x=\"{x:.1}\" y=\"{y}\" textLength=\"{length:.1}\" {fits}{class}>{text}</text>")
                .expect("memory");
        }
    }
    svg + "</g>\n</svg>\n"
}

/// The parts of a line, each with its style.
fn spans(line: &str) -> Vec<(String, String)> {
    let mut style = Vec::new();
    let mut spans = Vec::new();
    for (number, part) in line.split("\u{1b}[").enumerate() {
        let text = if number == 0 {
            part
        } else {
            let (codes, text) = part.split_once('m').expect("a style, and nothing else");
            for code in codes.split(';') {
                match code {
                    "0" => style.clear(),
                    "1" => style.push("bold"),
                    "31" => style.push("red"),
                    "32" => style.push("green"),
                    "33" => style.push("yellow"),
                    "36" => style.push("cyan"),
                    other => panic!("the picture has no style {other}"),
                }
            }
            text
        };
        if !text.is_empty() {
            spans.push((style.join(" "), text.to_owned()));
        }
    }
    spans
}
