//! A bill of materials for each thing that is released: `NAME.cdx.json`.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use toolchain::archive;
use toolchain::crates::Crate;

use super::sbom::{self, Checksums};
use super::{files, program};

/// What is known of all things released.
pub struct Materials<'a> {
    /// The version of all of them.
    pub version: &'a str,
    /// The compiler's version.
    pub rust: &'a str,
    pub sums: Checksums,
    /// What is in the program.
    pub program: &'a [Crate],
}

impl Materials<'_> {
    /// Writes the bill of the program, whose archive is this.
    ///
    /// # Errors
    /// When a file is missing.
    pub fn of_program(&self, target: &str, program: &Path, out: &Path) -> Result<()> {
        let name = format!("{}-{}-{target}", program::NAME, self.version);
        let purl = format!("pkg:generic/{}@{}", program::NAME, self.version);
        let subject = sbom::subject("application", program::NAME, self.version, &purl, &files::read(program)?);
        self.write(&name, &subject, &sbom::crates(self.program, &self.sums, self.rust), out)
    }

    /// Writes the bills of a plugin and of its packages, which are in `out`.
    ///
    /// # Errors
    /// When a file is missing, or no package.
    pub fn of_plugin(&self, name: &str, module: &Path, crates: &[Crate], program: &Path, out: &Path) -> Result<()> {
        let version = self.version;
        let inside = sbom::crates(crates, &self.sums, self.rust);
        let bytes = files::read(module)?;
        let subject = sbom::subject("library", name, version, &format!("pkg:generic/{name}@{version}"), &bytes);
        self.write(&format!("{name}-{version}"), &subject, &inside, out)?;

        let module = sbom::file(&format!("{name}.wasm"), version, &bytes, &inside);
        for path in files::within(out)? {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let content = files::read(&path)?;
            if let Some(text) = archived(&file, &content, "/package.json")? {
                let package: Value = serde_json::from_slice(&text).with_context(|| format!("{file}: package.json"))?;
                let asked = package["name"].as_str().with_context(|| format!("{file} has no name"))?;
                let required = package["dependencies"].as_object().into_iter().flatten();
                let required = required.map(|(name, it)| sbom::required("npm", name, it.as_str().unwrap_or_default()));
                let subject = sbom::subject("library", asked, version, &format!("pkg:npm/{asked}@{version}"), &content);
                let components: Vec<_> = [module.clone()].into_iter().chain(required).collect();
                self.write(&format!("{asked}-{version}"), &subject, &components, out)?;
            } else if let Some(text) = archived(&file, &content, "/PKG-INFO")? {
                self.of_python(&String::from_utf8_lossy(&text), &module, out)?;
            } else if let Some(stem) = file.strip_suffix(".mcpb") {
                let purl = format!("pkg:generic/{name}-mcpb@{version}");
                let subject = sbom::subject("application", stem, version, &purl, &content);
                let host = sbom::crates(self.program, &self.sums, self.rust);
                let host = sbom::file(program::NAME, version, &files::read(program)?, &host);
                self.write(stem, &subject, &[module.clone(), host], out)?;
            }
        }
        Ok(())
    }

    /// The bill of the wheel whose source distribution says this of itself.
    fn of_python(&self, information: &str, module: &Value, out: &Path) -> Result<()> {
        let said = |key: &str| {
            let lines = information.lines().take_while(|line| !line.is_empty());
            lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).map(str::to_owned).collect::<Vec<_>>()
        };
        let name = said("Name").pop().context("the Python package has no name")?;
        let stem = format!("{}-{}", name.replace('-', "_"), self.version);
        let wheel = files::read(&out.join(format!("{stem}-py3-none-any.whl")))?;
        let purl = format!("pkg:pypi/{name}@{}", self.version);
        let subject = sbom::subject("library", &name, self.version, &purl, &wheel);
        let required = said("Requires-Dist").into_iter().filter(|it| !it.contains("extra ==")).map(|it| {
            let end = it.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).unwrap_or(it.len());
            sbom::required("pypi", &it[..end], it[end..].trim())
        });
        let components: Vec<_> = [module.clone()].into_iter().chain(required).collect();
        self.write(&stem, &subject, &components, out)
    }

    fn write(&self, stem: &str, subject: &Value, components: &[Value], out: &Path) -> Result<()> {
        files::write(&out.join(format!("{stem}.cdx.json")), sbom::bill(subject, components).as_bytes())
    }
}

/// A file of a package for npm, or of a source distribution.
fn archived(file: &str, content: &[u8], ending: &str) -> Result<Option<Vec<u8>>> {
    if !file.ends_with(".tgz") && !file.ends_with(".tar.gz") {
        return Ok(None);
    }
    archive::find(content, ending).with_context(|| format!("can't read {file}"))
}
