//! How fast noise goes through the decoder, and what it costs in memory. A shell that floods stdout must neither slow the
//! run down nor fill the machine, so the figures are MB/s and the growth of the heap at its peak, counted by the allocator
//! itself: the same on every system. Run it with `cargo bench --bench decode`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod counting;

use std::{hint::black_box, sync::atomic::Ordering::Relaxed, time::Instant};

use counting::{IN_USE, PEAK};
use relight::shell::frames::{Decoder, Item};

const NONCE: &str = "00112233445566778899aabbccddeeff";
/// Bytes handed to the decoder at a time, as the session does.
const READ: usize = 64 << 10;
/// Bytes per case.
const TOTAL: usize = 512 << 20;

fn main() {
    let nearly = format!("@RL1 {} ", &NONCE[..31]);
    let cases: [(&str, Vec<u8>); 6] = [
        ("lines of a shell", shell_noise()),
        ("short lines", b"x\n".repeat(READ)),
        ("one line without end", vec![b'.'; 2 * READ]),
        ("random bytes", random_bytes(16 * READ)),
        ("nearly a marker, again and again", nearly.repeat(READ / 16).into_bytes()),
        ("frames with a wrong nonce", format!("@RL1 {} 1 e30=\n", "f".repeat(32)).repeat(READ / 16).into_bytes()),
    ];
    println!("{:34} {:>9} {:>12} {:>10}", "noise", "MB/s", "heap growth", "lines");
    let mut slowest = f64::INFINITY;
    for (name, noise) in &cases {
        let before = IN_USE.load(Relaxed);
        PEAK.store(before, Relaxed);
        let mut decoder = Decoder::new(NONCE);
        let (mut lines, mut frames, mut fed) = (0u64, 0u64, 0);
        let began = Instant::now();
        while fed < TOTAL {
            for chunk in noise.chunks(READ) {
                decoder.feed(black_box(chunk), &mut |item| match black_box(item) {
                    Item::Noise { .. } => lines += 1,
                    Item::Frame { .. } | Item::Garbled { .. } => frames += 1,
                });
                fed += chunk.len();
            }
        }
        let speed = fed as f64 / 1e6 / began.elapsed().as_secs_f64();
        let growth = PEAK.load(Relaxed).saturating_sub(before);
        assert_eq!(frames, 0, "{name}: noise was taken for a frame");
        assert!(growth < 64 << 10, "{name}: {growth} bytes of heap");
        println!("{name:34} {speed:>9.0} {growth:>10} B {lines:>10}");
        slowest = slowest.min(speed);
    }
    println!("slowest: {slowest:.0} MB/s (at least 100 wanted)");
}

/// What a shell that loads Exchange prints, with a progress bar and bytes of three code pages.
fn shell_noise() -> Vec<u8> {
    let lines: [&[u8]; 7] = [
        b"         Welcome to the Exchange Management Shell!\r\n",
        b"VERBOSE: Connecting to EX01.contoso.local.\r\n",
        &[b' '; 400],
        b"WARNING: The names of some imported commands include unapproved verbs.\r\n",
        b"Gr\x94\xe1e Gr\xf6\xdfe\r\n",
        b"\x1b[91mWrite-Error: \x1b[91mThe WinRM client cannot complete the operation.\x1b[0m\r\n",
        "Größe 日本語 😀 @RL1 is not ours\r\n".as_bytes(),
    ];
    lines.concat().repeat(100)
}

/// The same bytes every time: xorshift.
fn random_bytes(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}
