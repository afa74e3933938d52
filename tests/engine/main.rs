//! The engine in a real PowerShell, spoken to in raw frames, against the stand-in Exchange in tests/exchange-double: that it
//! answers everything, survives everything, and that values cross as they are. Needs `pwsh` on PATH; without it each test
//! says so and passes, unless `RELIGHT_REQUIRE_PWSH=1`.

#[path = "../support/double.rs"]
mod double;
#[path = "../support/join.rs"]
mod join;
#[path = "../support/shell.rs"]
mod shell;

mod environment;
mod evidence;
mod faults;
mod fixture;
mod load;
mod services;
mod values;
mod wire;
