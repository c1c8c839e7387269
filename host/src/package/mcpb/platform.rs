//! Which machines a program is for, told by its first bytes.

use std::fmt;

/// A system and a processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform {
    /// As MCP bundles call it: `linux`, `darwin` or `win32`.
    pub system: &'static str,
    processor: &'static str,
}

impl Platform {
    /// That of a program: ELF, Mach-O or PE.
    pub fn of(program: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u16::from_le_bytes(program.get(at..at + 2)?.try_into().ok()?));
        let long = |at: usize| Some(u32::from_le_bytes(program.get(at..at + 4)?.try_into().ok()?));
        let (system, processor) = match program.get(..4)? {
            b"\x7fELF" => ("linux", processor(word(18)?, 0x3e, 0xb7)?),
            [0xcf, 0xfa, 0xed, 0xfe] => ("darwin", processor(word(4)?, 0x07, 0x0c)?),
            [0xca, 0xfe, 0xba, 0xbe] => ("darwin", "universal"),
            [b'M', b'Z', ..] => {
                let header = usize::try_from(long(0x3c)?).ok()?;
                ("win32", processor(word(header.checked_add(4)?)?, 0x8664, 0xaa64)?)
            }
            _ => return None,
        };
        Some(Self { system, processor })
    }

    /// Where the program stands in the package.
    pub fn program(self) -> String {
        format!("server/plugin-host{}", if self.system == "win32" { ".exe" } else { "" })
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.system, self.processor)
    }
}

fn processor(code: u16, x86_64: u16, arm64: u16) -> Option<&'static str> {
    match code {
        code if code == x86_64 => Some("x86_64"),
        code if code == arm64 => Some("arm64"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(parts: &[(usize, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0; 256];
        for (at, part) in parts {
            bytes[*at..at + part.len()].copy_from_slice(part);
        }
        bytes
    }

    #[test]
    fn a_program_says_for_which_machine_it_is() {
        let told = |parts: &[(usize, &[u8])]| Platform::of(&program(parts)).map(|it| it.to_string());
        assert_eq!(told(&[(0, b"\x7fELF"), (18, &[0x3e, 0])]).as_deref(), Some("linux-x86_64"));
        assert_eq!(told(&[(0, b"\x7fELF"), (18, &[0xb7, 0])]).as_deref(), Some("linux-arm64"));
        assert_eq!(told(&[(0, &[0xcf, 0xfa, 0xed, 0xfe, 0x0c])]).as_deref(), Some("darwin-arm64"));
        let windows: [(usize, &[u8]); 3] = [(0, b"MZ"), (0x3c, &[0x80]), (0x84, &[0x64, 0x86])];
        assert_eq!(told(&windows).as_deref(), Some("win32-x86_64"));
        assert_eq!(Platform::of(&program(&windows)).unwrap().program(), "server/plugin-host.exe");
        for other in [&[(0, b"#!/b".as_slice())][..], &[(0, b"\x7fELF")], &[(0, b"MZ"), (0x3c, &[0xff; 4])]] {
            assert_eq!(told(other), None);
        }
        assert_eq!(Platform::of(b""), None);
    }
}
