//! Any bytes, cut into reads in any way, give the same items as in one read; a line of noise is never longer than what is
//! kept of it; and without the nonce nothing is a frame. The first byte says how the reads are cut; `%` in the input
//! stands for the marker, `~` for a whole frame, so that the fuzzer need not guess 32 hex digits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use relight::shell::frames::{Decoder, Item, NOISE_KEPT};

const NONCE: &str = "00112233445566778899aabbccddeeff";

fn decode<'a>(nonce: &str, chunks: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let mut items = Vec::new();
    let mut decoder = Decoder::new(nonce);
    let mut report = |item: Item<'_>| {
        if let Item::Noise { head, length } = &item {
            assert!(head.len() <= NOISE_KEPT && head.len() as u64 <= *length);
            assert!(!head.contains(&b'\n'));
        }
        items.push(format!("{item:?}"));
    };
    for chunk in chunks {
        decoder.feed(chunk, &mut report);
        assert!(decoder.pending().len() <= NOISE_KEPT);
    }
    decoder.finish(&mut report);
    items
}

fuzz_target!(|data: &[u8]| {
    let Some((cut, data)) = data.split_first() else { return };
    let mut stream = Vec::new();
    for byte in data {
        match byte {
            b'%' => stream.extend_from_slice(format!("@RL1 {NONCE} ").as_bytes()),
            b'~' => stream.extend_from_slice(format!("@RL1 {NONCE} 7 eyJraW5kIjoicmVzdWx0In0=").as_bytes()),
            byte => stream.push(*byte),
        }
    }
    let size = usize::from(*cut) + 1;
    let whole = decode(NONCE, std::iter::once(&stream[..]));
    assert_eq!(decode(NONCE, stream.chunks(size)), whole);
    // Irregular reads: as long as the byte they begin with says.
    let mut rest = &stream[..];
    let irregular = std::iter::from_fn(|| {
        let size = usize::from(*rest.first()?) % 97 + 1;
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        rest = after;
        Some(chunk)
    });
    assert_eq!(decode(NONCE, irregular), whole);
    let other = decode("ffeeddccbbaa99887766554433221100", std::iter::once(&stream[..]));
    assert!(other.iter().all(|item| item.starts_with("Noise")) || stream.windows(8).any(|w| w == b"ffeeddcc"));
});
