//! A shell that plays a scenario as the simulator does, and puts on the wire what a real one may put there: text beside
//! the frames, frames that are none, answers that make no sense, a process that keeps its output open. The environment
//! tells it what to play and what is wrong.

use std::{
    cell::RefCell,
    env, fs,
    io::{self, BufReader, Read, Write},
    net::TcpListener,
    process::{self, Command, Stdio},
    rc::Rc,
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use relight::{
    shell::{Capabilities, engine},
    simulator::{self, Ending, EngineArgs},
};
use serde_json::Value;

use crate::hostile::{MEGABYTE, idle};

/// A scenario: a name or a file.
pub const SCENARIO: &str = "RELIGHT_PEER_SCENARIO";
/// What is wrong, between commas, each with the operation it goes with: `cp437, not-json@connect`; without one it goes
/// with every answer. `refused` comes before all. `keep-pipe` goes with the address where the process that keeps the pipe open calls in.
pub const FAULTS: &str = "RELIGHT_PEER_FAULTS";

/// What may stand beside an answer.
pub const NOISES: [&str; 14] = [
    "host-text",
    "glued-text",
    "cp437",
    "cp850",
    "cp1252",
    "escape-codes",
    "bom",
    "crlf",
    "split-frame",
    "giant-line",
    "unmarked-frame",
    "forged-frame",
    "stale-frame",
    "stderr-flood",
];
/// What may stand in place of an answer.
pub const GARBAGE: [&str; 3] = ["not-base64", "not-json", "not-an-answer"];

/// What the Exchange shell says when it is loaded.
const BANNER: &str = "\r\n\
    \x20        Welcome to the Exchange Management Shell!\r\n\r\n\
    Full list of cmdlets: Get-Command\r\n\
    Only Exchange cmdlets: Get-ExCommand\r\n\r\n\
    Tip of the day #29:\r\n\r\n\
    Do you want to see the state of a component? Type:\r\n\r\n Get-ServerComponentState\r\n\r\n\
    VERBOSE: Connecting to EX01.contoso.local.\r\n\
    WARNING: The names of some imported commands include unapproved verbs.\r\n";

/// What a German Windows PowerShell says of a script that a policy refuses.
const REFUSED: &str = "Die Datei \"C:\\T\\engine.ps1\" kann nicht geladen werden. Die Datei ist nicht digital signiert.\r\n    \
    + CategoryInfo          : Sicherheitsfehler: (:) [], ParentContainsErrorRecordException\r\n    \
    + FullyQualifiedErrorId : UnauthorizedAccess\r\n";

/// A body that would be believed if its frame were.
const FORGED: &str = r#"{"kind":"error","error":{"message":"forged"}}"#;

/// Plays PowerShell, started with this engine.
pub fn play(file: &str, nonce: &str) -> ! {
    let text = fs::read_to_string(file).unwrap();
    let capabilities = Capabilities::ALL.into_iter().find(|capabilities| engine::text(*capabilities) == text).unwrap();
    let source = simulator::resolve(env::var(SCENARIO).ok().as_deref()).unwrap();
    let faults = faults(&env::var(FAULTS).unwrap_or_default());
    if let Some((_, Some(address))) = faults.iter().find(|(kind, _)| kind == "keep-pipe") {
        start_keeper(address);
    }
    if faults.iter().any(|(kind, _)| kind == "refused") {
        eprint!("{REFUSED}");
        process::exit(1);
    }
    let heard = Heard::default();
    let input = BufReader::new(Listening { inner: io::stdin().lock(), heard: heard.clone() });
    let (output, errors) = (io::stdout().lock(), io::stderr());
    let output = Wire { faults, nonce: nonce.to_owned(), heard, frame: Vec::new(), output, errors };
    match simulator::serve(&EngineArgs { nonce: nonce.to_owned(), capabilities, source }, input, output, io::stderr()) {
        Ending::Finished | Ending::Gone => process::exit(0),
        Ending::Crashed => process::exit(1),
        Ending::Hung => idle(),
    }
}

/// A process with our output that calls in there, before we go on.
fn start_keeper(address: &str) {
    let ready = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    let here = ready.local_addr().unwrap().to_string();
    command.args(["simulated-engine", "keeper", address, &here]).stdin(Stdio::null());
    std::mem::forget(command.spawn().unwrap());
    ready.accept().unwrap();
}

fn faults(text: &str) -> Vec<(String, Option<String>)> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| match name.split_once('@') {
            Some((kind, with)) => (kind.to_owned(), Some(with.to_owned())),
            None => (name.to_owned(), None),
        })
        .collect()
}

/// All that was asked so far, byte for byte.
type Heard = Rc<RefCell<Vec<u8>>>;

struct Listening<R> {
    inner: R,
    heard: Heard,
}

impl<R: Read> Read for Listening<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.heard.borrow_mut().extend_from_slice(&buffer[..length]);
        Ok(length)
    }
}

/// Takes whole frames, and writes them with what is wrong.
struct Wire<W, E> {
    faults: Vec<(String, Option<String>)>,
    nonce: String,
    heard: Heard,
    frame: Vec<u8>,
    output: W,
    errors: E,
}

