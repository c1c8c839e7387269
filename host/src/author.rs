//! What an author of a plugin does: begin one, build it, try it.

pub mod build;
pub mod kit;
pub mod name;
pub mod template;
pub mod watch;
