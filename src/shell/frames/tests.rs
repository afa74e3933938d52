//! The decoder against what shells really print, and against what nobody should.

use proptest::prelude::*;

use super::*;

const NONCE: &str = "00112233445566778899aabbccddeeff";

/// An item that owns its bytes.
#[derive(Debug, Clone, PartialEq)]
enum Seen {
    Frame(u64, Body),
    Garbled(Option<u64>, String),
    Noise(Vec<u8>, u64),
}

fn decode<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut decoder = Decoder::new(NONCE);
    let mut report = |item: Item<'_>| {
        seen.push(match item {
            Item::Frame { id, body } => Seen::Frame(id, body),
            Item::Garbled { id, why } => Seen::Garbled(id, why),
            Item::Noise { head, length } => Seen::Noise(head.to_vec(), length),
        });
    };
    for chunk in chunks {
        decoder.feed(chunk, &mut report);
    }
    decoder.finish(&mut report);
    seen
}

fn whole(bytes: &[u8]) -> Vec<Seen> {
    decode([bytes])
}

fn frame(id: u64, text: &str) -> Vec<u8> {
    let json = serde_json::to_vec(&Body::Progress { text: text.to_owned() }).unwrap();
    format!("@RL1 {NONCE} {id} {}", STANDARD.encode(json)).into_bytes()
}

fn seen(id: u64, text: &str) -> Seen {
    Seen::Frame(id, Body::Progress { text: text.to_owned() })
}

fn noise(text: &[u8]) -> Seen {
    Seen::Noise(text.to_vec(), text.len() as u64)
}

#[test]
fn a_frame_is_found_wherever_it_stands() {
    let f = frame(3, "x");
    let cases: [(&str, Vec<u8>, Vec<Seen>); 12] = [
        ("alone", [&f[..], b"\n"].concat(), vec![seen(3, "x")]),
        ("CRLF", [&f[..], b"\r\n"].concat(), vec![seen(3, "x")]),
        ("spaces after it", [&f[..], b"  \t\r\n"].concat(), vec![seen(3, "x")]),
        ("no line end at the end", f.clone(), vec![seen(3, "x")]),
        ("byte order mark", [b"\xef\xbb\xbf", &f[..], b"\n"].concat(), vec![seen(3, "x")]),
        ("noise glued before", [b"VERBOSE: C", &f[..], b"\n"].concat(), vec![noise(b"VERBOSE: C"), seen(3, "x")]),
        ("noise after it", [&f[..], b" tip\n"].concat(), vec![seen(3, "x"), noise(b" tip")]),
        ("noise around", [b"a\n", &f[..], b"\nb\n"].concat(), vec![noise(b"a"), seen(3, "x"), noise(b"b")]),
        ("half a marker before", [b"@RL1 0011", &f[..], b"\n"].concat(), vec![noise(b"@RL1 0011"), seen(3, "x")]),
        ("blank lines", [b"\n\r\n   \n", &f[..], b"\n\n"].concat(), vec![seen(3, "x")]),
        (
            "UTF-16 before it",
            [b"h\0i\0\n\0", &f[..], b"\n"].concat(),
            vec![noise(b"h\0i\0"), noise(b"\0"), seen(3, "x")],
        ),
        ("two", [&f[..], b"\n", &f[..], b"\n"].concat(), vec![seen(3, "x"), seen(3, "x")]),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(whole(&bytes), expected, "{name}");
        assert_eq!(decode(bytes.chunks(1)), expected, "{name}, byte by byte");
    }
}

#[test]
fn noise_in_any_code_page_is_kept_as_it_came() {
    // "Größe" in CP437 and CP850, in Windows-1252 and in UTF-8; then the progress bar of a real shell.
    let lines: [&[u8]; 5] = [
        b"Gr\x94\xe1e",
        b"Gr\xf6\xdfe \x80 \x9f",
        "Größe 日本語 😀".as_bytes(),
        b"\x1b[91mWrite-Error: \x1b[91mThe WinRM client cannot complete the operation.\x1b[0m",
        b"WARNING: The names of some imported commands from the module 'tmp_x' include unapproved verbs.",
    ];
    for line in lines {
        assert_eq!(whole(&[line, b"\r\n", &frame(1, "ok")].concat()), [noise(line), seen(1, "ok")]);
    }
}

#[test]
fn a_forged_frame_is_noise() {
    let forged = String::from_utf8(frame(1, "x")).unwrap().replace("0011", "1100").into_bytes();
    assert_eq!(whole(&[&forged[..], b"\n"].concat()), [noise(&forged)]);
    let other_case = String::from_utf8(frame(1, "x")).unwrap().replace("aabb", "AABB").into_bytes();
    assert_eq!(whole(&other_case), [noise(&other_case)]);
}

#[test]
fn a_broken_frame_of_ours_is_not_passed_over() {
    let cases = [
        ("", None, "without an id"),
        ("x e30=", None, "without an id"),
        ("-1 e30=", None, "without an id"),
        ("99999999999999999999 e30=", None, "without an id"),
        ("7", Some(7), "cannot be read"),
        ("7 e30", Some(7), "not base64"),
        ("7 e3\u{fc}0=", Some(7), "not base64"),
        ("7 e30=VERBOSE:", Some(7), "not base64"),
        ("7 e30=", Some(7), "cannot be read"),
        ("7 AAAA", Some(7), "cannot be read"),
    ];
    for (rest, id, why) in cases {
        let items = whole(format!("@RL1 {NONCE} {rest}\n").as_bytes());
        assert!(matches!(&items[..], [Seen::Garbled(i, w)] if *i == id && w.contains(why)), "{rest}: {items:?}");
    }
}

