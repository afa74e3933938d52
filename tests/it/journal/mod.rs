//! The journal through the process boundary: what a run that may write leaves on disk, whatever happens to it, and what
//! history, undo and resume make of that.

mod believed;
mod failing;
mod history;
#[cfg(unix)]
mod interrupted;
#[cfg(unix)]
mod killed;
mod late;
mod locked;
mod logs;
mod page;
mod schema;
mod services;
mod stopping;
#[cfg(unix)]
mod trusted;
mod undo;
