//! The folder of installed plugins: the lock, the trusted keys, and each bundle in a folder by its digest.
//!
//! A bundle's folder is complete when it has its name, and the lock names it after that. So whatever ends a change
//! in its middle, what the lock names is there. What it does not name is swept up by the next change.

use std::env;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use plugin_host_core::Host;
use plugin_host_core::host::Plugin;
use plugin_host_core::sources::Source;
use tempfile::TempDir;
use toolchain::bundle::MANIFEST;

use super::bundle::{Sealed, Signed};
use super::disk::{NEW, sync};
use super::error::InstallError;
use super::folder;
use super::lock::{Lock, Locked};
use super::signature::{Keys, Trust};

/// How a bundle's folder is called, before its digest.
const BUNDLE: &str = "sha256-";
/// The file that who changes the folder holds.
const BUSY: &str = ".busy";
/// The file of the keys that are trusted for all plugins.
const KEYS: &str = "trusted-keys.pub";
/// The variable that names the folder.
const VARIABLE: &str = "PLUGIN_HOST_PLUGINS";

/// The folder of installed plugins, in the hands of the one process that changes it.
pub struct Store {
    folder: PathBuf,
    _busy: File,
    /// What is installed.
    pub lock: Lock,
}

/// A bundle that has been written, loaded, and asked what it is, and that nobody has agreed to yet.
pub struct Staged {
    folder: TempDir,
    sealed: Sealed,
    /// The plugin.
    pub plugin: Plugin,
}

impl Staged {
    /// The SHA-256 of the sums, as it is written down.
    pub fn digest(&self) -> String {
        self.sealed.shown_digest()
    }

    /// Who vouches for it.
    pub fn signed(&self) -> Option<&Signed> {
        self.sealed.signed.as_ref()
    }
}

/// Where plugins are installed if nobody says so.
///
/// # Errors
/// If there is no such place.
pub fn usual() -> Result<PathBuf, InstallError> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let own = |data: PathBuf| data.join("plugin-host").join("plugins");
    set(VARIABLE)
        .or_else(|| set("XDG_DATA_HOME").map(own))
        .or_else(|| set("HOME").map(|home| own(home.join(".local/share"))))
        .ok_or(InstallError::NoFolder)
}

/// The installed plugins of a folder, each as the one bundle that the lock names; none if nothing is installed there.
///
/// # Errors
/// If the lock can't be read.
pub fn sources(folder: &Path) -> Result<Vec<Source>, InstallError> {
    let lock = Lock::read(folder)?;
    let source = |(name, plugin): (&String, &Locked)| {
        Source::pinned(place(folder, plugin.sha256()).join(MANIFEST), name, plugin.sha256())
    };
    Ok(lock.plugins.iter().map(source).collect())
}

/// Where a bundle of this digest is.
fn place(folder: &Path, sha256: &str) -> PathBuf {
    folder.join(format!("{BUNDLE}{sha256}"))
}

/// What is wrong with an installed bundle, of which every file is looked at; nothing if it is what the lock names.
pub fn fault(folder: &Path, plugin: &Locked) -> Option<InstallError> {
    let path = place(folder, plugin.sha256());
    let what = path.display().to_string();
    let allow_unsigned = plugin.key.is_none();
    let sealed = locked_key(plugin)
        .and_then(|keys| Sealed::of(folder::read(&path, &what)?, &Trust { keys, allow_unsigned }, &what));
    match sealed {
        Ok(sealed) if sealed.digest == plugin.sha256() => None,
        Ok(sealed) => {
            let (found, expected) = (sealed.shown_digest(), plugin.digest.clone());
            Some(InstallError::Digest { what, found, expected })
        }
        Err(error) => Some(error),
    }
}

/// The key that a plugin was installed with.
///
/// # Errors
/// If the lock's is none.
pub fn locked_key(plugin: &Locked) -> Result<Keys, InstallError> {
    plugin.key.as_deref().map(Keys::given).transpose().map(Option::unwrap_or_default)
}

