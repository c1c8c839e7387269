//! The arguments of `package`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What to make of a plugin.
#[derive(Debug, Args)]
pub struct PackageArgs {
    /// For which platform.
    #[command(subcommand)]
    pub kind: Kind,
}

/// For which platform.
#[derive(Debug, Subcommand)]
pub enum Kind {
    /// The bundle itself in one file.
    Archive(Common),
    /// The bundle itself for a registry of container images: OCI's image layout in one file.
    Oci(Common),
    /// For n8n: an archive that npm installs.
    N8n(NpmArgs),
    /// For Node-RED: an archive that npm installs.
    NodeRed(NpmArgs),
    /// For Zapier: the folder of an integration, which Zapier's command line takes.
    Zapier(Common),
    /// A wheel and its source, for Python, Airflow and Prefect.
    Python(Common),
    /// An MCP bundle, which MCP clients install with a click, and its server.json for the MCP registry.
    ///
    /// In it is plugin-host itself, for one system and processor: this very program, or that of --binary.
    Mcpb(McpbArgs),
    /// The OpenAPI document of `serve`, or a connector made of it.
    Openapi(OpenapiArgs),
}

/// What every package is made of.
#[derive(Debug, Args)]
pub struct Common {
    /// The plugin's bundle: the folder, or the extism.json in it.
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,
    /// The folder to write into.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Write over what is there, whoever wrote it. What an earlier package left is replaced anyway.
    #[arg(long)]
    pub force: bool,
}

/// What a package for npm is made of.
#[derive(Debug, Args)]
pub struct NpmArgs {
    #[command(flatten)]
    pub common: Common,
    /// Make a folder with the package's files instead of an archive.
    #[arg(long)]
    pub unpacked: bool,
}

/// What an MCP bundle is made of.
#[derive(Debug, Args)]
pub struct McpbArgs {
    #[command(flatten)]
    pub common: Common,
    /// The plugin-host to put into it, for a machine of another kind.
    #[arg(long, value_name = "FILE")]
    pub binary: Option<PathBuf>,
    /// The server's name in the MCP registry; if not given, that of the repository on GitHub that
    /// publisher.json names: io.github.OWNER/PLUGIN.
    #[arg(long, value_name = "NAME")]
    pub registry_name: Option<String>,
    /// The address of the folder that it will be downloaded from; if not given, the release of its version
    /// in that repository.
    #[arg(long, value_name = "URL")]
    pub download_url: Option<String>,
}

/// What a document is made of.
#[derive(Debug, Args)]
pub struct OpenapiArgs {
    #[command(flatten)]
    pub common: Common,
    /// Where the server is reached, by https: hooks.example.com, or with a port.
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// What the plugin's connection is called there.
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub connection_name: String,
    /// For whom: as OpenAPI 3.1 has it if not given.
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub profile: Option<Profile>,
}

/// Who reads a document.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Profile {
    /// Power Platform: apiDefinition.swagger.json, apiProperties.json and settings.json, for paconn.
    PowerPlatform,
}

impl Kind {
    /// What every package is made of.
    pub fn common(&self) -> &Common {
        match self {
            Self::N8n(args) | Self::NodeRed(args) => &args.common,
            Self::Archive(common) | Self::Oci(common) | Self::Zapier(common) | Self::Python(common) => common,
            Self::Mcpb(args) => &args.common,
            Self::Openapi(args) => &args.common,
        }
    }
}
