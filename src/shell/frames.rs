//! Bytes of the shell's stdout in, frames and noise out. A PowerShell that loads Exchange prints banners, warnings,
//! progress bars and half lines in the code page of the machine, and native programs write where they like; so a frame is
//! whatever follows our marker with our nonce, anywhere in a line, and all else is noise. The decoder works on bytes (no
//! encoding is assumed), keeps at most [`NOISE_KEPT`] bytes of a line of noise and [`FRAME_MAX`] bytes of a frame, and
//! lends noise out of the caller's buffer instead of copying it. A line with our nonce that is not a frame is an item of
//! its own: an answer was lost, and waiting for it would be waiting for nothing.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use memchr::{memchr, memchr_iter, memmem};

use super::protocol::Body;

/// Bytes kept of one line of noise, for the log.
pub const NOISE_KEPT: usize = 4 << 10;
/// Bytes of the longest frame line that is read, the marker not counted.
pub(crate) const FRAME_MAX: usize = 16 << 20;

/// One thing found on stdout.
#[derive(Debug, Clone, PartialEq)]
pub enum Item<'a> {
    /// A whole frame with our nonce.
    Frame {
        /// The request it belongs to; 0 for `hello`.
        id: u64,
        /// What it says.
        body: Body,
    },
    /// A line with our nonce that cannot be read as a frame.
    Garbled {
        /// The request it belongs to, where that much could be read.
        id: Option<u64>,
        /// What is wrong with it.
        why: String,
    },
    /// A line, or the part of one beside a frame, that is not ours.
    Noise {
        /// At most [`NOISE_KEPT`] bytes from its beginning, without the line end.
        head: &'a [u8],
        /// Bytes in all.
        length: u64,
    },
}

/// The request whose answer is awaited, shared by who asks and who reads. A frame of any other is let go of unread: it
/// can mean nothing any more, and what a shell sends while nobody asks must not fill the memory.
#[derive(Debug, Clone)]
pub(super) struct Awaited(Arc<AtomicU64>);

/// What a shell may send as an id, and what is awaited, have no value in common where nothing is.
const NOTHING_IS_AWAITED: u64 = u64::MAX;

impl Awaited {
    /// The hello is awaited.
    pub fn hello() -> Self {
        Self(Arc::new(AtomicU64::new(0)))
    }

    /// From now on the answer to this request is.
    pub fn set(&self, id: u64) {
        self.0.store(id, Ordering::SeqCst);
    }

    /// The answer to this request has come.
    pub fn answered(&self, id: u64) {
        let _another_is_awaited = self.0.compare_exchange(id, NOTHING_IS_AWAITED, Ordering::SeqCst, Ordering::SeqCst);
    }

    fn is(&self, id: u64) -> bool {
        id != NOTHING_IS_AWAITED && self.0.load(Ordering::SeqCst) == id
    }
}

/// The state between two reads.
#[derive(Debug)]
pub struct Decoder {
    /// What is read at all; `None`: every frame.
    awaited: Option<Awaited>,
    marker: memmem::Finder<'static>,
    /// The beginning of a line whose end has not come, at most [`NOISE_KEPT`] bytes.
    head: Vec<u8>,
    /// Bytes of that line so far.
    length: u64,
    /// The last bytes of that line, shorter than the marker: the marker may be split between two reads.
    edge: Vec<u8>,
    /// What followed the marker on that line, once it was seen.
    frame: Option<Vec<u8>>,
}

impl Decoder {
    /// A decoder for the session with this nonce.
    pub fn new(nonce: &str) -> Self {
        let marker = format!("@RL1 {nonce} ");
        Self {
            awaited: None,
            marker: memmem::Finder::new(marker.as_bytes()).into_owned(),
            head: Vec::new(),
            length: 0,
            edge: Vec::new(),
            frame: None,
        }
    }

    /// The same, for one that reads only the frames that are awaited.
    pub(super) fn of_awaited(nonce: &str, awaited: Awaited) -> Self {
        Self { awaited: Some(awaited), ..Self::new(nonce) }
    }

