//! relight itself, with the real engine in a real PowerShell, against the stand-in Exchange in tests/exchange-double. Needs
//! `pwsh` on PATH; without it one line says so and the tests pass, unless `RELIGHT_REQUIRE_PWSH=1`.
//!
//! PowerShell takes a second or two to start, so that a run looks at as many servers as it can, one fault each.

#[path = "../support/double.rs"]
mod double;

mod connection;
mod fix;
mod interrupted;
mod load;
mod look;
mod names;
mod other_doubles;
mod run;
mod services;
#[cfg(unix)]
mod wizard;
