//! What is shown of a run while it goes on: progress on stderr, and for who reads along each server on stdout as soon as it is
//! done.

use crate::cli::{Config, Format};
use crate::domain::{Ending, Event, Exit, Run, Server, ServerRun};
use crate::record;
use crate::screens;
use crate::terminal::{Console, Now, Progress};

use super::output::in_json;

/// What is shown.
pub(super) struct Shown {
    pub(super) progress: Progress,
    /// Whether a program shows it.
    driven: bool,
    /// The last line of progress.
    last: String,
    /// The run without its servers, where those are told as they are done.
    stream: Option<Run>,
    told: Vec<Server>,
}

impl Shown {
    /// Of this run, in the wanted format.
    pub(super) fn of(run: &Run, config: &Config) -> Self {
        let streams = config.output.format == Format::Ndjson;
        let stream = streams.then(|| Run { servers: Vec::new(), ..run.clone() });
        Self { progress: Progress::new(), driven: config.output.driven, last: String::new(), stream, told: Vec::new() }
    }

    /// Shows an event.
    pub(super) fn show(&mut self, event: &Event<'_>, console: &mut Console) {
        if let Event::Done(server) | Event::At(_, Event::Done(server)) = event {
            self.tell(server, console);
        }
        self.progress.show(event, console);
        if self.driven {
            self.tell_progress(event, console);
        }
    }

    /// Tells whoever shows the run what is being done, once.
    fn tell_progress(&mut self, event: &Event<'_>, console: &mut Console) {
        let Some(Now { server, doing, servers }) = self.progress.now(event) else { return };
        let line = record::streamed_progress(server, &doing, servers);
        let line = line.ok().filter(|line| *line != self.last);
        if let Some(line) = line {
            let _gone = console.result_line(&line);
            self.last = line;
        }
    }

    /// Tells of the servers of which nothing was told yet.
    pub(super) fn rest(&mut self, run: &Run, console: &mut Console) {
        run.servers.iter().for_each(|server| self.tell(server, console));
    }

    fn tell(&mut self, server: &ServerRun, console: &mut Console) {
        let Some(head) = self.stream.as_ref().filter(|_| !self.told.contains(server.server())) else { return };
        let ending = Ending::of(server, head);
        let headline = screens::said_alone(head, server);
        let line = record::streamed_server(server, in_json(Exit::of_server(server, head)), ending, &headline);
        // A reader that is gone is told nothing; the end of the run says so where something else is wrong.
        if let Err(error) = line.and_then(|line| console.result_line(&line)) {
            tracing::warn!(%error, server = server.server().as_str(), "a line of the result is lost");
        }
        self.told.push(server.server().clone());
    }
}
