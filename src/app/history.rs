//! `history`: the runs that could change something, or one of them.

use crate::cli::{Config, Format};
use crate::domain::{Exit, Server};
use crate::error::Error;
use crate::journal::{Folder, JournalError};
use crate::terminal::Console;
use crate::{record, screens};

use super::output::{print, show_result};
use super::page;

/// Lists the newest runs, or those of them that looked at one of these servers; or shows one, with all of its servers or these.
pub(super) fn history(
    run: Option<&str>,
    most: usize,
    only: &[Server],
    config: &Config,
    console: &mut Console,
) -> Result<Exit, Error> {
    let folder = Folder::new(config.journal.folder.as_deref())?;
    let is_json = config.output.format != Format::Text;
    let show = show_result(&config.output, console);
    let text = match run {
        Some(name) => {
            let (mut run, live) = folder.run(name)?;
            let id = run.name().to_owned();
            if !only.is_empty() {
                run.servers.retain(|it| only.iter().any(|name| name.may_be(it.server())));
            }
            if let ([], [missing, ..]) = (&run.servers[..], only) {
                return Err(JournalError::NotLookedAt(id, missing.clone()).into());
            }
            page::write(&run, config, &show)?;
            if is_json {
                record::past_run(&run, live)
            } else {
                Ok(screens::past_run(&run, live, config.journal.way(), &show))
            }
        }
        None => {
            let briefs = folder.briefs(most, only)?;
            if is_json { record::history(&briefs) } else { Ok(screens::history(&briefs, folder.path(), &show)) }
        }
    };
    print(console, &text.map_err(Error::Output)?)
}
