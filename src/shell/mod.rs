//! PowerShell as a process that answers: found, started, spoken to, given deadlines, ended. Nothing here knows what is
//! repaired, or how.

pub mod protocol;
