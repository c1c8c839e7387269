//! What Python's tools read of a package: `METADATA`, `WHEEL`, the entry points, and the `pyproject.toml` of its source.
//!
//! Each header is one line whatever a text has in it, and each text of `pyproject.toml` is a quoted one.

use std::fmt::Write as _;

use super::faces::Faces;
use crate::package::Publisher;
use crate::package::text::line;

/// The oldest Python; the same stands in what pip reads and in the README.
const PYTHON: &str = ">=3.11";
/// What the shell needs, as `METADATA` sorts it, and why where that is not plain.
const NEEDED: [(&str, &str); 4] = [
    // What parses answers, as fast as C.
    ("httptools", "<1,>=0.6.4"),
    // Windows and small containers have no time zones of their own.
    ("tzdata", ">=2024.1"),
    // Older ones decompress a whole bomb before its size can be counted.
    ("urllib3", "<3,>=2.6"),
    ("wasmtime", ">=50"),
];
/// The engines, each an extra of the package.
const EXTRAS: [(&str, &str, &str); 2] = [("airflow", "apache-airflow", "<4,>=3.3"), ("prefect", "prefect", "<4,>=3.8")];
const CLASSIFIERS: [&str; 15] = [
    "Development Status :: 4 - Beta",
    "Framework :: Apache Airflow :: Provider",
    "Intended Audience :: Developers",
    "Natural Language :: English",
    "Operating System :: MacOS",
    "Operating System :: Microsoft :: Windows",
    "Operating System :: POSIX :: Linux",
    "Programming Language :: Python :: 3",
    "Programming Language :: Python :: 3 :: Only",
    "Programming Language :: Python :: 3.11",
    "Programming Language :: Python :: 3.12",
    "Programming Language :: Python :: 3.13",
    "Topic :: Office/Business",
    "Topic :: Software Development :: Libraries :: Python Modules",
    "Typing :: Typed",
];
/// What says how a wheel is built. It is what builds one of the source as well.
const BACKEND: &str = "hatchling==1.33.0";

/// All that a package says of itself.
pub struct Metadata<'a> {
    /// Its names.
    pub faces: &'a Faces,
    /// Its version, as Python writes it.
    pub version: &'a str,
    /// Who publishes it.
    pub publisher: &'a Publisher,
    /// The names of its files of licences.
    pub licenses: Vec<&'a str>,
    /// What people read first, in Markdown.
    pub readme: &'a str,
}

