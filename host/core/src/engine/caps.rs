//! How much of its host a plugin may use. `docs/contract.md` names each cap with its number, under
//! "What a host allows".

use std::fmt;
use std::time::Duration;

/// What one call may compute: some seconds' worth, thousands of times what an action needs. What the
/// host does for the plugin is paid from it too. Unlike a timeout it ends this call alone.
pub const FUEL: u64 = 2_000_000_000;

/// What a call may take in all, its requests included, if the operator says nothing else.
pub const CALL_TIME: Duration = Duration::from_secs(60);

/// The memory of an instance whose bundle does not say how much it may have: 64 MiB.
pub const DEFAULT_PAGES: u32 = 1024;

/// The most that a bundle may ask for: 256 MiB.
pub const MOST_PAGES: u32 = 4096;

/// Bytes in a page of a WebAssembly memory.
pub const PAGE: usize = 64 << 10;

/// The bytes of memory of an instance whose bundle asks for so many pages.
pub fn memory(max_pages: Option<u32>) -> usize {
    max_pages.unwrap_or(DEFAULT_PAGES).min(MOST_PAGES) as usize * PAGE
}

/// The largest response that a bundle may ask for, in bytes.
pub const MOST_RESPONSE_BYTES: u64 = 64 << 20;

/// Memories, and tables, of a module.
pub const MEMORIES: usize = 4;

/// Elements of all tables of an instance.
pub const TABLE_ELEMENTS: usize = 100_000;

/// Blocks that a call may have at once.
pub const BLOCKS: usize = 10_000;

/// Requests that a call may make.
pub const REQUESTS: u32 = 100;

/// Bytes that a call may send and receive in all its requests: addresses, headers and bodies.
pub const TRAFFIC: u64 = 64 << 20;

/// Bytes that a call may put out.
pub const OUTPUT: u64 = 8 << 20;

/// Bytes of an error that a call may set.
pub const ERROR: u64 = 64 << 10;

/// Bytes that a plugin may keep in variables from one call to the next.
pub const VARIABLES: usize = 1 << 20;

/// What a variable counts beside its name and its value.
pub const VARIABLE: usize = 64;

/// Lines that a call may log, and bytes of one.
pub const LOG_LINES: u32 = 100;
pub const LOG_LINE: usize = 4 << 10;

/// What a request, and any other service of the host, costs in fuel beside a unit for each byte.
pub const REQUEST_FUEL: u64 = 100_000;
pub const SERVICE_FUEL: u64 = 100;

/// What a look at a block costs, when there is one to be found for use again.
pub const LOOK_FUEL: u64 = 4;

/// A cap that a plugin went beyond. The text says which, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cap {
    /// [`FUEL`].
    Fuel,
    /// The time of a call.
    Time(Duration),
    /// The bytes of an instance's memories, or of its blocks.
    Memory(usize),
    /// [`BLOCKS`].
    Blocks,
    /// [`REQUESTS`].
    Requests,
    /// [`TRAFFIC`].
    Traffic,
    /// [`OUTPUT`].
    Output,
    /// [`ERROR`].
    Error,
    /// [`VARIABLES`].
    Variables,
    /// It asked for something else when it was run again with the same.
    Replay,
}

impl fmt::Display for Cap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const AUTHOR: &str = "report it to the plugin's author";
        match self {
            Self::Fuel => write!(f, "it computed more than a call may (cap \"fuel\": {FUEL}); {AUTHOR}"),
            Self::Time(time) => {
                let seconds = time.as_secs_f64();
                write!(
                    f,
                    "it took longer than the {seconds} s of a call (cap \"time\"); allow more with --call-timeout"
                )
            }
            Self::Memory(bytes) => {
                let mib = bytes >> 20;
                let remedy = "allow more with memory.max_pages in the bundle's extism.json";
                write!(f, "it wanted more memory than its {mib} MiB (cap \"memory\"); {remedy}")
            }
            Self::Blocks => write!(f, "it held more than {BLOCKS} blocks of memory at once (cap \"blocks\"); {AUTHOR}"),
            Self::Requests => {
                write!(f, "it wanted to make more than {REQUESTS} requests in one call (cap \"requests\"); {AUTHOR}")
            }
            Self::Traffic => {
                let mib = TRAFFIC >> 20;
                write!(f, "its requests sent and received more than {mib} MiB in one call (cap \"traffic\"); {AUTHOR}")
            }
            Self::Output => {
                let mib = OUTPUT >> 20;
                write!(f, "its output has more than {mib} MiB (cap \"output\"); ask it for less, or {AUTHOR}")
            }
            Self::Error => {
                let kib = ERROR >> 10;
                write!(f, "its error has more than {kib} KiB (cap \"error\"); {AUTHOR}")
            }
            Self::Replay => write!(f, "run again with the same answers it asked for something else; {AUTHOR}"),
            Self::Variables => {
                let mib = VARIABLES >> 20;
                write!(f, "it keeps more than {mib} MiB in variables (cap \"variables\"); {AUTHOR}")
            }
        }
    }
}

impl std::error::Error for Cap {}
