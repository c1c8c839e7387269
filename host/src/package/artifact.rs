//! `package archive`, `package oci`: the bundle itself, to be handed out as a file or by a registry.
//!
//! What is handed out is what the bundle's sums name, with the sums and, where there is one, their signature.
//! docs/bundles.md says what both look like.

use toolchain::oci;

use super::{Bundle, File, Made, PackageError, Publisher, archive, check};

/// The bundle in one file, in which its folder is.
///
/// # Errors
/// If the bundle has no sums, or a file is not the one that they name.
pub fn archived(bundle: &Bundle) -> Result<Made, PackageError> {
    let folder = folder(bundle)?;
    let files: Vec<_> = files(bundle)?.iter().map(|file| file.within(&folder)).collect();
    let packed = archive::tar_gz(&files).map_err(|error| bundle.unfit(error.to_string()))?;
    let file = format!("{folder}.tar.gz");
    let next = "plugin-host install {path} --key KEY, the public key of who has signed it";
    Ok(Made { root: Some(file.clone()), ..Made::new(vec![File::new(file, packed)], next) })
}

/// An OCI image layout that holds the bundle as an artifact, in one file, as registries' tools read it.
///
/// # Errors
/// If the bundle has no sums, or a file is not the one that they name.
pub fn layout(bundle: &Bundle) -> Result<Made, PackageError> {
    let (files, tag) = (files(bundle)?, oci::tag(bundle.version()?));
    let described = &bundle.description;
    let mut annotations = vec![
        ("org.opencontainers.image.title", described.name.as_str()),
        ("org.opencontainers.image.version", described.version.as_str()),
        ("org.opencontainers.image.description", described.description.as_str()),
    ];
    let Publisher { license, repository, .. } = &bundle.publisher;
    let told = [("org.opencontainers.image.licenses", license), ("org.opencontainers.image.source", repository)];
    annotations.extend(told.iter().filter_map(|(name, told)| Some((*name, told.as_deref()?))));
    let contents: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.content.as_slice())).collect();
    let written = oci::layout(&contents, &tag, &annotations);
    let written: Vec<_> = written.into_iter().map(|(path, content)| File::new(path, content)).collect();
    let packed = archive::tar(&written).map_err(|error| bundle.unfit(error.to_string()))?;
    let file = format!("{}.oci.tar", folder(bundle)?);
    let name = &described.name;
    let next = format!(
        "oras cp --from-oci-layout {{path}}:{tag} REGISTRY/{name}:{tag}, and then plugin-host install oci:REGISTRY/{name}:{tag} --key KEY"
    );
    Ok(Made { root: Some(file.clone()), ..Made::new(vec![File::new(file, packed)], next) })
}

fn files(bundle: &Bundle) -> Result<Vec<File>, PackageError> {
    let files = bundle.files()?;
    check(&files).map_err(|why| bundle.unfit(why))?;
    Ok(files)
}

fn folder(bundle: &Bundle) -> Result<String, PackageError> {
    Ok(format!("{}-{}", bundle.description.name, bundle.version()?))
}
