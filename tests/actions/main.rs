//! The actions against the sandbox over real sockets: what they send, what they make of what comes,
//! and what its codes mean.

mod anything;
mod codes;
mod documented;
mod reads;
mod shapes;
mod signed;
mod statuses;
mod support;
mod writes;
