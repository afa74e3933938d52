//! The rules of component state, as tables of small cases: what the entries amount to, what is wrong, what can be done,
//! and what a second look proves.

mod diagnosis;
mod evidence;
mod fixtures;
mod plan;
mod reconcile;
mod selection;
mod services;
mod start;
mod stop;
mod undo;
mod verdict;
