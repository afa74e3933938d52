//! relight itself, with the real engine in a real PowerShell, against the stand-in Exchange in tests/exchange-double. Needs
//! `pwsh` on PATH; without it one line says so and the tests pass, unless `RELIGHT_REQUIRE_PWSH=1`. The same for sshd and
//! ssh, which the tests over a remote session need: `RELIGHT_REQUIRE_SSHD=1`.
//!
//! PowerShell takes a second or two to start, so that a run looks at as many servers as it can, one fault each.

#[path = "../support/double.rs"]
mod double;
#[cfg(target_os = "linux")]
#[path = "../support/remote.rs"]
mod far;

mod connection;
mod fix;
mod interrupted;
mod load;
mod look;
mod names;
mod other_doubles;
#[cfg(target_os = "linux")]
mod remote;
mod run;
mod services;
#[cfg(unix)]
mod wizard;
