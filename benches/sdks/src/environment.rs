//! What contenders run in: Node.js with the engine built, and Python with the package installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The libraries that programs made for the call have, at the versions that were measured.
const LIBRARIES: [&str; 2] = ["urllib3==2.8.0", "aiohttp==3.14.5"];

/// Interpreters, and what they run.
pub struct Environment {
    scripts: PathBuf,
    work: PathBuf,
}

impl Environment {
    /// In a folder where things are kept between runs.
    ///
    /// # Errors
    /// When that can't be made.
    pub fn new(work: &Path) -> Result<Self> {
        std::fs::create_dir_all(work).with_context(|| format!("can't make {}", work.display()))?;
        Ok(Self { scripts: Path::new(env!("CARGO_MANIFEST_DIR")).to_owned(), work: work.to_owned() })
    }

    /// Builds what Node.js runs.
    ///
    /// # Errors
    /// When there is no Node.js, or `npm ci` has not been run in `platforms/js`.
    pub fn build_node(&self) -> Result<()> {
        let mut command = Command::new("node");
        run(command.arg(self.scripts.join("js/build.mjs")).arg(self.node_program()))
    }

    /// Makes a virtual environment with the package of a bundle, by `plugin-host`.
    ///
    /// # Errors
    /// When there is no Python, or something can't be installed.
    pub fn install_python(&self, plugin_host: &Path, bundle: &Path) -> Result<()> {
        let wheels = tempfile::tempdir().context("can't make a folder for the wheel")?;
        run(Command::new(plugin_host).args(["package", "python"]).arg(bundle).arg("--out").arg(wheels.path()))?;
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
        command.arg(self.node_program());
        command
    }

    /// Python with its program.
    pub fn python(&self) -> Command {
        let mut command = Command::new(self.python_program());
        command.arg(self.scripts.join("python/contender.py"));
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
