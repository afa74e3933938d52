//! The effects: Exchange, reached through a shell session, and its ports, reached as a client reaches them. An
//! [`Observer`] can only look; a [`Writer`] can look and carry out confirmed steps. A run that may not change anything is
//! handed an `Observer`, whose engine does not even contain the cmdlet that writes.

mod author;
pub(crate) mod checkup;
mod clients;
mod clock;
mod decode;
mod error;
pub mod event_log;
mod evidence;
mod observer;
mod organisation;
mod pool;
mod refusal;
mod services;
mod sessions;
mod writer;

pub use clients::Ports;
pub use error::ConnectError;
pub use observer::Observer;
pub use organisation::organisation;
pub use pool::{Jobs, OnEvent, Pool, Worker};
pub use sessions::Link;
pub use writer::Writer;
