//! A check as monitoring systems read it: one function from the run to the text for each of them. What is wrong with what is
//! decided elsewhere; here it is only written down.

mod active;
mod nagios;
mod prometheus;
mod zabbix;

pub use nagios::{Status, nagios, nagios_failure, nagios_usage};
pub use prometheus::{prometheus, prometheus_failure};
pub use zabbix::zabbix;
