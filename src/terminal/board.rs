//! Several servers at once, for somebody who watches: a bar with the counts, and below it what each session is at, with the
//! seconds so far. Texts come above it.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::domain::Server;
use crate::screens::kit::sanitize;

/// What is drawn, and redrawn, at the bottom of a terminal.
pub(super) struct Board {
    all: MultiProgress,
    bar: ProgressBar,
    /// What is waited for, between the servers.
    wait: Option<ProgressBar>,
    at_work: Vec<AtWork>,
    done: Vec<Server>,
    width: usize,
}

struct AtWork {
    server: Server,
    line: ProgressBar,
    doing: String,
    is_slow: bool,
}

impl AtWork {
    fn draw(&self, width: usize) {
        let slow = if self.is_slow { "SLOW: " } else { "" };
        // The margin, the seconds and what is between.
        let room = width.saturating_sub(10);
        let text = format!("{:<15}  {slow}{}", self.server.host(), self.doing);
        let text = sanitize(&text).chars().take(room).collect::<String>();
        self.line.set_message(format!("{text:<room$}"));
    }
}

impl Board {
    /// A board for so many servers.
    pub(super) fn new(servers: usize, width: usize) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let bar = all.add(ProgressBar::new(servers as u64));
        bar.set_style(style(" {pos} of {len} done  [{bar:20}]  {elapsed}  {msg}"));
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { all, bar, wait: None, at_work: Vec::new(), done: Vec::new(), width }
    }

    /// A session is at this server from now on.
    pub(super) fn begins(&mut self, server: &Server) {
        let line = self.all.add(ProgressBar::no_length());
        line.set_style(style("   {msg} {elapsed:>5}"));
        line.enable_steady_tick(Duration::from_millis(500));
        if let Some(line) = self.wait.take() {
            line.finish_and_clear();
            self.all.remove(&line);
        }
        self.at_work.push(AtWork { server: server.clone(), line, doing: String::new(), is_slow: false });
        self.does(server, "");
        self.count();
    }

    /// What all servers wait for, below them; nothing, as soon as one is worked on.
    pub(super) fn waits(&mut self, waiting: &str) {
        let room = self.width.saturating_sub(4);
        let line = self.wait.get_or_insert_with(|| {
            let line = self.all.add(ProgressBar::no_length());
            line.set_style(style("   {msg}"));
            line
        });
        line.set_message(sanitize(waiting).chars().take(room).collect::<String>());
    }

    /// What it does there.
    pub(super) fn does(&mut self, server: &Server, doing: &str) {
        let width = self.width;
        for it in self.at_work.iter_mut().filter(|it| it.server == *server) {
            doing.clone_into(&mut it.doing);
            it.draw(width);
        }
    }

    /// It has been there for long.
    pub(super) fn is_slow(&mut self, server: &Server) {
        let width = self.width;
        for it in self.at_work.iter_mut().filter(|it| it.server == *server) {
            it.is_slow = true;
            it.draw(width);
        }
    }

    /// It is done with this server, which may be worked on again later. Whether all have been worked on.
    pub(super) fn ends(&mut self, server: &Server) -> bool {
        if let Some(at) = self.at_work.iter().position(|it| it.server == *server) {
            let it = self.at_work.remove(at);
            it.line.finish_and_clear();
            self.all.remove(&it.line);
        }
        if !self.done.contains(server) {
            self.done.push(server.clone());
            self.bar.inc(1);
        }
        self.count();
        Some(self.bar.position()) == self.bar.length()
    }

    fn count(&self) {
        let begun = self.at_work.iter().filter(|it| !self.done.contains(&it.server)).count() as u64;
        let waiting = self.bar.length().unwrap_or_default().saturating_sub(self.bar.position() + begun);
        self.bar.set_message(format!("{} at work, {waiting} waiting", self.at_work.len()));
    }

    /// Writes something above it.
    pub(super) fn above<T>(&self, write: impl FnOnce() -> T) -> T {
        self.all.suspend(write)
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.at_work.iter().for_each(|it| it.line.finish_and_clear());
        self.wait.iter().for_each(ProgressBar::finish_and_clear);
        self.bar.finish_and_clear();
    }
}

/// In ASCII alone.
fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ").tick_chars("|/-\\ ")
}