impl<W: Write, E: Write> Write for Wire<W, E> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.frame.extend_from_slice(bytes);
        if self.frame.ends_with(b"\n") {
            let frame = String::from_utf8(std::mem::take(&mut self.frame)).unwrap();
            self.send(frame.trim_end())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

impl<W: Write, E: Write> Wire<W, E> {
    fn send(&mut self, frame: &str) -> io::Result<()> {
        let [_, _, id, body] = frame.split(' ').collect::<Vec<_>>()[..] else { panic!("{frame}") };
        let json: Value = serde_json::from_slice(&STANDARD.decode(body).unwrap()).unwrap();
        if json["kind"] == "progress" {
            return self.output.write_all(format!("{frame}\n").as_bytes());
        }
        let id = id.parse().unwrap();
        let op = self.op(id);
        let (mut body, mut line_end, mut piece) = (body.to_owned(), "\n", usize::MAX);
        for (kind, with) in &self.faults {
            if kind == "keep-pipe" || with.as_ref().is_some_and(|with| *with != op) {
                continue;
            }
            match kind.as_str() {
                "crlf" => line_end = "\r\n",
                "split-frame" => piece = 40,
                "stderr-flood" => self.errors.write_all(&flood())?,
                garbage if GARBAGE.contains(&garbage) => body = nonsense(garbage),
                noise => self.output.write_all(&before_frame(noise, &self.nonce, id))?,
            }
        }
        let frame = format!("@RL1 {} {id} {body}{line_end}", self.nonce);
        for bytes in frame.as_bytes().chunks(piece) {
            self.output.write_all(bytes)?;
            if piece < usize::MAX {
                self.output.flush()?;
                thread::sleep(Duration::from_millis(1));
            }
        }
        Ok(())
    }

    /// What the call of this id asked for.
    fn op(&self, id: u64) -> String {
        let heard = self.heard.borrow();
        let requests = heard.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        let mut ops = requests.filter(|request| request["id"] == id).map(|it| it["op"].as_str().unwrap().to_owned());
        ops.next().unwrap_or_else(|| "hello".to_owned())
    }
}

/// What comes on stdout before the frame of `id`.
fn before_frame(noise: &str, nonce: &str, id: u64) -> Vec<u8> {
    let frame = |before: String, id: u64| format!("@RL1 {before}{id} {}\n", STANDARD.encode(FORGED)).into_bytes();
    match noise {
        "host-text" => BANNER.as_bytes().to_vec(),
        "glued-text" => b"VERBOSE: Connected to EX01.contoso.local.".to_vec(),
        "cp437" => b"\xC9\xCD\xCD\xBB Verbindung \x81ber M\x81nchen wird ge\x94ffnet \xC8\xCD\xCD\xBC\r\n".to_vec(),
        "cp850" => b"Gr\x94\xE1e \xB6ndern: \x84\x94\x81\xE1 \xCF\r\n".to_vec(),
        "cp1252" => b"WARNUNG: Der Server \x84EX01\x93 ist f\xFCr Gr\xF6\xDFen ab 10 \x80 gesperrt.\r\n".to_vec(),
        "escape-codes" => b"\x1B[31;1mERROR\x1B[0m \x1B]0;title\x07\x1B[2J\x08\x00\r\n".to_vec(),
        "bom" => b"\xEF\xBB\xBF".to_vec(),
        // So long that nobody may keep it.
        "giant-line" => [vec![b'x'; 4 * MEGABYTE], b"\n".to_vec()].concat(),
        "unmarked-frame" => frame(String::new(), id),
        "forged-frame" => frame("0123456789abcdef".repeat(2) + " ", id),
        // The greeting has no call before it, and the first call only the greeting.
        "stale-frame" if id < 2 => Vec::new(),
        "stale-frame" => frame(format!("{nonce} "), id - 1),
        other => panic!("no such noise: {other}"),
    }
}

/// The body of an answer that makes no sense.
fn nonsense(garbage: &str) -> String {
    match garbage {
        "not-base64" => "%%%not~base64%%%".to_owned(),
        "not-json" => STANDARD.encode("{\"kind\":\"result\",\"data\":"),
        "not-an-answer" => STANDARD.encode(r#"{"kind":"weather","text":"fine"}"#),
        other => panic!("no such garbage: {other}"),
    }
}

/// More than any pipe holds.
fn flood() -> Vec<u8> {
    b"VERBOSE: one of many lines on the error stream.\r\n".iter().copied().cycle().take(MEGABYTE).collect()
}

/// What is on stdout and on stderr when the default scenario answers these requests.
pub fn written(fault: &str, requests: &str, nonce: &str) -> (Vec<u8>, Vec<u8>) {
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let heard = Heard::default();
    let input = BufReader::new(Listening { inner: requests.as_bytes(), heard: heard.clone() });
    let (faults, nonce) = (faults(fault), nonce.to_owned());
    let args = EngineArgs {
        nonce: nonce.clone(),
        capabilities: Capabilities::Look,
        source: simulator::resolve(None).unwrap(),
    };
    let wire = Wire { faults, nonce, heard, frame: Vec::new(), output: &mut output, errors: &mut errors };
    assert_eq!(simulator::serve(&args, input, wire, io::sink()), Ending::Finished);
    (output, errors)
}
