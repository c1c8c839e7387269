//! Installed plugins: `install`, `list`, `update`, `remove`.

mod consent;
mod shown;

use std::path::PathBuf;

use semver::Version;
use serde_json::{Value, json};

use super::args::{Args, ConsentArgs, InstallArgs, Installed, UpdateArgs};
use super::exit;
use super::failure::Failure;
use super::open;
use super::output::print;
use super::terminal::say;
use crate::install::{
    self, Fetcher, Files, InstallError, Keys, Locator, Lock, Locked, Permissions, Sealed, Staged, Store, Trust,
};

/// Does what is asked for.
///
/// # Errors
/// If it can't be done. Then what was installed stays as it was.
pub fn run(installed: &Installed, args: &Args) -> Result<(), Failure> {
    match installed {
        Installed::Install(InstallArgs { locator: Some(locator), consent }) => new(locator, consent, args),
        Installed::Install(InstallArgs { locator: None, .. }) => missing(args),
        Installed::List => list(args),
        Installed::Update(update) => update_all(update, args),
        Installed::Remove { name } => remove(name, args),
    }
}

/// The folder of installed plugins.
pub fn folder(args: &Args) -> Result<PathBuf, Failure> {
    match &args.open.plugins {
        Some(file) if file.is_file() => {
            let file = file.display();
            Err(Failure::Usage(format!("{file} is a file: --plugins names the folder of installed plugins here")))
        }
        Some(folder) => Ok(folder.clone()),
        None => Ok(install::usual()?),
    }
}

fn fetcher(args: &Args) -> Result<Fetcher, Failure> {
    let (roots, proxies) = open::outside(&args.open)?;
    Ok(Fetcher::new(roots, proxies, args.open.allow.clone()))
}

/// Keys that are given for this time.
fn given(consent: &ConsentArgs) -> Result<Keys, InstallError> {
    let mut keys = Keys::default();
    for key in &consent.key {
        keys.extend(Keys::given(key)?);
    }
    Ok(keys)
}

/// What has been done when it is told.
const INSTALLED: &str = "what was to be installed is installed";

/// Installs a plugin that is not there yet.
fn new(locator: &str, consent: &ConsentArgs, args: &Args) -> Result<(), Failure> {
    let locator: Locator = locator.parse()?;
    let mut trust = Trust { keys: given(consent)?, allow_unsigned: consent.allow_unsigned };
    let mut store = Store::open(&folder(args)?)?;
    trust.keys.extend(store.trusted()?);
    let fetched = fetcher(args)?.fetch(&locator, None)?;
    let staged = store.stage(Sealed::of(fetched.files, &trust, &locator.shown())?)?;
    let description = staged.plugin.description().clone();
    if let Some(there) = store.lock.plugins.get(&description.name) {
        if there.digest == staged.digest() && store.fault(there).is_none() {
            let told = format!("{} {} is installed already.\n", there.version, description.name);
            return print(&shown::plugin(&description.name, there).to_string(), args.json, told);
        }
        let (name, version, locator) = (description.name, there.version.clone(), shown_locator(&there.locator));
        return Err(InstallError::Installed { name, version, locator }.into());
    }
    let granted = Permissions::of(&staged.plugin);
    let text = shown::introduced(&staged, &locator) + &granted.shown(&description);
    consent::ask(&text, "Install it?", consent.yes, args.json)?;
    let plugin = locked(&staged, &locator, fetched.manifest, granted);
    store.keep(&description.name, plugin.clone(), staged)?;
    let told = format!("Installed {} {}.\n", description.name, plugin.version);
    let printed = print(&shown::plugin(&description.name, &plugin).to_string(), args.json, told);
    printed.map_err(|failure| failure.after(INSTALLED))
}

/// What the lock says of a bundle from somewhere.
fn locked(staged: &Staged, locator: &Locator, manifest: Option<String>, granted: Permissions) -> Locked {
    let signed = staged.signed().cloned();
    let (key, comment) = signed.map(|signed| (signed.key, signed.comment)).unzip();
    let version = staged.plugin.description().version.clone();
    Locked { version, locator: locator.to_string(), digest: staged.digest(), manifest, key, comment, granted }
}

