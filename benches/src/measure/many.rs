//! A server of many plugins with many connections, none of which is called.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::tenancy;
use crate::listening::Listening;
use crate::plan::Tenancy;
use crate::programs::Programs;
use crate::units::megabytes;
use crate::usage;

/// What a server of many plugins takes while it rests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Many {
    /// How many plugins it has.
    pub plugins: usize,
    /// How many connections each of them has.
    pub connections: usize,
    /// Its resident memory in MB when it has compiled them itself.
    pub first_mb: f64,
    /// The same when they were compiled before.
    pub mb: f64,
}

/// Starts `plugin-host serve` on so many plugins, each with so many connections, and looks at its memory
/// when it listens: once with nothing in the compile cache, and once again. None where that can't be told.
///
/// # Errors
/// When the server does not start.
pub fn measure(programs: &Programs, tenancy: Tenancy) -> Result<Option<Many>> {
    let folder = tempfile::tempdir()?;
    tenancy::write(tenancy, programs, folder.path(), "https://shop.example")?;
    let rest = || {
        let server = Listening::start("the server of many plugins", tenancy::serve(programs, folder.path()))?;
        anyhow::Ok(usage::resident(server.process()).map(megabytes))
    };
    let Tenancy { plugins, connections } = tenancy;
    Ok(match (rest()?, rest()?) {
        (Some(first_mb), Some(mb)) => Some(Many { plugins, connections, first_mb, mb }),
        _ => None,
    })
}
