//! Three threads, one per stream, and one channel in which all they see arrives. A single thread that writes and reads in
//! turn stops for ever once the shell fills one pipe while we fill another; asynchronous code would cure that at the
//! price of a runtime. The channel is short, and what is in it as well: of frames only those of the answer that is awaited
//! get there, of them one that is more than a line. When nobody listens, a talkative shell waits, or is not heard at all,
//! instead of filling our memory.

use std::{
    io::{self, Read, Write},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, Sender, SyncSender},
    },
    thread,
};

use super::{
    frames::{Awaited, Decoder, Item},
    last_output::{LastOutput, printable},
    process::Pipes,
    protocol::Body,
};

/// Bytes asked for at a time.
const READ: usize = 64 << 10;
/// Frames that may wait to be looked at.
const WAITING: usize = 16;
/// Bytes of a line for a person.
const LINE_MAX: usize = 4 << 10;

/// What happened on a stream.
#[derive(Debug)]
pub(super) enum Event {
    /// A frame came.
    Frame { id: u64, body: Body },
    /// What should have been a frame came.
    Garbled { id: Option<u64>, why: String },
    /// The shell, or whoever else holds its end, closed this stream.
    Closed(Stream),
}

/// One of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Stdin,
    Stdout,
    Stderr,
}

/// Our side of the streams.
#[derive(Debug)]
pub(super) struct Wire {
    /// Lines to write; dropping it closes the shell's stdin.
    pub lines: Option<Sender<String>>,
    pub events: Receiver<Event>,
    /// Whose frames become events: at first those of the hello.
    pub awaited: Awaited,
    tail: Arc<Mutex<LastOutput>>,
}

impl Wire {
    /// Starts the threads. They end with their streams and are not waited for: a grandchild that escaped might hold one.
    pub fn open(pipes: Pipes, nonce: &str) -> io::Result<Self> {
        let tail = Arc::new(Mutex::new(LastOutput::default()));
        let (lines, requests) = mpsc::channel();
        let (report, events) = mpsc::sync_channel(WAITING);
        let Pipes { stdin, stdout, stderr } = pipes;
        let awaited = Awaited::hello();
        let decoder = Decoder::of_awaited(nonce, awaited.clone());
        let (to, shared, answered) = (report.clone(), Arc::clone(&tail), awaited.clone());
        spawn("shell stdout", move || read_frames(stdout, decoder, &answered, &shared, &to))?;
        let (to, shared) = (report.clone(), Arc::clone(&tail));
        spawn("shell stderr", move || read_text(stderr, &shared, &to))?;
        spawn("shell stdin", move || write_lines(stdin, &requests, &report))?;
        Ok(Self { lines: Some(lines), events, awaited, tail })
    }

