//! relight itself, with the real engine in a real PowerShell, against the stand-in Exchange in tests/exchange-double.
//!
//! PowerShell takes a second or two to start, so that a run looks at as many servers as it can, one fault each.

#[cfg(unix)]
mod connection;
mod dsc;
mod evidence;
mod exchange;
mod fix;
mod interrupted;
mod load;
mod look;
mod monitoring;
mod names;
mod other_doubles;
mod printed;
#[cfg(target_os = "linux")]
mod remote;
mod services;
#[cfg(target_os = "linux")]
mod several;
mod stores;
#[cfg(target_os = "linux")]
mod walk;
#[cfg(unix)]
mod wizard;

use crate::trials::Case;

pub fn trials() -> Vec<Vec<Case>> {
    vec![
        #[cfg(unix)]
        connection::trials(),
        dsc::trials(),
        evidence::trials(),
        fix::trials(),
        interrupted::trials(),
        load::trials(),
        look::trials(),
        monitoring::trials(),
        names::trials(),
        other_doubles::trials(),
        printed::trials(),
        #[cfg(target_os = "linux")]
        remote::trials(),
        services::trials(),
        #[cfg(target_os = "linux")]
        several::trials(),
        stores::trials(),
        #[cfg(target_os = "linux")]
        walk::trials(),
        #[cfg(unix)]
        wizard::trials(),
    ]
}