fn shown_locator(text: &str) -> String {
    text.parse::<Locator>().map_or_else(|_| "…".to_owned(), |locator| locator.shown())
}

/// Fetches what the lock lists and what is not there, or not whole.
fn missing(args: &Args) -> Result<(), Failure> {
    let mut store = Store::open(&folder(args)?)?;
    let fetcher = fetcher(args)?;
    let (mut fetched, mut text) = (Vec::new(), String::new());
    for (name, plugin) in store.lock.plugins.clone() {
        if store.fault(&plugin).is_none() {
            continue;
        }
        again(&mut store, &fetcher, &name, &plugin)?;
        text.push_str(&format!("Installed {name} {}.\n", plugin.version));
        fetched.push(shown::plugin(&name, &plugin));
    }
    if fetched.is_empty() {
        text = "All that plugins.lock lists is there.\n".to_owned();
    }
    let printed = print(&Value::Array(fetched).to_string(), args.json, text);
    printed.map_err(|failure| failure.after(INSTALLED))
}

/// Fetches the very bundle that the lock names.
fn again(store: &mut Store, fetcher: &Fetcher, name: &str, plugin: &Locked) -> Result<(), InstallError> {
    let locator: Locator = plugin.locator.parse()?;
    let fetched = fetcher.fetch(&locator, plugin.manifest.as_deref())?;
    let trust = Trust { keys: install::locked_key(plugin)?, allow_unsigned: plugin.key.is_none() };
    let sealed = Sealed::of(fetched.files, &trust, &locator.shown())?;
    if sealed.shown_digest() != plugin.digest {
        let what = format!("{name} from {}", locator.shown());
        return Err(InstallError::Digest { what, found: sealed.shown_digest(), expected: plugin.digest.clone() });
    }
    let staged = store.stage(sealed)?;
    same_name(&staged, name, &locator)?;
    let more = Permissions::of(&staged.plugin).beyond(&plugin.granted);
    if !more.is_empty() {
        return Err(InstallError::NotGranted { name: name.to_owned(), more });
    }
    store.keep(name, plugin.clone(), staged)
}

fn same_name(staged: &Staged, name: &str, locator: &Locator) -> Result<(), InstallError> {
    let found = staged.plugin.description().name.clone();
    if found == name {
        return Ok(());
    }
    Err(InstallError::OtherPlugin { locator: locator.shown(), found, name: name.to_owned() })
}

fn list(args: &Args) -> Result<(), Failure> {
    let lock = Lock::read(&folder(args)?)?;
    let machine: Vec<_> = lock.plugins.iter().map(|(name, plugin)| shown::plugin(name, plugin)).collect();
    print(&Value::Array(machine).to_string(), args.json, shown::list(&lock))
}

fn remove(name: &str, args: &Args) -> Result<(), Failure> {
    let folder = folder(args)?;
    // Before the folder is made for it.
    Lock::read(&folder)?.get(name)?;
    let removed = Store::open(&folder)?.remove(name)?;
    let told = format!("Removed {name} {}.\n", removed.version);
    let printed = print(&shown::plugin(name, &removed).to_string(), args.json, told);
    printed.map_err(|failure| failure.after("the plugin is removed"))
}

/// Updates plugins one by one: one that fails keeps no other from it.
fn update_all(update: &UpdateArgs, args: &Args) -> Result<(), Failure> {
    let folder = folder(args)?;
    let lock = Lock::read(&folder)?;
    let mut names = update.names.clone();
    for name in &names {
        lock.get(name)?;
    }
    if names.is_empty() {
        names = lock.plugins.into_keys().collect();
    }
    if names.is_empty() {
        return print("[]", args.json, shown::NONE.to_owned());
    }
    let (mut store, fetcher) = (Store::open(&folder)?, fetcher(args)?);
    let (mut machine, mut text, mut failed) = (Vec::new(), String::new(), false);
    for name in names {
        match one(&mut store, &fetcher, &name, update, args.json) {
            Ok((value, told)) => {
                machine.push(value);
                text.push_str(&told);
            }
            Err(why) => {
                failed = true;
                say(&format!("error: {name}: {why}\n"));
            }
        }
    }
    let printed = print(&Value::Array(machine).to_string(), args.json, text);
    printed.map_err(|failure| failure.after("plugins have been updated"))?;
    if failed { Err(Failure::Told(exit::LOAD)) } else { Ok(()) }
}

