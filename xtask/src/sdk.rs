//! The built module in Extism's SDKs for other languages. Each test is a script in `tests/sdk/`
//! that talks to the sandbox and exits with 0 when all is well. A script gets:
//!
//! | variable | |
//! |---|---|
//! | `JUSTCLICK_DIST` | the bundle's folder |
//! | `SANDBOX` | the sandbox's base URL |
//! | `JUSTCLICK_LOGIN`, `JUSTCLICK_API_KEY` | the account that the sandbox knows |
//! | `SDK_FOLDER` | JavaScript: the folder whose `node_modules` holds `@extism/extism` |

use std::process::Command;

use anyhow::{Context, Result, bail};
use toolchain::ui::say;
use toolchain::{environment, node, process};

use crate::programs;
use crate::project::{DIST, Project};
use crate::sandbox::{API_KEY, LOGIN, Sandbox};

/// PyPI's package.
const PYTHON: &str = "extism==1.1.1";

/// npm's `latest`, and the one that people need for timeouts and response headers.
pub const JAVASCRIPT: [&str; 2] = ["1.0.3", "2.0.0-rc13"];

/// Runs docs/sdks.md's lines for Rust, which have to be built.
///
/// # Errors
/// When they don't change the order.
pub fn rust(project: &Project, sandbox: &Sandbox) -> Result<()> {
    let mut command = Command::new(project.program(programs::README));
    command.current_dir(project.root());
    command.env("JUSTCLICK_LOGIN", LOGIN).env("JUSTCLICK_API_KEY", API_KEY).env("JUSTCLICK_BASE_URL", sandbox.base());
    environment::reach_loopback(&mut command);
    let printed = process::output("docs/sdks.md's lines for Rust", &mut command)?;
    let output: serde_json::Value = serde_json::from_str(&printed).unwrap_or_default();
    if output["message"] != "order status changed" {
        bail!("docs/sdks.md's lines for Rust printed {printed:?}");
    }
    Ok(())
}

/// Installs the Python SDK beside the build's output and runs its test.
///
/// # Errors
/// When a step fails.
pub fn python(project: &Project, sandbox: &Sandbox) -> Result<()> {
    let folder = project.tool("python");
    let done = folder.join("installed");
    if !std::fs::read_to_string(&done).is_ok_and(|there| there == PYTHON) {
        say(format!("pip: installing {PYTHON}"));
        let mut command = Command::new("python3");
        command.args(["-m", "pip", "install", "--quiet", "--upgrade", "--target"]).arg(&folder).arg(PYTHON);
        // Into a folder of its own, so neither of the two warnings applies.
        command.env("PIP_ROOT_USER_ACTION", "ignore").env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        process::run("pip install (where pip is missing: apt-get install python3-pip)", &mut command)?;
        std::fs::write(&done, PYTHON).with_context(|| format!("can't write {}", done.display()))?;
    }
    let mut command = Command::new("python3");
    command.arg("tests/sdk/run.py").env("PYTHONPATH", &folder);
    script("the Python SDK's test", project, sandbox, &mut command)
}

/// Installs one version of the JavaScript SDK beside the build's output and runs its test.
///
/// # Errors
/// When a step fails.
pub fn javascript(project: &Project, sandbox: &Sandbox, version: &str) -> Result<()> {
    let folder = project.tool(&format!("javascript-{version}"));
    node::install(&folder, &[&format!("@extism/extism@{version}")])?;
    let mut command = Command::new("node");
    command.arg("tests/sdk/run.mjs").env("SDK_FOLDER", &folder);
    // Node warns of the WASI that the older SDK brings along and this module does not use.
    command.env("NODE_NO_WARNINGS", "1");
    script("the JavaScript SDK's test", project, sandbox, &mut command)
}

fn script(step: &str, project: &Project, sandbox: &Sandbox, command: &mut Command) -> Result<()> {
    command.env(DIST, project.dist()).env("SANDBOX", sandbox.base());
    command.env("JUSTCLICK_LOGIN", LOGIN).env("JUSTCLICK_API_KEY", API_KEY);
    environment::reach_loopback(command);
    process::run(step, command.current_dir(project.root()))
}
