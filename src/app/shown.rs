//! What is shown of a run while it goes on: progress on stderr, and for who reads along each server on stdout as soon as it is
//! done.

use crate::cli::{Config, Format};
use crate::domain::{Event, Exit, Run, Server, ServerRun};
use crate::record;
use crate::terminal::{Console, Progress};

use super::output::in_json;

/// What is shown.
pub(super) struct Shown {
    pub(super) progress: Progress,
    /// The run without its servers, where those are told as they are done.
    stream: Option<Run>,
    told: Vec<Server>,
}

impl Shown {
    /// Of this run, in the wanted format.
    pub(super) fn of(run: &Run, config: &Config) -> Self {
        let streams = config.output.format == Format::Ndjson;
        let stream = streams.then(|| Run { servers: Vec::new(), ..run.clone() });
        Self { progress: Progress::new(), stream, told: Vec::new() }
    }

    /// Shows an event.
    pub(super) fn show(&mut self, event: &Event<'_>, console: &mut Console) {
        if let Event::Done(server) | Event::At(_, Event::Done(server)) = event {
            self.tell(server, console);
        }
        self.progress.show(event, console);
    }

    /// Tells of the servers of which nothing was told yet.
    pub(super) fn rest(&mut self, run: &Run, console: &mut Console) {
        run.servers.iter().for_each(|server| self.tell(server, console));
    }

    fn tell(&mut self, server: &ServerRun, console: &mut Console) {
        let Some(head) = self.stream.as_ref().filter(|_| !self.told.contains(server.server())) else { return };
        let line = record::streamed_server(server, in_json(Exit::of_server(server, head)));
        // A reader that is gone is told nothing; the end of the run says so where something else is wrong.
        if let Err(error) = line.and_then(|line| console.result_line(&line)) {
            tracing::warn!(%error, server = server.server().as_str(), "a line of the result is lost");
        }
        self.told.push(server.server().clone());
    }
}
