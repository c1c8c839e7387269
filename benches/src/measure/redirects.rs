//! A service that sends requests on to a host which the plugin may not reach.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::contender::{self, Contender};
use crate::programs::Programs;
use crate::server::{REDIRECT, Server};
use crate::service::Service;

/// What a host did with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// Which host.
    pub contender: Contender,
    /// Whether the other host got a request.
    pub followed: bool,
    /// Whether its answer was taken for the service's.
    pub believed: bool,
}

/// Makes a call in either host: the plugin may reach 127.0.0.1, and is sent on to `localhost`.
pub fn measure(programs: &Programs) -> Result<Vec<Redirect>> {
    let redirect = |contender| {
        let elsewhere = Server::start(None, "")?;
        let service = Server::start(None, &elsewhere.origin("localhost"))?;
        let service = Service::plain(service.origin("127.0.0.1")).at(REDIRECT);
        let mut callers = contender::callers(contender, &service, programs, 1)?;
        let believed = callers.iter_mut().all(|caller| caller.call().is_ok());
        Ok(Redirect { contender, followed: elsewhere.answered() > 0, believed })
    };
    [Contender::Host, Contender::Stock].into_iter().map(redirect).collect()
}