impl Metadata<'_> {
    /// The stem of the package's files: `shop_plugin-2.0.0`.
    pub fn stem(&self) -> String {
        format!("{}-{}", self.faces.distribution.replace('-', "_"), self.version)
    }

    /// `METADATA` of a wheel, which is `PKG-INFO` of its source.
    pub fn headers(&self) -> String {
        let mut text = String::from("Metadata-Version: 2.4\n");
        let mut header = |name: &str, value: &str| {
            let _ = writeln!(text, "{name}: {}", line(value));
        };
        header("Name", &self.faces.distribution);
        header("Version", self.version);
        header("Summary", &self.faces.about);
        for (label, url) in self.urls() {
            header("Project-URL", &format!("{label}, {url}"));
        }
        match (&self.publisher.author.name, &self.publisher.author.email) {
            (author, Some(email)) => header("Author-email", &mailbox(author.as_deref(), email)),
            (Some(author), None) => header("Author", author),
            (None, None) => {}
        }
        if let Some(license) = &self.publisher.license {
            header("License-Expression", license);
        }
        for name in &self.licenses {
            header("License-File", name);
        }
        header("Keywords", &self.keywords().join(","));
        for classifier in CLASSIFIERS {
            header("Classifier", classifier);
        }
        header("Requires-Python", PYTHON);
        for (name, versions) in NEEDED {
            header("Requires-Dist", &format!("{name}{versions}"));
        }
        for (extra, name, versions) in EXTRAS {
            header("Provides-Extra", extra);
            header("Requires-Dist", &format!("{name}{versions}; extra == '{extra}'"));
        }
        header("Description-Content-Type", "text/markdown");
        text + "\n" + self.readme
    }

    /// `entry_points.txt` of a wheel: how Airflow and Prefect find it.
    pub fn entry_points(&self) -> String {
        let module = &self.faces.module;
        format!(
            "[apache_airflow_provider]\nprovider_info = {module}.airflow:get_provider_info\n\n[prefect.collections]\n{module} = {module}.prefect\n"
        )
    }

    /// `WHEEL` of a wheel.
    pub fn wheel() -> String {
        let version = env!("CARGO_PKG_VERSION");
        format!("Wheel-Version: 1.0\nGenerator: plugin-host {version}\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    }

    /// `pyproject.toml` of the source, of which Python's own tools build the same wheel.
    pub fn pyproject(&self) -> String {
        let Faces { module, distribution, about, .. } = self.faces;
        let urls: Vec<_> = self.urls().into_iter().map(|(label, url)| format!("{label} = {}", quoted(url))).collect();
        let author = self.publisher.author.name.iter().map(|name| format!("name = {}", quoted(name)));
        let author = author.chain(self.publisher.author.email.iter().map(|email| format!("email = {}", quoted(email))));
        let author: Vec<_> = author.collect();
        let authors = if author.is_empty() { String::new() } else { format!("{{ {} }}", author.join(", ")) };
        let list = |items: Vec<String>| items.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ");
        let needed = NEEDED.map(|(name, versions)| format!("{name}{versions}")).to_vec();
        let extras = EXTRAS.map(|(extra, name, versions)| format!("{extra} = [\"{name}{versions}\"]")).join("\n");
        let licenses = self.licenses.iter().map(|name| (*name).to_owned()).collect();
        [
            "[build-system]".to_owned(),
            format!("requires = [\"{BACKEND}\"]"),
            "build-backend = \"hatchling.build\"".to_owned(),
            String::new(),
            "[project]".to_owned(),
            format!("name = {}", quoted(distribution)),
            format!("version = {}", quoted(self.version)),
            format!("description = {}", quoted(about)),
            self.publisher.license.iter().map(|license| format!("license = {}\n", quoted(license))).collect(),
            format!("license-files = [{}]", list(licenses)),
            format!("authors = [{authors}]"),
            format!("keywords = [{}]", list(self.keywords())),
            format!("urls = {{ {} }}", urls.join(", ")),
            "readme = \"README.md\"".to_owned(),
            format!("requires-python = \"{PYTHON}\""),
            format!("classifiers = [{}]", list(CLASSIFIERS.map(str::to_owned).to_vec())),
            format!("dependencies = [{}]", list(needed)),
            String::new(),
            "[project.optional-dependencies]".to_owned(),
            extras,
            String::new(),
            "[project.entry-points.apache_airflow_provider]".to_owned(),
            format!("provider_info = \"{module}.airflow:get_provider_info\""),
            String::new(),
            "[project.entry-points.\"prefect.collections\"]".to_owned(),
            format!("{module} = \"{module}.prefect\""),
            String::new(),
            "[tool.hatch.build]".to_owned(),
            "ignore-vcs = true".to_owned(),
            String::new(),
            "[tool.hatch.build.targets.wheel]".to_owned(),
            format!("packages = [\"src/{module}\"]"),
            String::new(),
        ]
        .join("\n")
    }

    fn urls(&self) -> Vec<(&'static str, &str)> {
        let Publisher { repository, bugs, .. } = self.publisher;
        let all = [("Homepage", &self.faces.homepage), ("Repository", repository), ("Issues", bugs)];
        all.into_iter().filter_map(|(label, url)| Some((label, url.as_deref()?))).collect()
    }

    fn keywords(&self) -> Vec<String> {
        let mut words = ["airflow", "extism", "prefect", &self.faces.name].map(str::to_owned).to_vec();
        words.sort();
        words.dedup();
        words
    }
}

/// A text of TOML: in one line, in quotes.
fn quoted(text: &str) -> String {
    toml::Value::String(line(text)).to_string()
}

/// Who, and their address, as mail has it: what is no plain word is in quotes.
fn mailbox(name: Option<&str>, email: &str) -> String {
    let Some(name) = name else { return email.to_owned() };
    let is_plain = |it: char| it.is_alphanumeric() || " !#$%&'*+-/=?^_`{|}~".contains(it);
    if name.chars().all(is_plain) {
        return format!("{name} <{email}>");
    }
    format!("\"{}\" <{email}>", name.replace('\\', "\\\\").replace('"', "\\\""))
}
