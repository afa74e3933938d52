//! The engine in a real PowerShell, spoken to in raw frames, against the stand-in Exchange in tests/exchange-double: that it
//! answers everything, survives everything, and that values cross as they are.

mod environment;
mod evidence;
mod faults;
mod fixture;
mod load;
mod organisation;
mod services;
// Five PowerShells at once are more than wine starts in time.
#[cfg(target_os = "linux")]
mod several;
mod values;
mod wire;

use crate::trials::Case;

pub fn trials() -> Vec<Vec<Case>> {
    vec![
        environment::trials(),
        evidence::trials(),
        faults::trials(),
        load::trials(),
        organisation::trials(),
        services::trials(),
        #[cfg(target_os = "linux")]
        several::trials(),
        values::trials(),
        wire::trials(),
    ]
}
