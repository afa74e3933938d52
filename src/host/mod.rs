//! The effects: Exchange, reached through a shell session. An [`Observer`] can only look; a [`Writer`] can look and
//! carry out confirmed steps. A run that may not change anything is handed an `Observer`, whose engine does not even
//! contain the cmdlet that writes.

mod decode;
mod error;
mod evidence;
pub mod journal;
mod observer;
mod refusal;
mod services;
mod starter;
mod writer;

pub use error::ConnectError;
pub use observer::{Link, Observer};
pub use writer::Writer;
