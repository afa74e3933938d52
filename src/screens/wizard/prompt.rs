//! What the conversation needs of whoever has it: a screen to say something on and a line of text in return. A terminal
//! is one, a script of answers another; the flow is the same for both.

/// Somebody to talk to.
pub trait Prompt {
    /// Says something: whole lines.
    fn say(&mut self, text: &str);

    /// Asks for a line of text.
    fn ask(&mut self, question: &str) -> Typed;
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