    /// The last the shell printed.
    pub fn tail(&self) -> String {
        lock(&self.tail).text()
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

/// A tail is text for a person: one that a panicking thread left behind is still the best there is.
fn lock(tail: &Mutex<LastOutput>) -> MutexGuard<'_, LastOutput> {
    tail.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write_lines(mut stdin: impl Write, requests: &Receiver<String>, report: &SyncSender<Event>) {
    for line in requests {
        if let Err(error) = stdin.write_all(line.as_bytes()).and_then(|()| stdin.flush()) {
            tracing::debug!(%error, "the shell takes no more requests");
            // Nobody listens any more when the session is over.
            let _ = report.send(Event::Closed(Stream::Stdin));
            return;
        }
    }
}

fn read_frames(
    stdout: impl Read,
    mut decoder: Decoder,
    awaited: &Awaited,
    tail: &Mutex<LastOutput>,
    report: &SyncSender<Event>,
) {
    let mut found = Vec::new();
    let read = read_all(stdout, |bytes| {
        {
            let mut tail = lock(tail);
            decoder.feed(bytes, &mut |item| sort(item, awaited, &mut tail, &mut found));
            tail.set_unfinished(decoder.pending());
        }
        // Sent without the lock, since sending may wait.
        found.drain(..).all(|event| report.send(event).is_ok())
    });
    if read {
        {
            let mut tail = lock(tail);
            decoder.finish(&mut |item| sort(item, awaited, &mut tail, &mut found));
            tail.set_unfinished(&[]);
        }
        found.push(Event::Closed(Stream::Stdout));
        let _ = found.into_iter().all(|event| report.send(event).is_ok());
    }
}

/// Noise to the log and the tail, the rest to the session.
fn sort(item: Item<'_>, awaited: &Awaited, tail: &mut LastOutput, found: &mut Vec<Event>) {
    match item {
        Item::Frame { id, body: Body::Progress { text } } => {
            found.push(Event::Frame { id, body: Body::Progress { text: cut(text) } });
        }
        Item::Frame { id, body } => {
            awaited.answered(id);
            found.push(Event::Frame { id, body });
        }
        Item::Garbled { id, why } => found.push(Event::Garbled { id, why: cut(why) }),
        Item::Noise { head, length } => {
            tail.push_line(head, length);
            if tracing::enabled!(tracing::Level::DEBUG) {
                tracing::debug!(length, text = printable(head), "stdout");
            }
        }
    }
}

/// No longer than a line may be.
fn cut(mut line: String) -> String {
    line.truncate(line.floor_char_boundary(LINE_MAX));
    line.shrink_to_fit();
    line
}

fn read_text(stderr: impl Read, tail: &Mutex<LastOutput>, report: &SyncSender<Event>) {
    read_all(stderr, |bytes| {
        lock(tail).push(bytes);
        if tracing::enabled!(tracing::Level::DEBUG) {
            for line in printable(bytes).lines().filter(|line| !line.trim().is_empty()) {
                tracing::debug!(text = line, "stderr");
            }
        }
        true
    });
    let _ = report.send(Event::Closed(Stream::Stderr));
}

/// Reads until the end, or until `take` has had enough (then `false`). An error ends a stream as its end does: there is
/// no more to be had.
fn read_all(mut stream: impl Read, mut take: impl FnMut(&[u8]) -> bool) -> bool {
    let mut buffer = vec![0; READ];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return true,
            Ok(length) => {
                if !take(&buffer[..length]) {
                    return false;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::debug!(%error, "a stream of the shell ended");
                return true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    use super::*;

    const NONCE: &str = "00112233445566778899aabbccddeeff";

    /// What becomes of these lines where request 7 is awaited; nobody listens before all is read.
    fn events(lines: &[String]) -> Vec<Event> {
        let awaited = Awaited::hello();
        awaited.set(7);
        let (report, events) = mpsc::sync_channel(WAITING);
        let decoder = Decoder::of_awaited(NONCE, awaited.clone());
        read_frames(lines.concat().as_bytes(), decoder, &awaited, &Mutex::default(), &report);
        drop(report);
        events.into_iter().collect()
    }

    fn frame(id: u64, json: &str) -> String {
        format!("@RL1 {NONCE} {id} {}\n", STANDARD.encode(json))
    }

    #[test]
    fn what_waits_to_be_looked_at_is_one_answer_and_lines() {
        let large = format!(r#"{{"kind": "result", "data": [{}0]}}"#, "0,".repeat(1 << 20));
        let progress = format!(r#"{{"kind": "progress", "text": "{}"}}"#, "\u{e9}".repeat(1 << 20));
        // More of them than there is room for: they would wait for ever if they were not let go of.
        let mut lines = vec![frame(6, &large); WAITING + 1];
        lines.extend([frame(7, &progress), frame(7, &large)]);
        lines.extend(vec![frame(7, &large); WAITING + 1]);
        // No id stands for that nothing is awaited.
        lines.extend(vec![frame(u64::MAX, &large); WAITING + 1]);
        let events = events(&lines);
        let [
            Event::Frame { body: Body::Progress { text }, .. },
            Event::Frame { id: 7, body: Body::Result { .. } },
            Event::Closed(_),
        ] = &events[..]
        else {
            panic!("{} events", events.len());
        };
        assert!(text.len() <= LINE_MAX && text.len() + 2 > LINE_MAX, "{}", text.len());
    }
}
