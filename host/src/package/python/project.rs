//! The files of a plugin's package: the shell, the bundle, and what is made of the description.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use toolchain::bundle::checksums;

use super::faces::Faces;
use super::metadata::Metadata;
use super::readme::readme;
use super::stubs::stubs;
use super::version;
use crate::package::{Bundle, File, PackageError};

/// The shell's own files, by their paths in the package.
mod shell {
    include!(concat!(env!("OUT_DIR"), "/python_shell.rs"));
}

/// A package: what its files are called without their endings, and what is in them.
pub struct Package {
    /// `shop_plugin-2.0.0`.
    pub stem: String,
    /// The files of the wheel.
    pub wheel: Vec<File>,
    /// The files of the source distribution, in its folder.
    pub source: Vec<File>,
}

/// Makes the package of a plugin.
///
/// # Errors
/// If Python knows no such version, or a file of the bundle is not the one that was hashed.
pub fn package(bundle: &Bundle) -> Result<Package, PackageError> {
    let given = &bundle.description.version;
    let version = version::python(given).ok_or_else(|| {
        bundle.unfit(format!("its version {given:?} is none that Python knows: write it as 1.4.0 or 1.4.0-rc.1"))
    })?;
    let (faces, licenses) = (Faces::new(&bundle.value), bundle.licenses()?);
    let readme = readme(&faces, &bundle.value);
    let names = licenses.iter().map(|file| file.path.as_str()).collect();
    let metadata =
        Metadata { faces: &faces, version: &version, publisher: &bundle.publisher, licenses: names, readme: &readme };
    let (stem, headers) = (metadata.stem(), metadata.headers());
    let code = code(&faces, bundle);

    let info = format!("{stem}.dist-info");
    let mut wheel: Vec<File> = code.iter().map(|file| file.within(&faces.module)).collect();
    wheel.extend([
        File::new(format!("{info}/METADATA"), headers.clone()),
        File::new(format!("{info}/WHEEL"), Metadata::wheel()),
        File::new(format!("{info}/entry_points.txt"), metadata.entry_points()),
    ]);
    wheel.extend(licenses.iter().map(|file| file.within(&format!("{info}/licenses"))));
    wheel.push(record(&wheel, format!("{info}/RECORD")));

    let mut source: Vec<File> = code.iter().map(|file| file.within(&format!("src/{}", faces.module))).collect();
    source.extend(licenses.iter().cloned());
    source.extend([
        File::new("README.md", readme.clone()),
        File::new("pyproject.toml", metadata.pyproject()),
        File::new("PKG-INFO", headers),
    ]);
    let source = source.iter().map(|file| file.within(&stem)).collect();
    Ok(Package { stem, wheel, source })
}

/// The files of the module that is imported.
fn code(faces: &Faces, bundle: &Bundle) -> Vec<File> {
    let mut files: Vec<File> = shell::FILES.iter().map(|(path, content)| File::new(*path, *content)).collect();
    files.extend(stubs(faces).map(|(path, text)| File::new(path, text)));
    // It is made of texts, lists and objects of its own, which can always be written.
    files.push(File::new("_faces.json", serde_json::to_vec(faces).unwrap_or_default()));
    let held = [&bundle.describe, &bundle.manifest, &bundle.module];
    let sums = checksums(held.iter().map(|file| (file.path.as_str(), &file.content[..])));
    files.extend(held.map(|file| file.within("bundle")));
    files.push(File::new("bundle/SHA256SUMS", sums));
    files.sort();
    files
}

/// `RECORD`: each file of a wheel with its hash and its size.
fn record(files: &[File], path: String) -> File {
    let line = |file: &File| {
        let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&file.content));
        format!("{},sha256={hash},{}\n", file.path, file.content.len())
    };
    let lines: String = files.iter().map(line).chain([format!("{path},,\n")]).collect();
    File::new(path, lines)
}
