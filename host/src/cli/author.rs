//! What authors do: `new`, `build`, `dev`, `vendor`; and `verify` of a plugin's sources.

mod dev;
mod shown;

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::args::{Args, Author, Command, NewArgs, Once};
use super::exit;
use super::failure::Failure;
use super::output::print;
use crate::author::build::{self, BuildError, Source};
use crate::author::{kit, name, template};
use crate::verify::case;

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Told => Self::Told(exit::LOAD),
            BuildError::Why(why) => Self::Load(why),
        }
    }
}

/// Makes of `verify FOLDER` what it is without it: builds sources, and names their bundle and cases.
///
/// # Errors
/// If they can't be built.
pub fn prepared(args: &mut Args) -> Result<(), Failure> {
    let Command::Once(Once::Verify(verify)) = &mut args.command else { return Ok(()) };
    let Some(folder) = verify.folder.take() else { return Ok(()) };
    if !args.open.bundle.is_empty() {
        return Err(Failure::Usage("name the plugin once: with --bundle, or behind verify".to_owned()));
    }
    if !folder.exists() {
        return Err(Failure::Usage(format!(
            "there is no {}: name the folder of a plugin's sources, or of its bundle",
            folder.display()
        )));
    }
    if build::is_source(&folder) {
        args.open.bundle = vec![Source::open(&folder)?.bundle()?];
        let cases = folder.join(case::FOLDER);
        if verify.cases.is_none() && verify.record.is_none() && cases.is_dir() {
            verify.cases = Some(cases);
        }
    } else {
        args.open.bundle = vec![folder];
    }
    Ok(())
}

/// Does what an author asks for.
///
/// # Errors
/// If it can't be done.
pub fn run(author: &Author, args: &Args) -> Result<(), Failure> {
    match author {
        Author::New(new) => begin(new, args.json),
        Author::Build(build) => {
            let manifest = Source::open(&build.folder)?.bundle()?;
            let machine = serde_json::json!({ "bundle": manifest }).to_string();
            print(&machine, args.json, format!("{}\n", manifest.display()))
        }
        Author::Dev(dev) => dev::run(dev, args),
        Author::Vendor(vendor) => {
            let renewed = kit::renew(&vendor.folder).map_err(Failure::Usage)?;
            let folder = vendor.folder.join(kit::FOLDER);
            let machine = serde_json::json!({ "kit": folder, "renewed": renewed }).to_string();
            let what = if renewed { "is that of this plugin-host now" } else { "is that of this plugin-host already" };
            print(&machine, args.json, format!("{} {what}\n", folder.display()))
        }
    }
}

fn begin(new: &NewArgs, json: bool) -> Result<(), Failure> {
    let name = name::checked(&new.name).map_err(Failure::Usage)?;
    let licence = match &new.license {
        Some(licence) => licence.clone(),
        None if io::stdin().is_terminal() && io::stderr().is_terminal() && !json => asked()?,
        None => template::LICENCES[0].to_owned(),
    };
    let folder = Path::new(&name);
    template::write(folder, &name, &licence).map_err(Failure::Usage)?;
    let machine = serde_json::json!({ "folder": folder, "license": licence }).to_string();
    let shown = format!(
        "{name}/ is a plugin with an example action; what it does is in {name}/src/lib.rs.\nBuild it, and see whether it keeps the contract: plugin-host verify {name}\n"
    );
    print(&machine, json, shown)
}

/// The licence, as somebody at a terminal chooses it.
fn asked() -> Result<String, Failure> {
    let told = |error: io::Error| Failure::Usage(format!("can't ask for the licence: {error}; give --license"));
    let mut out = io::stderr();
    writeln!(out, "Under which licence?").map_err(told)?;
    for (place, licence) in template::LICENCES.iter().enumerate() {
        writeln!(out, "  {}  {licence}", place + 1).map_err(told)?;
    }
    loop {
        write!(out, "1 to {}, or Enter for {}: ", template::LICENCES.len(), template::LICENCES[0]).map_err(told)?;
        let mut line = String::new();
        if io::stdin().read_line(&mut line).map_err(told)? == 0 || line.trim().is_empty() {
            return Ok(template::LICENCES[0].to_owned());
        }
        let chosen = line.trim().parse::<usize>().ok().and_then(|place| template::LICENCES.get(place.checked_sub(1)?));
        if let Some(licence) = chosen {
            return Ok((*licence).to_owned());
        }
    }
}