/// Updates a plugin, if there is something else at its locator now.
fn one(
    store: &mut Store,
    fetcher: &Fetcher,
    name: &str,
    update: &UpdateArgs,
    json: bool,
) -> Result<(Value, String), Failure> {
    let consent = &update.consent;
    let old = store.lock.get(name)?.clone();
    let locator: Locator = old.locator.parse()?;
    let fetched = fetcher.fetch(&locator, None)?;
    let sealed = believed(name, &old, fetched.files, (consent, store.trusted()?), &locator)?;
    if sealed.shown_digest() == old.digest && store.fault(&old).is_none() {
        let pinned = if locator.is_pinned() { ": its locator is pinned to a digest" } else { "" };
        let machine = json!({ "name": name, "from": old.version, "to": old.version, "updated": false });
        return Ok((machine, format!("{name} {} is up to date{pinned}.\n", old.version)));
    }
    let staged = store.stage(sealed)?;
    same_name(&staged, name, &locator)?;
    let found = staged.plugin.description().version.clone();
    if is_older(&found, &old.version) && !update.allow_downgrade {
        let (name, locator) = (name.to_owned(), locator.shown());
        return Err(InstallError::Older { locator, name, found, version: old.version }.into());
    }
    let granted = Permissions::of(&staged.plugin);
    let more = granted.beyond(&old.granted);
    let changes = shown::Changes::of(store.description(&old).as_ref(), &staged.plugin, more);
    if !changes.more.is_empty() {
        let text = shown::introduced(&staged, &locator) + &changes.text();
        consent::ask(&text, "Update it, and let it?", consent.yes, json)?;
    }
    let plugin = locked(&staged, &locator, fetched.manifest, granted);
    store.keep(name, plugin, staged)?;
    let machine = json!({ "name": name, "from": old.version, "to": found, "updated": true, "changes": changes.json() });
    Ok((machine, format!("Updated {name} from {} to {found}.\n{}", old.version, changes.text())))
}

/// An update comes from whom the plugin came from, or from whom the operator names now.
fn believed(
    name: &str,
    old: &Locked,
    files: Files,
    (consent, trusted): (&ConsentArgs, Keys),
    locator: &Locator,
) -> Result<Sealed, InstallError> {
    let mut keys = given(consent)?;
    match old.key {
        Some(_) => keys.extend(install::locked_key(old)?),
        None => keys.extend(trusted),
    }
    // What came signed once does not come unsigned the next time.
    let allow_unsigned = old.key.is_none() && consent.allow_unsigned;
    let what = locator.shown();
    Sealed::of(files, &Trust { keys, allow_unsigned }, &what).map_err(|error| match error {
        InstallError::UnknownKey { what, .. } if old.key.is_some() => {
            InstallError::OtherKey { what, plugin: name.to_owned() }
        }
        other => other,
    })
}

/// Whether a version is older than another one. What is no semantic version is none.
fn is_older(version: &str, than: &str) -> bool {
    matches!((Version::parse(version), Version::parse(than)), (Ok(version), Ok(than)) if version < than)
}

#[cfg(test)]
mod tests {
    use super::is_older;

    #[test]
    fn versions_are_compared_as_numbers_and_what_is_none_is_not_older() {
        assert!(is_older("1.9.0", "1.10.0") && is_older("1.0.0-rc.1", "1.0.0"));
        assert!(!is_older("1.10.0", "1.9.0") && !is_older("1.0.0", "1.0.0"));
        assert!(!is_older("2026-11", "2027-01") && !is_older("1.0", "2.0.0"));
    }
}
