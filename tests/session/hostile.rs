//! An engine with every fault a shell has shown or might show. It answers a request with its arguments, in the way that
//! its first argument names.

use std::{
    env,
    ffi::OsString,
    io::{self, BufRead, Write},
    net::TcpStream,
    process::{self, Command, Stdio},
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use relight::shell::protocol::{Body, CallError, Hello, Request};
use serde_json::{Value, json};

use crate::wire;

/// One megabyte.
pub const MEGABYTE: usize = 1 << 20;

struct Engine {
    nonce: String,
    fault: String,
    extra: Vec<String>,
    capabilities: Option<String>,
}

pub fn play(arguments: &[OsString]) -> ! {
    let words: Vec<String> = arguments.iter().map(|word| word.to_str().unwrap().to_owned()).collect();
    let after = |name: &str| words.iter().position(|word| word == name).map(|at| words[at + 1].clone());
    if words[0] == "member" {
        call_in(&words[1]);
        spawn_member(words.get(2..).unwrap_or_default(), Stdio::inherit());
        idle();
    }
    if words[0] == "keeper" {
        words[1..].iter().for_each(|address| call_in(address));
        idle();
    }
    let options = words.iter().position(|word| word == "--nonce").unwrap();
    let engine = Engine {
        nonce: after("--nonce").unwrap(),
        fault: words[0].clone(),
        extra: words[1..options].to_vec(),
        capabilities: after("--capabilities"),
    };
    engine.run()
}

/// Started as PowerShell is: the script must be there, and the answers are about it, or play what the environment names.
pub fn play_powershell(arguments: &[OsString]) -> ! {
    let words: Vec<&str> = arguments.iter().map(|word| word.to_str().unwrap()).collect();
    let [.., "-File", file, "-Nonce", nonce] = words[..] else { panic!("{words:?}") };
    if env::var_os(wire::SCENARIO).is_some() {
        wire::play(file, nonce);
    }
    std::fs::read(file).unwrap();
    let engine =
        Engine { nonce: nonce.to_owned(), fault: "tell".to_owned(), extra: vec![file.to_owned()], capabilities: None };
    engine.run()
}

impl Engine {
    fn run(&self) -> ! {
        match self.fault.as_str() {
            "ends" => {
                print(b"The term 'x' is not recognized\n");
                eprintln!("\x1b[91mParserError\x1b[0m");
                process::exit(3);
            }
            "asks" => {
                print(b"\r\nPassword for CONTOSO\\admin: ");
                idle();
            }
            "silent" => {
                call_in(&self.extra[0]);
                idle();
            }
            "says-something-else" => self.say(0, &result(json!({}))),
            "noise" => print(b"\xef\xbb\xbf\r\n         Welcome to the Exchange Management Shell!\r\nVERBOSE: Conn"),
            "forged" => print(&self.frame("0".repeat(32).as_str(), 0, &Body::Progress { text: "forged".to_owned() })),
            "constrained" => {
                let language_mode = Some("ConstrainedLanguage".to_owned());
                self.say(0, &Body::Hello(Hello { language_mode, ..Hello::default() }));
                process::exit(0);
            }
            _ => {}
        }
        let hello = Hello {
            ps_version: Some("5.1.14393.0".to_owned()),
            language_mode: Some("FullLanguage".to_owned()),
            is64: Some(true),
            process_id: Some(process::id()),
        };
        self.say(0, &Body::Hello(hello));
        self.after_hello();
        for line in io::stdin().lock().lines() {
            self.answer(&serde_json::from_str(&line.unwrap()).unwrap());
        }
        if let ("leaves-a-note", Some(note)) = (self.fault.as_str(), self.extra.first()) {
            std::fs::write(note, "the end of stdin was seen").unwrap();
        }
        if self.fault == "deaf" {
            idle();
        }
        process::exit(0);
    }

    fn after_hello(&self) {
        match self.fault.as_str() {
            "floods-stderr" => io::stderr().write_all(&vec![b'e'; MEGABYTE]).unwrap(),
            "floods-both" => {
                for _ in 0..16 {
                    io::stderr().write_all(&vec![b'e'; MEGABYTE / 16]).unwrap();
                    print(&[&vec![b'o'; MEGABYTE / 16][..], b"\n"].concat());
                }
            }
            "deaf" => call_in(&self.extra[0]),
            "family" => {
                call_in(&self.extra[0]);
                // A child with a child of its own, both with our streams.
                spawn_member(&[self.extra[0].clone(), self.extra[0].clone()], Stdio::inherit());
            }
            #[cfg(unix)]
            "escaped" => {
                // A grandchild in a session of its own, beyond the reach of a signal to the group, with our stdout.
                let mut command = process_wrap::std::CommandWrap::with_new(env::current_exe().unwrap(), |command| {
                    command.args(["simulated-engine", "member", &self.extra[0]]).stdin(Stdio::null());
                });
                command.wrap(process_wrap::std::ProcessSession).spawn().unwrap();
            }
            _ => {}
        }
    }

    fn answer(&self, request: &Request) {
        let id = request.id;
        let echo = result(serde_json::to_value(&request.call).unwrap()["args"].clone());
        match self.fault.as_str() {
            "noise" => {
                // CP437/850 and Windows-1252 bytes, a progress bar, and no line end before the frame.
                print(b"Gr\x94\xe1e\r\nGr\xf6\xdfe \x80\x9f\r\n\x1b[91mWrite-Error: \x1b[0m\r\n");
                print(&[b' '; 400]);
                self.say(id, &Body::Progress { text: "half way".to_owned() });
                print(b"\xef\xbb\xbfWARNING: 50% ");
                let mut frame = self.frame(&self.nonce, id, &echo);
                frame.pop();
                print(&[&frame[..], b" \r\n\r\nName State\r\n---- -----\r\nEX01 Inactive\r\n"].concat());
            }
            "splits" => self.frame(&self.nonce, id, &echo).iter().for_each(|byte| print(&[*byte])),
            "giant" => {
                print(&vec![b'.'; 8 * MEGABYTE]);
                let mut data = serde_json::to_value(&request.call).unwrap()["args"].clone();
                data["padding"] = json!("ü".repeat(MEGABYTE));
                self.say(id, &result(data));
            }
            "forged" => {
                print(&self.frame(&"f".repeat(32), id, &result(json!({ "server": "FORGED" }))));
                print(&self.frame(&self.nonce.to_uppercase().replace('A', "B"), id, &result(json!({}))));
                self.say(id, &echo);
            }
            "late" => {
                // What belongs to other questions, one of it unreadable, before what belongs to this one.
                self.say(id - 1, &result(json!({ "server": "STALE" })));
                self.say(id + 5, &result(json!({ "server": "FUTURE" })));
                print(format!("@RL1 {} {} !!\n", self.nonce, id - 1).as_bytes());
                self.say(id, &echo);
            }
            "hangs" | "family" => idle(),
            "reports-for-ever" => loop {
                self.say(id, &Body::Progress { text: "still at it".to_owned() });
                thread::sleep(Duration::from_millis(5));
            },
            "dies" => {
                eprint!("Process is terminated due to StackOverflowException.");
                process::exit(7);
            }
            "escaped" => process::exit(0),
            "garbles" => print(format!("@RL1 {} {id} eyJraW5k\n", self.nonce).as_bytes()),
            "garbles-id" => print(format!("@RL1 {} e30=\n", self.nonce).as_bytes()),
            "hello-again" => self.say(id, &Body::Hello(Hello::default())),
            "refuses" if id == 1 => {
                let error = CallError {
                    message: "Zugriff verweigert".to_owned(),
                    category: Some("PermissionDenied".to_owned()),
                    ..CallError::default()
                };
                self.say(id, &Body::Error { error });
            }
            "reports" => {
                ["one", "two"].iter().for_each(|text| self.say(id, &Body::Progress { text: (*text).to_owned() }));
                thread::sleep(Duration::from_millis(200));
                self.say(id, &echo);
            }
            "nothing" => self.say(id, &result(Value::Null)),
            "tell" => self.say(id, &result(self.surroundings())),
            _ => self.say(id, &echo),
        }
    }

    fn surroundings(&self) -> Value {
        json!({
            "poison": env::var(crate::POISON).ok(),
            "quick": env::var("DOTNET_TieredPGO").ok(),
            "telemetry": env::var("POWERSHELL_TELEMETRY_OPTOUT").ok(),
            "folder": env::current_dir().unwrap(),
            "capabilities": self.capabilities,
            "arguments": self.extra,
        })
    }

    fn say(&self, id: u64, body: &Body) {
        print(&self.frame(&self.nonce, id, body));
    }

    fn frame(&self, nonce: &str, id: u64, body: &Body) -> Vec<u8> {
        let json = serde_json::to_vec(body).unwrap();
        format!("@RL1 {nonce} {id} {}\n", STANDARD.encode(json)).into_bytes()
    }
}

fn result(data: Value) -> Body {
    Body::Result { data }
}

/// Writes at once: what is printed together arrives together only if the pipe agrees.
fn print(bytes: &[u8]) {
    let mut stdout = io::stdout().lock();
    // Nobody may be listening any more.
    if stdout.write_all(bytes).and_then(|()| stdout.flush()).is_err() {
        process::exit(9);
    }
}

/// Tells the test that this process lives, for as long as it does.
fn call_in(address: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    writeln!(stream, "{}", process::id()).unwrap();
    std::mem::forget(stream);
}

/// Starts one more process that calls in at the first address and hands on the rest.
fn spawn_member(addresses: &[String], stdio: Stdio) {
    if !addresses.is_empty() {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["simulated-engine", "member"]).args(addresses).stdin(Stdio::null()).stdout(stdio);
        // Not waited for: it is to outlive this process, if it can.
        std::mem::forget(command.spawn().unwrap());
    }
}

/// Does nothing for longer than any test waits, but not for ever.
pub fn idle() -> ! {
    thread::sleep(Duration::from_secs(180));
    process::exit(8);
}
