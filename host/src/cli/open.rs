//! Opens a bundle with the connection that is meant, or with all of them.

use std::env;
use std::time::Duration;

use plugin_host_core::Connection;
use plugin_host_core::bundle::Bundle;
use plugin_host_core::connections::{self, File};
use plugin_host_core::description::Description;
use plugin_host_core::engine::Engine;
use plugin_host_core::http::{Origin, Proxies, Roots, Rule};
use plugin_host_core::runner::{Connected, Runner, Settings};
use plugin_host_core::schema;

use super::args::Args;
use super::failure::Failure;

/// The name of the connection that comes from the environment.
pub const DEFAULT: &str = "default";

/// The plugins that come with this host. They alone name their variables themselves: anyone can give
/// a plugin any name, and one called `aws` would read what the operator keeps for something else.
const DELIVERED: [&str; 1] = ["justclick"];

/// What the variables of a connection begin with, if the operator has said so or need not.
pub fn prefix<'a>(args: &'a Args, description: &'a Description) -> Option<&'a str> {
    let delivered = DELIVERED.contains(&description.name.as_str()).then_some(description.name.as_str());
    args.env_prefix.as_deref().or(delivered)
}

/// The plugin and its connections by name: those of `--connections`, the one that `--connection`
/// names, or the one in the environment.
///
/// # Errors
/// If the bundle can't be used, or with everything that is wrong with the connections.
pub fn all(args: &Args) -> Result<(Runner, Named), Failure> {
    open(args, all_connections)
}

/// The plugin with one connection: that of the environment, which has no name, the one that
/// `--connection` names, or the only one of a file.
///
/// # Errors
/// If the bundle can't be used, or the connection is not there or can't be.
pub fn one(args: &Args) -> Result<Connected, Failure> {
    let (runner, mut connections) = open(args, |args, description| Ok(vec![one_connection(args, description)?]))?;
    let (name, connection) = connections.remove(0);
    Ok(runner.connect(connection).named(name))
}

/// What the plugin says of itself, which needs no connection.
///
/// # Errors
/// If the bundle can't be used.
pub fn description(args: &Args) -> Result<Description, Failure> {
    Ok(Engine::new(&Bundle::load(&args.bundle)?)?.describe()?)
}

type Named = Vec<(String, Connection)>;

fn open(
    args: &Args,
    connections: impl Fn(&Args, &Description) -> Result<Named, Failure>,
) -> Result<(Runner, Named), Failure> {
    let engine = Engine::new(&Bundle::load(&args.bundle)?)?;
    let description = engine.describe()?;
    let connections = connections(args, &description)?;
    let settings = settings(args, &description, connections.iter().map(|(_, connection)| connection))?;
    Ok((Runner::new(engine, description, settings)?, connections))
}

fn one_connection(args: &Args, description: &Description) -> Result<(String, Connection), Failure> {
    let Some(path) = &args.connections else {
        return Ok((String::new(), in_env(args, description)?));
    };
    let file = File::read(path)?;
    let name = match (&args.connection, &file.names()[..]) {
        (Some(name), _) => name.clone(),
        (None, [only]) => (*only).to_owned(),
        (None, names) => {
            let (shown, names) = (path.display(), names.join(", "));
            return Err(Failure::Load(format!(
                "{shown}: say which connection with --connection NAME, one of: {names}"
            )));
        }
    };
    let connection = file.connection(&name, description, variable)?;
    Ok((name, connection))
}

/// What plugins may do with these connections. Environment and file are the operator's: an address
/// that stands there may be a private one.
fn settings<'a>(
    args: &Args,
    description: &Description,
    connections: impl Iterator<Item = &'a Connection>,
) -> Result<Settings, Failure> {
    let origins = connections.flat_map(|connection| description.origins(connection));
    let allow_private = origins.filter(Origin::names_address).map(Rule::Exact).collect();
    let roots = args.ca_file.as_deref().map(Roots::from_file).transpose()?.unwrap_or_default();
    let proxies = match &args.proxy {
        Some(address) => Proxies::given(address, variable)?,
        None => Proxies::from_env(variable)?,
    };
    let call_time = Duration::from_secs(args.call_timeout);
    let settings = Settings::default().call_time(call_time).allow(args.allow.clone()).allow_private(allow_private);
    Ok(settings.roots(roots).proxies(proxies).languages(args.languages()).strict(args.strict))
}

fn all_connections(args: &Args, description: &Description) -> Result<Named, Failure> {
    match (&args.connections, &args.connection) {
        (Some(path), Some(name)) => {
            Ok(vec![(name.clone(), File::read(path)?.connection(name, description, variable)?)])
        }
        (Some(path), None) => Ok(File::read(path)?.all(description, variable)?),
        (None, _) => Ok(vec![(DEFAULT.to_owned(), in_env(args, description)?)]),
    }
}

/// The connection in the environment. Without a prefix there is an empty one, if that is enough.
fn in_env(args: &Args, description: &Description) -> Result<Connection, Failure> {
    if let Some(prefix) = prefix(args, description) {
        return Ok(connections::from_env(description, prefix, variable)?);
    }
    let required = schema::required(&description.connection.schema);
    let needed: Vec<_> = required.map(|key| connections::variable_name(&description.name, key)).collect();
    if needed.is_empty() {
        return Ok(Connection::default());
    }
    let (title, name, needed) = (&description.title, &description.name, needed.join(", "));
    Err(Failure::Load(format!(
        "{title} needs a connection: give --connections FILE, or let it read {needed} with --env-prefix {name}"
    )))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}
