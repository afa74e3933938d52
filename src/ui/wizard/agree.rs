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

#[cfg(test)]
mod tests {
    use super::*;

    /// Types these answers and remembers what it was shown.
    struct Script(Vec<Typed>, String);

    impl Prompt for Script {
        fn say(&mut self, text: &str) {
            self.1.push_str(text);
        }

        fn ask(&mut self, question: &str) -> Typed {
            self.1.push_str(question);
            if self.0.is_empty() { Typed::Escaped } else { self.0.remove(0) }
        }
    }

    #[test]
    fn only_a_clear_yes_agrees() {
        let line = |text: &str| Typed::Line(text.to_owned());
        for (answers, agreed) in [
            (vec![line("yes")], true),
            (vec![line("maybe"), line("y")], true),
            (vec![line("")], false),
            (vec![line("no")], false),
            (vec![Typed::Interrupted], false),
            (vec![Typed::Escaped], false),
            (vec![line("what"), line("why")], false),
        ] {
            let mut script = Script(answers.clone(), String::new());
            assert_eq!(agree("the plan\n", 2, &mut script), agreed, "{answers:?}");
            assert!(script.1.starts_with("the plan\nRun these 2 commands?"), "{}", script.1);
        }
    }
}
