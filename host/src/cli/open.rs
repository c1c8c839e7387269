//! Opens plugins, with the connection that is meant or with all of them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry::{Occupied, Vacant};
use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use plugin_host_core::connections::{self, ConnectionError, File};
use plugin_host_core::description::Description;
use plugin_host_core::host::Settings;
use plugin_host_core::http::{Client, Limits, Origin, Proxies, Roots, Rule};
use plugin_host_core::language::Languages;
use plugin_host_core::observe::Observer;
use plugin_host_core::plugins::{Entry, Plugins};
use plugin_host_core::runner::Connected;
use plugin_host_core::sources::{self, Source};
use plugin_host_core::trace::Traceparent;
use plugin_host_core::{Connection, Host, Runner, schema};

use super::args::{Args, OpenArgs};
use super::failure::Failure;
use crate::author::build;
use crate::install;
use crate::serve::{NewClient, Sending};
use crate::trace;
use crate::web::reload::Open;

/// The name of the connection that comes from the environment, where there is one bundle that nothing lists.
const DEFAULT: &str = "default";

/// The bundle that this project makes.
const BUNDLE: &str = "dist/extism.json";
/// The largest event that is sent, in bytes: a plugin's output is no larger.
const LARGEST_EVENT: usize = 16 << 20;
/// The variable that names another one.
const BUNDLE_VARIABLE: &str = "PLUGIN_BUNDLE";

/// Opens all plugins with all connections as they stand then, each time that it is called: those of
/// `--connections`, the one that `--connection` names, or those in the environment. A module that has
/// not changed is compiled once.
///
/// # Errors
/// If they can't be opened now; later that is told to whoever asked for it.
pub fn all(args: &Args, observer: Arc<dyn Observer>) -> Result<(Vec<Connected>, Open), Failure> {
    let (args, languages, host) = (args.open.clone(), args.languages(), Host::new(Settings::default())?);
    let open = move || every_connection(&args, &languages, host.clone(), observer.clone());
    let connected = open()?;
    Ok((connected, Arc::new(move || open().map_err(|failure| failure.to_string()))))
}

/// Makes clients for what the host itself sends, which goes the way of the plugins' requests.
pub fn new_client(args: &Args) -> NewClient {
    let args = args.open.clone();
    Arc::new(move |reached| {
        let (roots, proxies) = outside(&args).map_err(|failure| failure.to_string())?;
        Ok(Client::new(Limits::default().request_bytes(LARGEST_EVENT), reached, roots, proxies))
    })
}

/// How events are sent on.
pub fn sending(args: &Args) -> Sending {
    Sending { new_client: new_client(args), traceparent: traceparent(&args.open) }
}

/// What tells others of the trace that they are asked in, if they are to be told.
fn traceparent(args: &OpenArgs) -> Option<Traceparent> {
    args.send_traceparent.then_some(trace::traceparent as Traceparent)
}

/// A plugin with one connection: that of the environment, which has no name, the one that
/// `--connection` names, or the only one of a file.
///
/// # Errors
/// If a bundle can't be used, or the connection is not there or can't be.
pub fn one(args: &Args) -> Result<Connected, Failure> {
    one_of(&args.open, args.languages())
}

/// The same of these options.
///
/// # Errors
/// As [`one`].
pub fn one_of(args: &OpenArgs, languages: Languages) -> Result<Connected, Failure> {
    only_one(args, &languages, None, |_, _| String::new())
}

