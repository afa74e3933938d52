//! A program shows the run. It is told of the plan in the stream and answers it on stdin in one line: that is a person's
//! consent, to that plan alone. Its stdin stays open as long as the run is to go on: the end of it is a Ctrl-C, also where
//! the program was killed.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::domain::{Answers, Ended, NumberError, Offer, Run};
use crate::error::Error;
use crate::record::{self, LONGEST_ANSWER};
use crate::screens::NoAnswer;
use crate::shell::Interrupt;
use crate::terminal::Console;

/// The program at the other end.
pub(super) struct Driver {
    lines: Receiver<Vec<u8>>,
    interrupt: Interrupt,
}

impl Driver {
    /// Listens to it from now on.
    pub(super) fn listen(interrupt: &Interrupt) -> Result<Self, Error> {
        // One line is all that anybody asks for.
        let (tell, lines) = mpsc::sync_channel(1);
        let interrupt = interrupt.clone();
        let raised = interrupt.clone();
        let listen = move || {
            let mut from = BufReader::new(io::stdin().lock());
            while let Some(line) = line(&mut from) {
                let _nobody_asked = tell.try_send(line);
            }
            // A Ctrl-C may have reached both. Another one would end a change that is under way.
            if raised.count() == 0 {
                raised.raise();
            }
        };
        let started = thread::Builder::new().name("driver".to_owned()).spawn(listen);
        started.map_err(|cause| Error::System { what: "cannot listen to stdin", cause })?;
        Ok(Self { lines, interrupt })
    }

    /// Shows the plan, and waits for the answer where somebody is to give one.
    pub(super) fn ask(&self, run: &Run, console: &mut Console) -> Result<Answers, NoAnswer> {
        let offers = Offer::all(&run.servers);
        let awaits = offers.iter().any(|offer| offer.number.is_some());
        // What came before a plan was shown does not answer it.
        let came_early = self.lines.try_recv().is_ok();
        show(run, &offers, awaits, console);
        if !awaits {
            return Ok(Answers::none());
        }
        if came_early {
            return Err(NoAnswer::TooEarly);
        }
        let Some(line) = self.line() else { return Ok(Answers::none().end(Ended::Interrupted)) };
        let agreed = record::answer(&line).ok_or(NoAnswer::Illegible)?;
        Offer::answers(&offers, &agreed).map_err(|error| match error {
            NumberError::Unknown(number) => NoAnswer::UnknownNumber(number),
            NumberError::Twice(number) => NoAnswer::TwiceTheNumber(number),
        })
    }

    /// The next line; `None`: the run is to end.
    fn line(&self) -> Option<Vec<u8>> {
        /// Often enough for somebody who presses Ctrl-C.
        const POLL_INTERVAL: Duration = Duration::from_millis(50);
        while self.interrupt.count() == 0 {
            match self.lines.recv_timeout(POLL_INTERVAL) {
                Ok(line) => return Some(line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        None
    }
}

/// Shows a plan that nobody is asked about.
pub(super) fn tell(run: &Run, console: &mut Console) {
    show(run, &Offer::all(&run.servers), false, console);
}

fn show(run: &Run, offers: &[Offer<'_>], awaits_answer: bool, console: &mut Console) {
    let line = record::streamed_plan(run, offers, awaits_answer);
    // Without a plan there is no answer to it.
    if let Err(error) = line.and_then(|line| console.result_line(&line)) {
        tracing::warn!(%error, "the plan is lost");
    }
}

/// A whole line, as far as it is of any use; `None`: there are no more. What lacks its end was cut off.
fn line(from: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    from.by_ref().take(LONGEST_ANSWER as u64).read_until(b'\n', &mut line).ok()?;
    if line.len() == LONGEST_ANSWER && !line.ends_with(b"\n") {
        from.skip_until(b'\n').ok()?;
        line.push(b'\n');
    }
    line.pop_if(|last| *last == b'\n').map(|_| line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_whole_and_no_longer_than_an_answer() {
        let long = vec![b' '; 3 * LONGEST_ANSWER];
        let text = [b"one\r\n\n".as_slice(), &long, b"\ntwo\nhalf"].concat();
        let mut from = BufReader::new(text.as_slice());
        let lines = std::iter::from_fn(|| line(&mut from)).collect::<Vec<_>>();
        assert_eq!(lines.iter().map(Vec::len).collect::<Vec<_>>(), [4, 0, LONGEST_ANSWER, 3]);
        assert_eq!(lines[3], b"two");
    }
}
