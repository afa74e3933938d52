//! What a monitoring system is told of a check, and where.

use std::process::ExitCode;

use jiff::Timestamp;

use crate::cli::{Command, Config, Monitoring};
use crate::domain::{Component, Exit, Run};
use crate::error::Error;
use crate::monitoring::{Status, nagios, nagios_failure, nagios_usage, prometheus, prometheus_failure, zabbix};
use crate::regular;
use crate::screens::{self, Failure};
use crate::terminal::Console;

use super::output::tell;

/// Whether the file for metrics can be written, before there is any.
pub(super) fn check_file(config: &Config) -> Result<(), Error> {
    match &config.monitoring {
        Some(Monitoring::Prometheus(Some(path))) => {
            regular::can_put(path).map_err(|cause| Error::Metrics { path: path.clone(), cause })
        }
        Some(Monitoring::Prometheus(None) | Monitoring::Nagios | Monitoring::Zabbix) | None => Ok(()),
    }
}

/// Tells of a run.
pub(super) fn report(
    run: &Run,
    monitoring: &Monitoring,
    config: &Config,
    console: &mut Console,
) -> Result<Exit, Error> {
    let (exit, components) = (Exit::of(run), components(config));
    match monitoring {
        Monitoring::Nagios => tell(&nagios(run, components, exit), None, None, console),
        Monitoring::Prometheus(_) => write(&prometheus(run, components, Timestamp::now()), monitoring, config, console),
        Monitoring::Zabbix => tell(&zabbix(run, components).map_err(Error::Output)?, None, None, console),
    }
    Ok(exit)
}

/// Tells of a run that ended before there was anything to see. A plugin says so on stdout; an array that lacks what there is
/// would be worse than none.
pub(super) fn fail(failure: &Failure<'_>, exit: Exit, monitoring: &Monitoring, config: &Config, console: &mut Console) {
    let is_told_apart = match monitoring {
        Monitoring::Nagios => config.output.verbose > 0,
        Monitoring::Prometheus(_) | Monitoring::Zabbix => true,
    };
    if is_told_apart {
        console.eprint_always(&screens::failure(failure, None, console.talk_width(), config.output.verbose > 0));
    }
    match monitoring {
        Monitoring::Nagios => tell(&nagios_failure(failure, exit), None, None, console),
        Monitoring::Prometheus(_) => write(&prometheus_failure(Timestamp::now()), monitoring, config, console),
        Monitoring::Zabbix => {}
    }
}

/// What is wrong with a command line that was to be a check for Nagios.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        let mut console = Console::new(clap::ColorChoice::Never, true, false);
        tell(&nagios_usage(&error.render().to_string()), None, None, &mut console);
    }
    // Help on stdout, and all of the error on stderr, for whoever types it.
    let _its_own_code = Console::usage(error, false);
    ExitCode::from(Status::Unknown.code())
}

/// The exit code of the process: a plugin has its own.
pub(super) fn code(exit: Exit, config: &Config) -> u8 {
    match config.monitoring {
        Some(Monitoring::Nagios) => Status::of(exit).code(),
        Some(Monitoring::Prometheus(_) | Monitoring::Zabbix) | None => exit.code(),
    }
}

fn write(metrics: &str, to: &Monitoring, config: &Config, console: &mut Console) {
    let Monitoring::Prometheus(Some(path)) = to else { return tell(metrics, None, None, console) };
    if let Err(cause) = regular::put(path, metrics) {
        let error = Error::Metrics { path: path.clone(), cause };
        let failure = Failure { message: &error.to_string(), hints: &error.hints(), tail: None };
        console.eprint_always(&screens::failure(&failure, None, console.talk_width(), config.output.verbose > 0));
    }
}

/// The components that were asked for.
fn components(config: &Config) -> &[Component] {
    let Command::Check(target) = &config.command else { return &[] };
    &target.policy.components
}
