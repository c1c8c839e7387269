//! What contenders run in: Node.js with the engine built, and Python with the package installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The libraries that programs made for the call have, and Extism's SDK, at the versions that were measured.
const LIBRARIES: [&str; 4] = ["urllib3==2.8.0", "aiohttp==3.14.5", "extism==1.1.1", "extism-sys==1.41.0"];

/// Extism's SDK for JavaScript: the newest that npm calls the latest.
const STOCK_JS: &str = "@extism/extism@1.0.3";

/// Interpreters, and what they run.
pub struct Environment {
    scripts: PathBuf,
    work: PathBuf,
    bundle: PathBuf,
}

impl Environment {
    /// For the plugin of a bundle, in a folder where things are kept between runs.
    ///
    /// # Errors
    /// When that can't be made.
    pub fn new(work: &Path, bundle: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(work).with_context(|| format!("can't make {}", work.display()))?;
        Ok(Self { scripts: Path::new(env!("CARGO_MANIFEST_DIR")).to_owned(), work: work.to_owned(), bundle })
    }

    /// Builds what Node.js runs, and installs Extism's SDK beside it.
    ///
    /// # Errors
    /// When there is no Node.js, `npm ci` has not been run in `platforms/js`, or the SDK can't be had.
    pub fn build_node(&self) -> Result<()> {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&self.work).arg(STOCK_JS);
        run(&mut npm)?;
        let mut command = Command::new("node");
        run(command.arg(self.scripts.join("js/build.mjs")).arg(self.node_program()))
    }

    /// Makes a virtual environment with the package of the bundle, by `plugin-host`.
    ///
    /// # Errors
    /// When there is no Python, or something can't be installed.
    pub fn install_python(&self, plugin_host: &Path) -> Result<()> {
        let wheels = tempfile::tempdir().context("can't make a folder for the wheel")?;
        run(Command::new(plugin_host).args(["package", "python"]).arg(&self.bundle).arg("--out").arg(wheels.path()))?;
        let mut files = std::fs::read_dir(wheels.path())?.filter_map(Result::ok).map(|file| file.path());
        let wheel = files.find(|path| path.extension().is_some_and(|it| it == "whl")).context("there is no wheel")?;
        let python = self.python_program();
        if !python.is_file() {
            run(Command::new("python3").args(["-m", "venv"]).arg(self.work.join("python")))?;
        }
        let pip = |what: &[&str]| {
            let mut command = Command::new(&python);
            command.args(["-m", "pip", "--disable-pip-version-check", "install", "--quiet"]).args(what);
            command
        };
        run(pip(&["--force-reinstall", "--no-deps"]).arg(&wheel))?;
        run(pip(&LIBRARIES).arg(&wheel))
    }

    /// Node.js with its program.
    pub fn node(&self) -> Command {
        let mut command = Command::new("node");
        // Extism's SDK has one for each of its workers.
        command.arg(self.node_program()).env("NODE_NO_WARNINGS", "1");
        command
    }

    /// Python with its program.
    pub fn python(&self) -> Command {
        let mut command = Command::new(self.python_program());
        command.arg(self.scripts.join("python/contender.py")).env("JUSTCLICK_BUNDLE", &self.bundle);
        command
    }

    /// What runs workflows in n8n, at a service. Where `cargo xtask e2e n8n` has installed n8n, it is that one.
    pub fn n8n(&self, base_url: &str) -> Command {
        let installed = self.work.with_file_name("e2e").join("n8n");
        let mut command = Command::new("node");
        command.arg(self.scripts.join("n8n/run.mjs")).arg(base_url).arg(installed).arg(self.work.join("n8n"));
        command
    }

    fn node_program(&self) -> PathBuf {
        self.work.join("contender.cjs")
    }

    fn python_program(&self) -> PathBuf {
        self.work.join(if cfg!(windows) { "python/Scripts/python.exe" } else { "python/bin/python" })
    }
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    // Standard output is for figures.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    match status.with_context(|| format!("can't run {program}"))?.success() {
        true => Ok(()),
        false => bail!("{program} has failed: it says why above"),
    }
}