impl Store {
    /// Opens a folder to change it, or makes it. One process at a time can.
    ///
    /// # Errors
    /// If another one has it, or it can't be made or read.
    pub fn open(folder: &Path) -> Result<Self, InstallError> {
        fs::create_dir_all(folder).map_err(InstallError::io("make", folder))?;
        let path = folder.join(BUSY);
        let busy = File::options().create(true).truncate(false).write(true).open(&path);
        let busy = busy.map_err(InstallError::io("write", &path))?;
        match busy.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(InstallError::Busy { folder: folder.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(InstallError::io("lock", path)(error)),
        }
        let store = Self { lock: Lock::read(folder)?, folder: folder.to_owned(), _busy: busy };
        store.sweep();
        Ok(store)
    }

    /// The keys that are trusted for all plugins.
    ///
    /// # Errors
    /// If their file is there, and holds none.
    pub fn trusted(&self) -> Result<Keys, InstallError> {
        Keys::of_file_if_there(&self.folder.join(KEYS))
    }

    /// Writes a bundle to the disk, and asks it what it is, in its sandbox.
    ///
    /// # Errors
    /// If it can't be written, or is no plugin that this host can run.
    pub fn stage(&self, sealed: Sealed) -> Result<Staged, InstallError> {
        let made = tempfile::Builder::new().prefix(NEW).tempdir_in(&self.folder);
        let folder = made.map_err(InstallError::io("write", &self.folder))?;
        write(folder.path(), &sealed).map_err(InstallError::io("write", folder.path()))?;
        let source = Source::pinned(folder.path().join(MANIFEST), "", &sealed.digest);
        let plugin = Host::new(<_>::default())?.load(&source.bundle()?)?;
        Ok(Staged { folder, sealed, plugin })
    }

    /// Puts a bundle in its place, and its plugin into the lock.
    ///
    /// # Errors
    /// If that can't be written. What was installed stays.
    pub fn keep(&mut self, name: &str, plugin: Locked, staged: Staged) -> Result<(), InstallError> {
        let path = place(&self.folder, &staged.sealed.digest);
        if path.exists() && fault(&self.folder, &plugin).is_some() {
            fs::remove_dir_all(&path).map_err(InstallError::io("replace", &path))?;
        }
        if !path.exists() {
            let kept = fs::rename(staged.folder.path(), &path).and_then(|()| sync(&self.folder));
            kept.map_err(InstallError::io("write", &path))?;
            // It has another name now.
            drop(staged.folder.keep());
        }
        self.lock.plugins.insert(name.to_owned(), plugin);
        self.lock.write(&self.folder)?;
        self.sweep();
        Ok(())
    }

    /// Takes a plugin out.
    ///
    /// # Errors
    /// If there is none of this name, or the lock can't be written.
    pub fn remove(&mut self, name: &str) -> Result<Locked, InstallError> {
        let removed = self.lock.get(name)?.clone();
        self.lock.plugins.remove(name);
        self.lock.write(&self.folder)?;
        self.sweep();
        Ok(removed)
    }

    /// What is wrong with an installed plugin's files.
    pub fn fault(&self, plugin: &Locked) -> Option<InstallError> {
        fault(&self.folder, plugin)
    }

    /// The description of an installed plugin, if its files are what the lock names.
    pub fn description(&self, plugin: &Locked) -> Option<Plugin> {
        let source = Source::pinned(place(&self.folder, plugin.sha256()).join(MANIFEST), "", plugin.sha256());
        Host::new(<_>::default()).ok()?.load(&source.bundle().ok()?).ok()
    }

    /// Removes what the lock does not name: what was replaced, and what a killed process left behind. What can't be
    /// removed now is the next one's to remove.
    fn sweep(&self) {
        let is_named =
            |name: &str| self.lock.plugins.values().any(|plugin| name.strip_prefix(BUNDLE) == Some(plugin.sha256()));
        for entry in self.folder.read_dir().into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_own = name.starts_with(NEW) || name.starts_with(BUNDLE);
            if is_own && !is_named(&name) {
                let path = entry.path();
                let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            }
        }
    }
}

fn write(folder: &Path, sealed: &Sealed) -> io::Result<()> {
    for (path, content) in &sealed.files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent)?;
        let mut file = File::create_new(&path)?;
        file.write_all(content)?;
        file.sync_all()?;
        sync(parent)?;
    }
    // As any folder that its user makes: who runs the server may be another.
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    sync(folder)
}
