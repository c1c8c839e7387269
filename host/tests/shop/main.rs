//! A second plugin in the host: the made-up shop's, with all that the contract has, against its service
//! over real sockets.

mod calls;
mod description;
mod support;
