//! What all screens are made of: a page of wrapped, coloured lines, tables, times, words, and text that cannot steer a
//! terminal.

pub mod command;
pub mod page;
pub mod sanitize;
pub mod table;
pub mod time;
pub mod words;

pub use sanitize::sanitize;
