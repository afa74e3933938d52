//! What the conversation needs of whoever has it: a screen to say something on and a line of text in return. A terminal
//! is one, a script of answers another; the flow is the same for both.

use crate::domain::Ended;

/// Somebody to talk to.
pub trait Prompt {
    /// Says something: whole lines.
    fn say(&mut self, text: &str);

    /// Asks for a line of text. An empty one stands for the default, which is then shown as if it had been typed.
    fn ask(&mut self, question: &str, default: &str) -> Typed;
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A line, as it was typed.
    Line(String),
    /// Esc, or the end of the input: no answer, and no consent.
    Escaped,
    /// Ctrl-C.
    Interrupted,
}

/// Asks until the answer is understood. An error is the early end.
pub fn until_understood<T>(
    prompt: &mut dyn Prompt,
    question: &str,
    default: &str,
    parse: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<T, Ended> {
    loop {
        match prompt.ask(&format!("{question} [{default}]:"), default) {
            Typed::Line(line) => match parse(&line) {
                Ok(reply) => return Ok(reply),
                Err(again) => prompt.say(&format!("{again}\n")),
            },
            Typed::Escaped => return Err(Ended::Quit),
            Typed::Interrupted => return Err(Ended::Interrupted),
        }
    }
}
