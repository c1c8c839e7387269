//! What this process takes of the machine.

use std::time::Duration;

/// The processor's time that it has taken so far, over all threads.
#[cfg(unix)]
pub fn cpu() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(Duration::new(time.tv_sec.try_into().ok()?, time.tv_nsec.try_into().ok()?))
}

/// As above, where it can't be told.
#[cfg(not(unix))]
pub fn cpu() -> Option<Duration> {
    None
}

/// The most memory that it ever had resident, in bytes.
pub fn peak_resident() -> Option<u64> {
    status_bytes(&std::fs::read_to_string("/proc/self/status").ok()?, "VmHWM")
}

/// The memory that another process has resident now, in bytes.
pub fn resident(process: u32) -> Option<u64> {
    status_bytes(&std::fs::read_to_string(format!("/proc/{process}/status")).ok()?, "VmRSS")
}

/// A line of `/proc/…/status` that gives kibibytes.
fn status_bytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}

/// Lets it open as many files as the system allows: a thousand calls take a thousand connections.
#[cfg(unix)]
pub fn allow_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Where it fails, what needs more says so.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// As above, where there is no such limit.
#[cfg(not(unix))]
pub fn allow_many_files() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_line_of_its_name() {
        let status = "Name:\tbenches\nVmPeak:\t  900 kB\nVmHWM:\t    12 kB\n";
        assert_eq!(status_bytes(status, "VmHWM"), Some(12 << 10));
        assert_eq!(status_bytes(status, "VmRSS"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_takes_some_time_and_memory() {
        assert!(cpu().unwrap() > Duration::ZERO);
        assert!(peak_resident().unwrap() > 1 << 20);
    }
}
