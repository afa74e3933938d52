//! One question about a plan as a whole, for what is not a repair: the default is no.

use super::prompt::{Prompt, Typed};
use super::reply;

/// Shows a plan of so many commands and asks whether to run them.
pub fn agree(plan: &str, commands: usize, prompt: &mut dyn Prompt) -> bool {
    prompt.say(plan);
    let question = match commands {
        1 => "Run this command? yes or no [no]:".to_owned(),
        _ => format!("Run these {commands} commands? yes or no [no]:"),
    };
    loop {
        match prompt.ask(&question) {
            Typed::Escaped | Typed::Interrupted => return false,
            Typed::Line(line) => match reply::to_commands(&line) {
                Ok(agreed) => return agreed,
                Err(again) => prompt.say(&format!("{again}\n")),
            },
        }
    }
}