#[test]
fn a_giant_line_costs_its_beginning_only() {
    let mut decoder = Decoder::new(NONCE);
    let mut items = Vec::new();
    let block = vec![b'.'; 1 << 20];
    for _ in 0..64 {
        decoder.feed(&block, &mut |item| items.push(format!("{item:?}")));
    }
    assert!(items.is_empty());
    assert_eq!(decoder.pending().len(), NOISE_KEPT);
    assert!(decoder.head.capacity() <= 2 * NOISE_KEPT && decoder.edge.capacity() < 256);
    let mut lengths = Vec::new();
    decoder.feed(&[&frame(2, "after")[..], b"\n"].concat(), &mut |item| match item {
        Item::Noise { head, length } => lengths.push((head.len(), length)),
        other => assert!(matches!(other, Item::Frame { id: 2, .. })),
    });
    assert_eq!(lengths, [(NOISE_KEPT, 64 << 20)]);
}

#[test]
fn a_frame_without_end_is_garbled_and_the_next_one_read() {
    let mut decoder = Decoder::new(NONCE);
    let mut items = Vec::new();
    decoder.feed(format!("@RL1 {NONCE} 1 ").as_bytes(), &mut |_| {});
    let block = vec![b'A'; 1 << 20];
    for _ in 0..40 {
        decoder.feed(&block, &mut |_| {});
    }
    assert!(decoder.frame.as_ref().is_some_and(|frame| frame.len() == FRAME_MAX + 1));
    decoder.feed(&[b"\n", &frame(2, "next")[..], b"\n"].concat(), &mut |item| items.push(format!("{item:?}")));
    assert!(items[0].starts_with("Garbled { id: None, why: \"a frame of more than"), "{items:?}");
    assert!(items[1].starts_with("Frame { id: 2"), "{items:?}");
}

#[test]
fn what_a_prompt_left_on_its_line_can_be_asked_for() {
    let mut decoder = Decoder::new(NONCE);
    decoder.feed(b"done\nPassword for CONTOSO\\admin: ", &mut |_| {});
    assert_eq!(decoder.pending(), b"Password for CONTOSO\\admin: ");
}

/// Pieces a stream is made of: frames, parts of frames, and text in no particular encoding.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (0..9u64, ".{0,12}").prop_map(|(id, text)| frame(id, &text)),
        (0..9u64, any::<prop::sample::Index>()).prop_map(|(id, cut)| {
            let whole = frame(id, "torn");
            whole[..cut.index(whole.len())].to_vec()
        }),
        prop::collection::vec(any::<u8>(), 0..60),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(format!("@RL1 {NONCE} ").into_bytes()),
        (4000usize..4200).prop_map(|length| vec![b'.'; length]),
    ]
}

#[test]
fn a_frame_that_nobody_awaits_is_not_even_read() {
    let read = |awaited: &Awaited, bytes: &[u8]| {
        let mut seen = Vec::new();
        let mut decoder = Decoder::of_awaited(NONCE, awaited.clone());
        decoder.feed(bytes, &mut |item| seen.push(format!("{item:?}")));
        seen
    };
    let awaited = Awaited::hello();
    awaited.set(4);
    // What is not base64 would be an item of its own.
    let foreign = format!("@RL1 {NONCE} 3 ??? tip\n@RL1 {NONCE} 5 ???\n");
    let seen = read(&awaited, foreign.as_bytes());
    assert!(matches!(&seen[..], [noise] if noise.starts_with("Noise")), "{seen:?}");
    let long = [format!("@RL1 {NONCE} 3 ").as_bytes(), &vec![b'A'; FRAME_MAX], b" tip\n"].concat();
    assert!(read(&awaited, &long).is_empty());
    assert_eq!(read(&awaited, &[&frame(4, "x")[..], b"\n"].concat()).len(), 1);
    awaited.answered(3);
    assert_eq!(read(&awaited, &[&frame(4, "x")[..], b"\n"].concat()).len(), 1, "another is awaited");
    awaited.answered(4);
    assert!(read(&awaited, &[&frame(4, "x")[..], b"\n"].concat()).is_empty());
}

proptest! {
    #[test]
    fn chunking_never_changes_the_items(
        pieces in prop::collection::vec(piece(), 0..12),
        sizes in prop::collection::vec(1usize..80, 1..40),
    ) {
        let stream = pieces.concat();
        let mut chunks = Vec::new();
        let mut rest = &stream[..];
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, after) = rest.split_at(rest.len().min(*size));
            chunks.push(chunk);
            rest = after;
        }
        prop_assert_eq!(decode(chunks), whole(&stream));
    }

    #[test]
    fn noise_without_the_nonce_is_never_a_frame(lines in prop::collection::vec("(?s).{0,60}|@RL1 [0-9a-f]{32} [0-9] e30=", 0..8)) {
        let stream = lines.join("\n").replace(NONCE, "");
        prop_assert!(whole(stream.as_bytes()).iter().all(|item| matches!(item, Seen::Noise(..))));
    }

    #[test]
    fn a_frame_on_a_line_of_its_own_survives_any_noise_around_it(before in prop::collection::vec(any::<u8>(), 0..200), after in prop::collection::vec(any::<u8>(), 0..200)) {
        let items = whole(&[&before[..], b"\n", &frame(5, "x"), b"\n", &after].concat());
        prop_assert_eq!(items.iter().filter(|item| matches!(item, Seen::Frame(5, _))).count(), 1);
    }
}