/// The one connection that is meant; `name` is what that of the environment is called.
fn only_one(
    args: &OpenArgs,
    languages: &Languages,
    observer: Option<Arc<dyn Observer>>,
    name: impl FnOnce(&Opening<'_>, &Entry) -> String,
) -> Result<Connected, Failure> {
    let file = args.connections.as_deref().map(File::read).transpose()?;
    let opening = Opening::new(args, Host::new(Settings::default())?, file.as_ref())?;
    let named = match &file {
        Some(file) => opening.of_file(file, &name_in(args, file)?)?,
        None => {
            let entry = opening.only()?;
            Named { name: name(&opening, entry), entry, connection: opening.in_env(entry)? }
        }
    };
    Ok(opening.connect(vec![named], languages, observer)?.remove(0))
}

/// The same, observed, with a name in any case: what servers call it, so that its events and addresses are the same.
///
/// # Errors
/// As [`one`].
pub fn one_named(args: &Args, observer: Arc<dyn Observer>) -> Result<Connected, Failure> {
    only_one(&args.open, &args.languages(), Some(observer), |opening, entry| opening.env_name(entry))
}

/// What a plugin says of itself, which needs no connection, and what the variables of a connection in
/// the environment begin with, if the operator has said so.
///
/// # Errors
/// If a bundle can't be used, or it is not said which of several is meant.
pub fn description(args: &Args) -> Result<(Description, Option<String>), Failure> {
    let args = &args.open;
    let file = match &args.connection {
        Some(_) => args.connections.as_deref().map(File::read).transpose()?,
        None => None,
    };
    let opening = Opening::new(args, Host::new(Settings::default())?, file.as_ref())?;
    let entry = match &file {
        Some(file) => opening.plugin_of(file, &name_in(args, file)?)?,
        None => opening.only()?,
    };
    Ok((entry.description().clone(), opening.prefix(entry).map(str::to_owned)))
}

/// A plugin without a connection, and its bundle's manifest.
///
/// # Errors
/// If a bundle can't be used, or it is not said which of several is meant.
pub fn runner(args: &Args) -> Result<(Runner, PathBuf), Failure> {
    runner_of(&args.open)
}

/// The same of these options.
///
/// # Errors
/// As [`runner`].
pub fn runner_of(args: &OpenArgs) -> Result<(Runner, PathBuf), Failure> {
    let opening = Opening::new(args, Host::new(Settings::default())?, None)?;
    let entry = opening.only()?;
    Ok((Runner::new(&opening.host, &entry.plugin)?, entry.source.manifest.clone()))
}

/// Which connection of a file is meant: the one that is named, or the only one.
fn name_in(args: &OpenArgs, file: &File<'_>) -> Result<String, Failure> {
    let names = file.names().into_iter();
    let of_plugin = |name: &&str| match (&args.plugin, file.named_plugin(name)) {
        (Some(plugin), Some(named)) => plugin == named,
        _ => true,
    };
    let names: Vec<_> = names.filter(of_plugin).collect();
    match (&args.connection, &names[..]) {
        (Some(name), _) => Ok(name.clone()),
        (None, [only]) => Ok((*only).to_owned()),
        (None, names) => {
            let (shown, names) = (file.path().display(), names.join(", "));
            Err(Failure::Load(format!("{shown}: say which connection with --connection NAME, one of: {names}")))
        }
    }
}

fn every_connection(
    args: &OpenArgs,
    languages: &Languages,
    host: Host,
    observer: Arc<dyn Observer>,
) -> Result<Vec<Connected>, Failure> {
    let file = args.connections.as_deref().map(File::read).transpose()?;
    let opening = Opening::new(args, host, file.as_ref().filter(|_| args.connection.is_some()))?;
    let named = match (&file, &args.connection) {
        (Some(file), Some(name)) => vec![opening.of_file(file, name)?],
        (Some(file), None) => opening.all_of_file(file)?,
        (None, _) => opening.all_in_env()?,
    };
    opening.connect(named, languages, Some(observer))
}

/// Plugins, before they are connected.
pub struct Opening<'a> {
    args: &'a OpenArgs,
    host: Host,
    plugins: Plugins,
}

/// A connection of a plugin.
pub struct Named<'a> {
    /// Its name.
    pub name: String,
    /// Its plugin.
    pub entry: &'a Entry,
    /// Its values.
    pub connection: Connection,
}

impl<'a> Opening<'a> {
    /// Loads the plugins. If one connection of a file is meant and says which plugin it is for, or an
    /// option does, others are not loaded where their names are known before.
    fn new(args: &'a OpenArgs, host: Host, file: Option<&File<'_>>) -> Result<Self, Failure> {
        let named = file.and_then(|file| file.named_plugin(args.connection.as_deref()?));
        let wanted = args.plugin.as_deref().or(named);
        let mut sources = sources_of(args)?;
        if sources.iter().any(|source| source.name.is_some() && source.name.as_deref() == wanted) {
            sources.retain(|source| source.name.is_none() || source.name.as_deref() == wanted);
        }
        let plugins = Plugins::load(&host, sources)?;
        if let Some(name) = &args.plugin {
            plugins.get(name)?;
        }
        Ok(Self::of(args, host, plugins))
    }

    /// Of plugins that are loaded.
    pub fn of(args: &'a OpenArgs, host: Host, plugins: Plugins) -> Self {
        Self { args, host, plugins }
    }

    /// The plugins that may be meant: the one that is named, or all.
    pub fn names(&self) -> Vec<&str> {
        self.args.plugin.as_deref().map_or_else(|| self.plugins.names(), |name| vec![name])
    }

