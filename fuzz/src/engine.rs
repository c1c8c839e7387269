//! What stands between libFuzzer and the targets: the program runs the one that a variable names.

use std::path::Path;
use std::sync::OnceLock;
use std::{env, fs, process};

use crate::target::Target;

/// The target's name. Without one the program tells which there are.
const TARGET: &str = "FUZZ_TARGET";

/// The folder into which its seeds are written, before libFuzzer reads them there.
const SEEDS: &str = "FUZZ_SEEDS";

static CHOSEN: OnceLock<Target> = OnceLock::new();

/// Chooses a target and writes its seeds. Ends the program if there is nothing to be run.
pub fn begin(targets: &[Target]) {
    let Ok(name) = env::var(TARGET) else {
        for target in targets {
            println!("{}", target.name);
        }
        process::exit(0);
    };
    let Some(target) = targets.iter().find(|target| target.name == name) else {
        eprintln!("error: there is no target {name:?}");
        process::exit(2);
    };
    if let Some(folder) = env::var_os(SEEDS)
        && let Err(error) = write(target, Path::new(&folder))
    {
        eprintln!("error: can't write the seeds: {error}");
        process::exit(2);
    }
    // It is only begun once.
    let _ = CHOSEN.set(*target);
}

/// Runs the target that was chosen.
pub fn run(data: &[u8]) {
    if let Some(target) = CHOSEN.get() {
        (target.run)(data);
    }
}

fn write(target: &Target, folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    for (place, seed) in target.all_seeds().iter().enumerate() {
        fs::write(folder.join(place.to_string()), seed)?;
    }
    Ok(())
}
