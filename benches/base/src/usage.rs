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

/// What another process has taken so far, to a hundredth of a second.
pub fn cpu_of(process: u32) -> Option<Duration> {
    stat_cpu(&std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// The times in user and in system mode of `/proc/…/stat`, which Linux tells programs in hundredths of a second. The
/// process's name, which comes before them, may hold anything.
fn stat_cpu(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(|ticks| ticks.parse::<u64>().ok());
    Some(Duration::from_millis((times.next()?? + times.next()??) * 10))
}

/// The most memory that it ever had resident, in bytes.
pub fn peak_resident() -> Option<u64> {
    status_bytes(&std::fs::read_to_string("/proc/self/status").ok()?, "VmHWM")
}

/// The most memory that another process ever had resident, in bytes.
pub fn peak_resident_of(process: u32) -> Option<u64> {
    status_bytes(&std::fs::read_to_string(format!("/proc/{process}/status")).ok()?, "VmHWM")
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
    fn times_are_read_behind_a_name_that_looks_like_fields() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 12 30 0 0 20 0 4 0 99";
        assert_eq!(stat_cpu(stat), Some(Duration::from_millis(420)));
        assert_eq!(stat_cpu("7 (a) S 1"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_takes_some_time_and_memory() {
        assert!(cpu().unwrap() > Duration::ZERO);
        assert!(peak_resident().unwrap() > 1 << 20);
        let own = std::process::id();
        assert!(cpu_of(own).is_some() && peak_resident_of(own).unwrap() > 1 << 20);
    }
}
