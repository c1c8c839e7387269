//! On what the figures were taken.

use std::fs;
use std::thread::available_parallelism;

use serde::{Deserialize, Serialize};

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name.
    pub processor: String,
    /// How many threads run at once.
    pub cores: usize,
    /// Memory in GiB.
    pub memory_gib: Option<u64>,
    /// The operating system and its kernel's version.
    pub system: String,
}

impl Machine {
    /// This one, as far as it tells.
    pub fn this() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let release = read("/proc/sys/kernel/osrelease");
        Self {
            processor: value(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown processor".to_owned()),
            cores: available_parallelism().map_or(1, usize::from),
            memory_gib: memory_gib(&read("/proc/meminfo")),
            system: format!("{} {}", std::env::consts::OS, release.trim()).trim().to_owned(),
        }
    }

    /// In one line.
    pub fn line(&self) -> String {
        let memory = self.memory_gib.map(|gib| format!(", {gib} GiB")).unwrap_or_default();
        format!("{}, {} cores{memory}, {}", self.processor, self.cores, self.system)
    }
}

fn value(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory_gib(meminfo: &str) -> Option<u64> {
    let kib: u64 = value(meminfo, "MemTotal")?.split(' ').next()?.parse().ok()?;
    Some((kib + (1 << 19)) >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sizes_are_read_as_linux_writes_them() {
        assert_eq!(value("processor\t: 0\nmodel name\t: A chip\n", "model name").unwrap(), "A chip");
        assert_eq!(memory_gib("MemTotal:       24576000 kB\n"), Some(23));
        assert_eq!(memory_gib(""), None);
    }
}
