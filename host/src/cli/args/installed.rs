//! The arguments of what is done with installed plugins.

use clap::{Args, Subcommand};

/// What is done with installed plugins.
#[derive(Debug, Subcommand)]
pub enum Installed {
    /// Install a plugin, for all commands.
    ///
    /// LOCATOR is a bundle's folder or its .tar.gz (a path, or file:PATH), the https:// address of a .tar.gz, or
    /// an artifact in a registry: oci:HOST/REPOSITORY:TAG, or oci:HOST/REPOSITORY@sha256:DIGEST. What the plugin
    /// may do is shown, and a person is asked. plugins.lock then names the very bytes: they are checked each
    /// time that the plugin is loaded.
    ///
    /// A bundle has to be signed by minisign with a key that --key gives, or that stands in trusted-keys.pub in
    /// the folder of installed plugins.
    ///
    /// Without LOCATOR, what plugins.lock lists is fetched where it is not there: the same bytes, and no others.
    Install(InstallArgs),
    /// List the installed plugins.
    List,
    /// Update installed plugins: all, or those that are named.
    ///
    /// Each is fetched from where it came from. It has to be signed with the same key, and may not be older; if it
    /// wants to do more than it was let, a person is asked again.
    Update(UpdateArgs),
    /// Remove an installed plugin.
    Remove {
        /// Its name.
        name: String,
    },
}

/// What to install.
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// Where it comes from.
    pub locator: Option<String>,
    #[command(flatten)]
    pub consent: ConsentArgs,
}

/// What to update.
#[derive(Debug, Args)]
pub struct UpdateArgs {
    /// The plugins' names.
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Take an older version, too.
    #[arg(long)]
    pub allow_downgrade: bool,
    #[command(flatten)]
    pub consent: ConsentArgs,
}

/// Whom to believe, and what to agree to.
#[derive(Debug, Args)]
pub struct ConsentArgs {
    /// A public key of minisign whose signature counts, or a file with such keys; may be given for each.
    #[arg(long, value_name = "KEY|FILE")]
    pub key: Vec<String>,
    /// Take what nobody who is trusted has signed.
    #[arg(long)]
    pub allow_unsigned: bool,
    /// Agree to what the plugin may do, without being asked.
    #[arg(long, short)]
    pub yes: bool,
}
