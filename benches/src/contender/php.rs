//! The PHP sample of the service's documentation: a script that is run as a process.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::service::Service;

/// The script. It takes the service's address and the calls on standard input, as
/// [`obey`](super::obey) does.
pub fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("php/update_order_status.php")
}

/// What keeps the script from being run, and what to do about it.
pub fn missing() -> Option<&'static str> {
    let mut command = Command::new("php");
    command.args(["-r", "exit(extension_loaded('curl') ? 0 : 1);"]).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => None,
        Ok(_) => Some("PHP has no curl here: apt-get install php-curl"),
        Err(_) => Some("there is no PHP here: apt-get install php-cli php-curl"),
    }
}

/// Makes one call, and ends.
pub fn once(service: &Service) -> Command {
    let mut command = Command::new("php");
    command.arg(script()).arg(&service.base_url).arg("once");
    command
}