    /// Takes in what was read and reports every line it completes.
    pub fn feed(&mut self, bytes: &[u8], report: &mut dyn FnMut(Item<'_>)) {
        let mut rest = bytes;
        if self.frame.is_none() {
            rest = self.join_split_marker(rest);
        }
        while !rest.is_empty() {
            rest = match self.frame {
                Some(_) => self.take_frame(rest, report),
                None => self.take_noise(rest, report),
            };
        }
    }

    /// Reports what is left when the stream has ended: a last line needs no line end.
    pub fn finish(&mut self, report: &mut dyn FnMut(Item<'_>)) {
        self.end_line(report);
    }

    /// The beginning of the line whose end has not come: what a shell that asks and waits printed last.
    pub fn pending(&self) -> &[u8] {
        &self.head
    }

    /// Looks for a marker that began in the line so far and ends in `bytes`; returns what is still to be read.
    fn join_split_marker<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let size = self.marker.needle().len();
        let known = self.edge.len();
        if known == 0 {
            return bytes;
        }
        let mut seam = self.edge.clone();
        seam.extend_from_slice(&bytes[..bytes.len().min(size - 1)]);
        let Some(at) = self.marker.find(&seam) else { return bytes };
        // What had been taken for noise up to `known` was the first part of the marker.
        self.length -= (known - at) as u64;
        self.head.truncate(usize::try_from(self.length).unwrap_or(NOISE_KEPT).min(NOISE_KEPT));
        self.edge.clear();
        self.frame = Some(Vec::new());
        &bytes[at + size - known..]
    }

    /// Reads lines of noise up to the next marker, or up to the end of `bytes`.
    fn take_noise<'b>(&mut self, bytes: &'b [u8], report: &mut dyn FnMut(Item<'_>)) -> &'b [u8] {
        let marker = self.marker.find(bytes);
        let (noise, rest) = match marker {
            Some(at) => (&bytes[..at], &bytes[at + self.marker.needle().len()..]),
            None => (bytes, &bytes[bytes.len()..]),
        };
        let mut start = 0;
        for end in memchr_iter(b'\n', noise) {
            let line = &noise[start..end];
            if self.length == 0 {
                report_noise(line, line.len() as u64, report);
            } else {
                self.keep(line);
                self.end_line(report);
            }
            start = end + 1;
        }
        self.keep(&noise[start..]);
        if marker.is_some() {
            self.edge.clear();
            self.frame = Some(Vec::new());
        }
        rest
    }

    /// Reads a frame up to the end of its line, or up to the end of `bytes`.
    fn take_frame<'b>(&mut self, bytes: &'b [u8], report: &mut dyn FnMut(Item<'_>)) -> &'b [u8] {
        let end = memchr(b'\n', bytes);
        if let Some(frame) = &mut self.frame {
            let part = &bytes[..end.unwrap_or(bytes.len())];
            // One byte more than allowed says that it was too long; the rest of it is let go.
            frame.extend_from_slice(&part[..part.len().min(FRAME_MAX + 1 - frame.len())]);
        }
        match end {
            Some(end) => {
                self.end_line(report);
                &bytes[end + 1..]
            }
            None => &bytes[bytes.len()..],
        }
    }

    /// Takes bytes into the unfinished line.
    fn keep(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.head.extend_from_slice(&bytes[..bytes.len().min(NOISE_KEPT - self.head.len())]);
        let most = self.marker.needle().len() - 1;
        let fresh = &bytes[bytes.len().saturating_sub(most)..];
        let old = self.edge.len().min(most - fresh.len());
        self.edge.drain(..self.edge.len() - old);
        self.edge.extend_from_slice(fresh);
    }

    /// Reports the unfinished line and begins a new one.
    fn end_line(&mut self, report: &mut dyn FnMut(Item<'_>)) {
        report_noise(&self.head, self.length, report);
        if let Some(frame) = self.frame.take() {
            let (item, rest) = read_frame(&frame, self.awaited.as_ref());
            item.into_iter().for_each(&mut *report);
            report_noise(rest, rest.len() as u64, report);
        }
        self.head.clear();
        self.length = 0;
        self.edge.clear();
    }
}

/// Reports what is worth a line in the log: not a blank line, and not the byte order mark that may stand before a frame.
/// Nothing here is called as often.
#[inline(always)]
fn report_noise(line: &[u8], length: u64, report: &mut dyn FnMut(Item<'_>)) {
    let head = &line[..line.len().min(NOISE_KEPT)];
    let is_worth_it = match head {
        // Nearly every line is known by its first byte.
        [first, ..] if first.is_ascii_graphic() => true,
        _ => !head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).iter().all(u8::is_ascii_whitespace),
    };
    if is_worth_it {
        let (head, length) = match head {
            [shorter @ .., b'\r'] if head.len() as u64 == length => (shorter, length - 1),
            _ => (head, length),
        };
        report(Item::Noise { head, length });
    }
}

/// Reads `<id> <base64>`, and returns what stands behind it on the line. `None`: nobody awaits it.
fn read_frame<'l>(line: &'l [u8], awaited: Option<&Awaited>) -> (Option<Item<'static>>, &'l [u8]) {
    let garbled = |id, why| (Some(Item::Garbled { id, why }), &b""[..]);
    let (id, rest) = word(line);
    let id = std::str::from_utf8(id).ok().and_then(|id| id.parse::<u64>().ok());
    let too_long = line.len() > FRAME_MAX;
    if let Some((id, awaited)) = id.zip(awaited)
        && !awaited.is(id)
    {
        tracing::debug!(id, bytes = line.len(), "a frame that nobody awaits is dropped");
        // Where it was cut off, so was what stands behind it.
        return (None, if too_long { b"" } else { word(rest.trim_ascii_start()).1 });
    }
    if too_long {
        return garbled(None, format!("a frame of more than {FRAME_MAX} bytes"));
    }
    let Some(id) = id else { return garbled(None, "a frame without an id".to_owned()) };
    let (base64, rest) = word(rest.trim_ascii_start());
    let json = match STANDARD.decode(base64) {
        Ok(json) => json,
        Err(error) => return garbled(Some(id), format!("a frame that is not base64: {error}")),
    };
    match Body::parse(&json) {
        Ok(body) => (Some(Item::Frame { id, body }), rest),
        Err(error) => garbled(Some(id), format!("a frame that cannot be read: {error}")),
    }
}

/// Splits off what stands before the first white space.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests;