    /// The plugin that is named, or the only one.
    fn only(&self) -> Result<&Entry, Failure> {
        match self.names()[..] {
            [name] => Ok(self.plugins.get(name)?),
            ref names => {
                Err(Failure::Load(format!("say which plugin with --plugin NAME, one of: {}", names.join(", "))))
            }
        }
    }

    fn plugin_of(&self, file: &File<'_>, name: &str) -> Result<&Entry, Failure> {
        Ok(self.plugins.get(file.plugin(name, &self.names())?)?)
    }

    /// A connection of a file.
    ///
    /// # Errors
    /// If it is not there, or can't be.
    pub fn of_file(&self, file: &File<'_>, name: &str) -> Result<Named<'_>, Failure> {
        let entry = self.plugin_of(file, name)?;
        let connection = file.connection(name, entry.description(), variable)?;
        Ok(Named { name: name.to_owned(), entry, connection })
    }

    fn all_of_file(&self, file: &File<'_>) -> Result<Vec<Named<'_>>, Failure> {
        let names = self.names();
        // Those of other plugins are none of this process's business, where it was told which is.
        let is_meant = |name: &str| {
            let named = file.named_plugin(name);
            self.args.plugin.is_none() || named.is_none_or(|named| names.contains(&named))
        };
        let description = |name: &str| {
            let plugin = if is_meant(name) { Some(file.plugin(name, &names)?) } else { None };
            Ok(plugin.and_then(|plugin| self.plugins.get(plugin).ok()).map(Entry::description))
        };
        let connections = file.all(description, variable)?;
        if connections.is_empty() {
            let why = format!("{} has no connection for {}", file.path().display(), names.join(", "));
            return Err(ConnectionError::NotGiven(why).into());
        }
        let named = |(name, description, connection): (String, &Description, Connection)| {
            Ok(Named { name, entry: self.plugins.get(&description.name)?, connection })
        };
        connections.into_iter().map(named).collect()
    }

    /// The connections in the environment: that of the only plugin, or those of all that have a prefix
    /// or need nothing.
    ///
    /// # Errors
    /// If one can't be had, or there is none.
    pub fn all_in_env(&self) -> Result<Vec<Named<'_>>, Failure> {
        if let [_] = self.names()[..] {
            let entry = self.only()?;
            return Ok(vec![Named { name: self.env_name(entry), entry, connection: self.in_env(entry)? }]);
        }
        if self.args.env_prefix.is_some() {
            let why = "--env-prefix (or PLUGIN_ENV_PREFIX) is for one plugin: say which with --plugin NAME, or write env_prefix into the file of --plugins for each";
            return Err(Failure::Usage(why.to_owned()));
        }
        let mut named = Vec::new();
        for (_, entry) in self.plugins.iter() {
            if self.prefix(entry).is_some() || needed(entry).is_empty() {
                named.push(Named { name: self.env_name(entry), entry, connection: self.in_env(entry)? });
            }
        }
        if named.is_empty() {
            let why = "no plugin has a connection: give --connections FILE, or write env_prefix into the file of --plugins for those whose connection is in the environment";
            return Err(ConnectionError::NotGiven(why.to_owned()).into());
        }
        Ok(named)
    }

    /// The name of a connection in the environment: its plugin's, but for a bundle that is alone. It does
    /// not change with what else is listed.
    fn env_name(&self, entry: &Entry) -> String {
        let alone = self.plugins.only().is_some() && entry.source.name.is_none();
        if alone { DEFAULT.to_owned() } else { entry.description().name.clone() }
    }

    /// What the variables of a plugin's connection begin with, if the operator has said so.
    fn prefix<'e>(&'e self, entry: &'e Entry) -> Option<&'e str> {
        self.args.env_prefix.as_deref().or(entry.source.env_prefix.as_deref())
    }

    /// The connection in the environment. Without a prefix there is an empty one, if that is enough.
    fn in_env(&self, entry: &Entry) -> Result<Connection, Failure> {
        let description = entry.description();
        if let Some(prefix) = self.prefix(entry) {
            return Ok(connections::from_env(description, prefix, variable)?);
        }
        let needed = needed(entry);
        if needed.is_empty() {
            return Ok(Connection::default());
        }
        let (title, name, needed) = (&description.title, &description.name, needed.join(", "));
        let why = format!(
            "{title} needs a connection: give --connections FILE, or let it read {needed} with --env-prefix {name}"
        );
        Err(ConnectionError::NotGiven(why).into())
    }

    /// Makes the plugins' actions available with their connections. Nothing is sent.
    ///
    /// # Errors
    /// If what they are to be opened with can't be had.
    pub fn connect(
        &self,
        named: Vec<Named<'_>>,
        languages: &Languages,
        observer: Option<Arc<dyn Observer>>,
    ) -> Result<Vec<Connected>, Failure> {
        let settings = self.settings(&named)?.languages(languages.clone()).observer(observer);
        let host = self.host.with(settings);
        let mut runners: BTreeMap<&str, Runner> = BTreeMap::new();
        let mut connected = Vec::new();
        for Named { name, entry, connection } in named {
            let runner = match runners.entry(&entry.description().name) {
                Occupied(known) => known.into_mut(),
                Vacant(new) => new.insert(Runner::new(&host, &entry.plugin)?),
            };
            connected.push(runner.connect(connection).named(name));
        }
        Ok(connected)
    }

    /// What plugins may do with these connections. Environment and file are the operator's: an address
    /// that stands there may be a private one.
    fn settings(&self, named: &[Named<'_>]) -> Result<Settings, Failure> {
        let args = self.args;
        let (roots, proxies) = outside(args)?;
        let origins = named.iter().flat_map(|named| named.entry.description().origins(&named.connection));
        let allow_private = origins.filter(Origin::names_address).map(Rule::Exact).collect();
        let call_time = Duration::from_secs(args.call_timeout);
        let settings = Settings::default().call_time(call_time).allow(args.allow.clone()).allow_private(allow_private);
        Ok(settings.roots(roots).proxies(proxies).strict(args.strict).traceparent(traceparent(args)))
    }
}

/// Whom requests trust, and which way they take.
///
/// # Errors
/// If what says so can't be had.
pub fn outside(args: &OpenArgs) -> Result<(Roots, Proxies), Failure> {
    let roots = args.ca_file.as_deref().map(Roots::from_file).transpose()?.unwrap_or_default();
    let proxies = match &args.proxy {
        Some(address) => Proxies::given(address, variable)?,
        None => Proxies::from_env(variable)?,
    };
    Ok((roots, proxies))
}

/// Where the plugins come from: those of the list or the folder of installed ones, and the bundles besides.
///
/// What is installed counts before what happens to be in the folder where somebody stands.
///
/// # Errors
/// If the list or a folder can't be read.
pub fn sources_of(args: &OpenArgs) -> Result<Vec<Source>, Failure> {
    let mut found = match &args.plugins {
        Some(folder) if folder.is_dir() => installed(folder)?,
        Some(file) => sources::listed(file, installed_one)?,
        None => Vec::new(),
    };
    for bundle in &args.bundle {
        // A plugin's sources have their bundle beside them; it is not made here, as that runs what they say.
        let built = if build::is_source(bundle) { build::dist(bundle) } else { bundle.clone() };
        if built != *bundle && !built.exists() {
            let folder = bundle.display();
            return Err(Failure::Load(format!(
                "{folder} holds a plugin's sources, which are not built yet: plugin-host build {folder}"
            )));
        }
        found.extend(sources::at(&built)?);
    }
    if args.plugins.is_some() || !args.bundle.is_empty() {
        return Ok(found);
    }
    if let Some(bundle) = env::var_os(BUNDLE_VARIABLE) {
        return Ok(sources::at(Path::new(&bundle))?);
    }
    // Without a home folder there are none.
    let there = install::usual().ok().map(|folder| install::sources(&folder)).transpose()?.unwrap_or_default();
    if there.is_empty() { Ok(sources::at(Path::new(BUNDLE))?) } else { Ok(there) }
}

/// The installed plugin of a name.
fn installed_one(name: &str) -> Result<Source, String> {
    let folder = install::usual().map_err(|error| error.to_string())?;
    let there = install::sources(&folder).map_err(|error| error.to_string())?;
    let of_name = |source: &Source| source.name.as_deref() == Some(name);
    there.into_iter().find(of_name).ok_or_else(|| "is not installed: plugin-host install LOCATOR".to_owned())
}

/// The plugins of a folder in which they are installed.
fn installed(folder: &Path) -> Result<Vec<Source>, Failure> {
    let there = install::sources(folder)?;
    if there.is_empty() {
        let folder = folder.display();
        return Err(Failure::Load(format!(
            "no plugin is installed in {folder}: plugin-host --plugins {folder} install LOCATOR"
        )));
    }
    Ok(there)
}

/// The variables of what a connection can't do without.
fn needed(entry: &Entry) -> Vec<String> {
    let description = entry.description();
    let required = schema::required(&description.connection.schema);
    required.map(|key| connections::variable_name(&description.name, key)).collect()
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}
