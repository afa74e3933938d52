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
    at_work: Vec<AtWork>,
    width: usize,
}

struct AtWork {
    server: Server,
    line: ProgressBar,
    is_slow: bool,
}

impl Board {
    /// A board for so many servers.
    pub(super) fn new(servers: usize, width: usize) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let bar = all.add(ProgressBar::new(servers as u64));
        bar.set_style(style(" {pos} of {len} done  [{bar:20}]  {elapsed}  {msg}"));
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { all, bar, at_work: Vec::new(), width }
    }

    /// A session is at this server from now on.
    pub(super) fn begins(&mut self, server: &Server) {
        let line = self.all.add(ProgressBar::no_length());
        line.set_style(style("   {msg} {elapsed:>5}"));
        line.enable_steady_tick(Duration::from_millis(500));
        self.at_work.push(AtWork { server: server.clone(), line, is_slow: false });
        self.count();
    }

    /// What it does there.
    pub(super) fn does(&self, server: &Server, doing: &str) {
        if let Some(it) = self.at_work.iter().find(|it| it.server == *server) {
            let slow = if it.is_slow { "SLOW: " } else { "" };
            let host = server.host();
            // The margin, the seconds and what is between.
            let room = self.width.saturating_sub(10);
            let text = sanitize(&format!("{host:<15}  {slow}{doing}")).chars().take(room).collect::<String>();
            it.line.set_message(format!("{text:<room$}"));
        }
    }

    /// It has been there for long.
    pub(super) fn is_slow(&mut self, server: &Server) {
        for it in self.at_work.iter_mut().filter(|it| it.server == *server) {
            it.is_slow = true;
        }
    }

    /// It is done with this server. Whether that was the last of all.
    pub(super) fn ends(&mut self, server: &Server) -> bool {
        if let Some(at) = self.at_work.iter().position(|it| it.server == *server) {
            let it = self.at_work.remove(at);
            it.line.finish_and_clear();
            self.all.remove(&it.line);
        }
        self.bar.inc(1);
        self.count();
        Some(self.bar.position()) == self.bar.length()
    }

    fn count(&self) {
        let (at_work, done) = (self.at_work.len() as u64, self.bar.position());
        let waiting = self.bar.length().unwrap_or_default().saturating_sub(done + at_work);
        self.bar.set_message(format!("{at_work} at work, {waiting} waiting"));
    }

    /// Writes something above it.
    pub(super) fn above<T>(&self, write: impl FnOnce() -> T) -> T {
        self.all.suspend(write)
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.at_work.iter().for_each(|it| it.line.finish_and_clear());
        self.bar.finish_and_clear();
    }
}

/// In ASCII alone.
fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ").tick_chars("|/-\\ ")
}
