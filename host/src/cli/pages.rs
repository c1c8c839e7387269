//! Completions and manual pages, made from the argument parser.

use std::io;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::args::Args;

/// The completions of a shell.
pub fn completions(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "plugin-host", &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// The manual pages of the command and all its subcommands, one after the other.
pub fn man() -> io::Result<String> {
    let mut text = Vec::new();
    for page in pages() {
        page.render(&mut text)?;
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Writes the manual pages into a folder, a file each, and returns their names.
pub fn man_files(folder: &Path) -> io::Result<Vec<String>> {
    std::fs::create_dir_all(folder)?;
    let name = |page: &Man| page.generate_to(folder).map(|path| path.display().to_string());
    pages().iter().map(name).collect()
}

fn pages() -> Vec<Man> {
    let mut command = Args::command().disable_help_subcommand(true);
    command.build();
    let subcommands = command.get_subcommands().filter(|command| !command.is_hide_set());
    std::iter::once(&command).chain(subcommands).cloned().map(Man::new).collect()
}
