//! What stands below the options in each `--help`: lines that can be typed, and what the exit code may be. Written for a
//! console of 80 columns, and so that no help is longer than a reader scrolls.

/// What a script may want to know without the README at hand, and where to begin.
pub(super) const RELIGHT: &str = "\
Exit codes:
    0  nothing wrong, or all of it fixed     22  not found, or not supported
    2  wrong usage; nothing was started      23  a server could not be reached
   10  Inactive; nothing was changed         30  a change failed
   11  some fixed, some left                 31  a change with unknown outcome
   12  would ask, but there is no terminal   32  changed, but not confirmed
   13  something could not be read           33  stopped: servers not begun
   14  Inactive, planned: maintenance        40  another run has the lock
   20  no PowerShell or no Exchange cmdlets  41  a deadline passed
   21  access denied                         42  no journal, so nothing changed
   70  a bug                                130  interrupted

Examples:
  relight check                  what is Inactive on this server, and why
  relight fix                    mend it; asks first
  relight fix --simulate         rehearse that without Exchange
  relight fix --help             the options of a command";

pub(super) const CHECK: &str = "\
Examples:
  relight check                    this server
  relight check EX01 EX02 --probe  two, and what clients meet there
  relight check --all-servers --except EX07
  relight check EX01 -q --ignore-requester Maintenance
  relight check --format nagios --deadline 50s
Exit codes: relight --help";
pub(super) const FIX: &str = "\
Examples:
  relight fix                    this server; asks first
  relight fix EX01 EX02 -WhatIf  the plan for two servers
  relight fix EX01 --yes         asks nothing; HealthApi alone
  relight fix EX01 --yes --requester Maintenance
Exit codes: relight --help";
pub(super) const DOCTOR: &str = "\
Examples:
  relight doctor                          this machine and this server
  relight doctor EX01 EX02                this machine, and what it can do there
  relight doctor --register-event-source  once, as an administrator
Exit codes: relight --help";
pub(super) const PROBE: &str = "\
Examples:
  relight probe                      the four usual ports of this machine
  relight probe EX01 mail.contoso.com:995
  relight probe --dag DAG01
Exit codes: 0 every port answered with a banner; 10 a port closes without one,
as an Inactive proxy does; 13 something is not known: silent, refused,
unreachable, no TLS, turned away, not a mail protocol, a name without an
address, or reached over loopback only, where an Inactive proxy still answers.
Nothing is sent but CAPA, CAPABILITY, QUIT and LOGOUT.";
pub(super) const HISTORY: &str = "\
Examples:
  relight history                      the newest runs
  relight history 20260314-024710-123  one of them";
pub(super) const UNDO: &str = "\
Examples:
  relight undo                            the last run that changed something
  relight undo 20260314-024710-123        that run; asks first
  relight undo 20260314-024710-123 -WhatIf
Exit codes: relight --help";
pub(super) const RESUME: &str = "\
Examples:
  relight resume                      the only run that was interrupted
  relight resume 20260314-024710-123  that run
Exit codes: relight --help";
pub(super) const DSC: &str = "\
Examples:
  '{\"server\":\"EX01\"}' | relight dsc test
  '{\"server\":\"EX01\"}' | dsc resource test -r Relight/ProtocolState -f -
  dsc config set --what-if --file exchange.dsc.config.yaml
SYSTEM has no Exchange role: run dsc under an account that has one.";
pub(super) const SCENARIOS: &str = "\
Examples:
  relight scenarios
  relight check --simulate maintenance";
pub(super) const COMPLETIONS: &str = "\
Examples:
  relight completions powershell | Out-String | Invoke-Expression
  relight completions bash > /etc/bash_completion.d/relight";
