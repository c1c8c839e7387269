// The files themselves: sums, signatures, bills of materials, and that they are the same when they are made again.

import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { check, proved, same } from '../checks.mjs';
import { below, emptied, needed, outcome, parsed, ran, sameFiles, sha256, unpacked, work, xtask } from './world.mjs';

const ROOT = resolve('../../..');
/** Signatures hold chance, so they are another each time; and so is what holds one. */
const SIGNED = /\.minisig$|\.oci\.tar$|^justclick-[^-]+\.tar\.gz$|^SHA256SUMS$/;

/** Makes the files of a release, signed if there is a key. */
export function made(name, signing = {}) {
  const out = join(work, name);
  const args = ['release', '--profile', 'dev', '--allow-dirty', '--out', out];
  ran(xtask, args, { cwd: ROOT, env: { ...process.env, ...signing } });
  return out;
}

/** A key pair of minisign's own making. */
export function keys() {
  const folder = emptied('keys');
  const [secret, shared] = [join(folder, 'release.key'), join(folder, 'release.pub')];
  ran(needed('minisign', 'minisign'), ['-G', '-W', '-s', secret, '-p', shared]);
  return { secret, shared };
}

const verified = (key, folder) => outcome('minisign', ['-V', '-p', key, '-m', 'SHA256SUMS'], { cwd: folder }).status === 0;

/** Checks sums and signatures as a person does. */
export function checkSums(files, key) {
  ran('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: files });
  const listed = readFileSync(join(files, 'SHA256SUMS'), 'utf8').trim().split('\n');
  same(listed.length, readdirSync(files).length - 2, 'each file being in the sums');
  check(verified(key, files), 'minisign does not take the signature of the sums');
  const other = emptied('altered');
  cpSync(join(files, 'SHA256SUMS.minisig'), join(other, 'SHA256SUMS.minisig'));
  writeFileSync(join(other, 'SHA256SUMS'), listed.join('\n').replace('0', '1'));
  check(!verified(key, other), 'minisign takes the signature for other sums');
  proved('sha256sum takes all sums, and minisign their signature and no other');
}

/** The bundle in its two forms. */
export function checkBundle(files, version, key) {
  const bundle = join(unpacked(join(files, `justclick-${version}.tar.gz`), 'bundle'), `justclick-${version}`);
  ran('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: bundle });
  check(verified(key, bundle), 'minisign does not take the signature of the bundle');
  proved('the bundle carries its own sums and their signature');

  const layout = unpacked(join(files, `justclick-${version}.oci.tar`), 'oci');
  const blob = ({ digest, size }) => {
    const [algorithm, hex] = digest.split(':');
    const content = readFileSync(join(layout, 'blobs', algorithm, hex));
    same([algorithm, hex, size], ['sha256', sha256(content), content.length], 'a blob');
    return content;
  };
  same(parsed(join(layout, 'oci-layout')), { imageLayoutVersion: '1.0.0' }, 'oci-layout');
  const [named] = parsed(join(layout, 'index.json')).manifests;
  same(named.annotations['org.opencontainers.image.ref.name'], version, 'the tag');
  const manifest = JSON.parse(blob(named));
  same([manifest.artifactType, blob(manifest.config).toString()], ['application/vnd.plugin-host.bundle.v1', '{}'], 'the artifact');
  const layers = manifest.layers.map((it) => [it.annotations['org.opencontainers.image.title'], sha256(blob(it))]);
  sameFiles(Object.fromEntries(layers), below(bundle), 'the artifact');
  proved('the OCI layout holds the same files, each blob under its digest');
  return bundle;
}

/** Bills of materials, by the library of CycloneDX itself. */
export function checkBills(files, version, python) {
  const bills = readdirSync(files).filter((name) => name.endsWith('.cdx.json'));
  const script = [
    'import sys',
    'from cyclonedx.schema import SchemaVersion',
    'from cyclonedx.validation.json import JsonStrictValidator',
    'for path in sys.argv[1:]:',
    '    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(path).read())',
    '    if error: sys.exit(f"{path}: {error}")',
  ];
  ran(python, ['-c', script.join('\n'), ...bills], { cwd: files });
  const sums = readFileSync(join(files, 'SHA256SUMS'), 'utf8');
  const unknown = bills.map((name) => parsed(join(files, name))).filter((bill) => {
    const hash = bill.metadata.component.hashes[0].content;
    const isFile = sums.includes(hash);
    return !isFile && !['justclick', 'plugin-host'].includes(bill.metadata.component.name);
  });
  same(unknown.map((bill) => bill.metadata.component.name), [], 'bills of what is no file');
  const names = (bill) => bill.components.map(({ name }) => name);
  const inside = [['justclick', 'extism-pdk'], ['plugin-host', 'wasmtime'], ['justclick_plugin', 'urllib3'], ['zapier-justclick', 'zapier-platform-core']];
  for (const [name, component] of inside) {
    const file = bills.find((it) => it === `${name}-${version}.cdx.json` || (name === 'plugin-host' && it.startsWith(name)));
    check(names(parsed(join(files, file))).includes(component), `${file} does not name ${component}`);
  }
  proved(`CycloneDX's own library takes the ${bills.length} bills of materials`);
}

/** Made again: the same bytes. */
export function checkRepeated(files) {
  const again = made('again');
  const [first, second] = [below(files), below(again)];
  const fixed = (found) => Object.fromEntries(Object.entries(found).filter(([name]) => !SIGNED.test(name)));
  sameFiles(fixed(second), fixed(first), 'what is made again');
  same(existsSync(join(again, 'SHA256SUMS.minisig')), false, 'a release without a key being signed');
  proved('made again, all files have the same bytes');
}

/** Made of the same sources in another folder: the same bytes. */
export function checkElsewhere(bundle) {
  // Git's own list of what belongs to the tree.
  const copy = emptied('elsewhere');
  const paths = ran('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT }).split('\0').filter(Boolean);
  for (const path of paths.filter((path) => existsSync(join(ROOT, path)))) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(ROOT, path), join(copy, path));
  }
  // All of it is compiled again. In a target folder that is shared, cargo would take one tree's sources for the other's
  // from then on.
  const target = join(copy, 'target');
  mkdirSync(target);
  symlinkSync(resolve(work, '../../tools'), join(target, 'tools'));
  const env = { ...process.env, CARGO_MANIFEST_DIR: join(copy, 'xtask'), CARGO_TARGET_DIR: target };
  ran(xtask, ['dist'], { cwd: copy, env });
  const own = below(bundle);
  delete own['SHA256SUMS.minisig'];
  const elsewhere = below(join(copy, 'dist'));
  sameFiles(Object.fromEntries(Object.keys(own).map((name) => [name, elsewhere[name]])), own, 'the bundle made elsewhere');
  proved('the bundle made of the same sources in another folder has the same bytes');
}
