//! Where results go, so that no file is half-written or lost.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use plugin_kit::signature::hex;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::Refusal;
use super::disk::{folder_of, sync_folder};
use super::journal::Finished;

/// Where results go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To standard output.
    Stdout,
    /// Into a file, which is there when it is whole.
    File(PathBuf),
    /// Into something that is there and is no file, such as a pipe.
    Device(PathBuf),
}

impl Target {
    /// A path, or what stands there.
    pub fn at(path: PathBuf) -> Self {
        match path.metadata() {
            Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => Self::Device(path),
            _ => Self::File(path),
        }
    }

    /// The path; standard output has none.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::File(path) | Self::Device(path) => Some(path),
        }
    }

    /// Checks that results can be written there, before anything is sent. `known` are the hashes of
    /// results that may be replaced.
    ///
    /// # Errors
    /// If they can't; the text says what to do.
    pub fn check(&self, known: &[String]) -> Result<(), Refusal> {
        let Self::File(path) = self else {
            return Ok(());
        };
        let shown = path.display();
        if path.is_dir() {
            return Err(Refusal(format!("{shown} is a folder: name a file with --output FILE")));
        }
        if let Some(found) = hash_of(path).map_err(|error| Refusal(format!("can't read {shown}: {error}")))?
            && !known.contains(&found)
        {
            let why = if known.is_empty() { "is there already" } else { "was changed since it was written" };
            return Err(Refusal(format!("{shown} {why}: move it away, or name another with --output FILE")));
        }
        beside(path).map(drop).map_err(|error| {
            Refusal(format!("can't write results to {shown}: {error}. Name another place with --output FILE"))
        })
    }

    /// Writes results. A file gets its name when all of it is on the disk.
    ///
    /// # Errors
    /// If they can't be written.
    pub fn write<T>(
        &self,
        journal: &mut Finished,
        results: impl FnOnce(&Finished, &mut dyn Write) -> io::Result<T>,
    ) -> io::Result<T> {
        match self {
            Self::Stdout => {
                let mut out = BufWriter::new(io::stdout().lock());
                let written = results(journal, &mut out)?;
                out.flush()?;
                Ok(written)
            }
            Self::Device(path) => {
                let mut out = BufWriter::new(File::options().write(true).open(path)?);
                let written = results(journal, &mut out)?;
                out.flush()?;
                Ok(written)
            }
            Self::File(path) => {
                let mut out = Hashing { out: BufWriter::new(beside(path)?), digest: Sha256::new() };
                let written = results(journal, &mut out)?;
                out.flush()?;
                let file = out.out.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                // Known before it is there: whenever this ends, the next run knows what it finds.
                journal.record_results(&hex(&out.digest.finalize()))?;
                match hash_of(path)? {
                    Some(found) if journal.ledger.results.contains(&found) => file.persist(path)?,
                    _ => file.persist_noclobber(path)?,
                };
                sync_folder(path);
                Ok(written)
            }
        }
    }
}

/// A file with a passing name in the folder of another.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = folder_of(path);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".plugin-host-results-");
    // Results are for whom the umask says, as any other file.
    #[cfg(unix)]
    let builder = builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// The SHA-256 of a file; `None` if it is not there.
fn hash_of(path: &Path) -> io::Result<Option<String>> {
    let mut digest = Sha256::new();
    match File::open(path) {
        Ok(mut file) => io::copy(&mut file, &mut digest).map(|_| Some(hex(&digest.finalize()))),
        // A link to nowhere is something that is there.
        Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => Ok(None),
        Err(error) => Err(error),
    }
}

struct Hashing<W> {
    out: W,
    digest: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
