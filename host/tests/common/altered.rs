//! The plugin with another description: its module, in which the export `describe` is a function that
//! hands this text to the host.

use std::collections::HashMap;

/// WebAssembly's sections that are read or changed.
const IMPORTS: u8 = 2;
const FUNCTIONS: u8 = 3;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;

/// The module with a `describe` that answers `text`.
pub fn with_description(module: &[u8], text: &[u8]) -> Vec<u8> {
    let sections = sections(module);
    let section = |id: u8| sections.iter().find(|(other, _)| *other == id).expect("the section").1;
    let imports = imports(section(IMPORTS));
    let functions = vector(section(FUNCTIONS));
    let described = exported(section(EXPORTS), "describe");
    let kind = functions.1[described as usize - imports.len()];
    let new = u32::try_from(imports.len() + functions.1.len()).unwrap();

    let mut changed = module[..8].to_vec();
    for (id, content) in &sections {
        let content = match *id {
            FUNCTIONS => appended(content, &[kind]),
            EXPORTS => renumbered(content, "describe", new),
            CODE => appended(content, &body(text, &imports)),
            _ => content.to_vec(),
        };
        changed.push(*id);
        write(&mut changed, content.len() as u64);
        changed.extend(content);
    }
    changed
}

/// A function that copies the text into a block, eight bytes at a time, and returns it.
fn body(text: &[u8], imports: &HashMap<String, u32>) -> Vec<u8> {
    const BLOCK: [u8; 2] = [0x20, 0];
    let call = |code: &mut Vec<u8>, name: &str| {
        code.push(0x10);
        write(code, imports[name].into());
    };
    let constant = |code: &mut Vec<u8>, value: i64| {
        code.push(0x42);
        write_signed(code, value);
    };
    // One local: the block, an i64.
    let mut code = vec![1, 1, 0x7e];
    constant(&mut code, text.len() as i64);
    call(&mut code, "alloc");
    code.extend([0x21, 0]);
    for (place, chunk) in text.chunks(8).enumerate() {
        for (at, bytes) in if chunk.len() == 8 { vec![(0, chunk)] } else { chunk.chunks(1).enumerate().collect() } {
            code.extend(BLOCK);
            constant(&mut code, (place * 8 + at) as i64);
            code.push(0x7c);
            if let Ok(bytes) = <[u8; 8]>::try_from(bytes) {
                constant(&mut code, i64::from_le_bytes(bytes));
                call(&mut code, "store_u64");
            } else {
                code.push(0x41);
                write_signed(&mut code, bytes[0].into());
                call(&mut code, "store_u8");
            }
        }
    }
    code.extend(BLOCK);
    constant(&mut code, text.len() as i64);
    call(&mut code, "output_set");
    code.extend([0x41, 0, 0x0b]);
    let mut body = Vec::new();
    write(&mut body, code.len() as u64);
    body.extend(code);
    body
}

/// Sections and their contents.
fn sections(module: &[u8]) -> Vec<(u8, &[u8])> {
    let mut rest = &module[8..];
    let mut sections = Vec::new();
    while let Some((id, after)) = rest.split_first() {
        let (length, after) = read(after);
        let (content, after) = after.split_at(length);
        sections.push((*id, content));
        rest = after;
    }
    sections
}

/// The functions that the plugin imports, by name: it imports nothing else.
fn imports(section: &[u8]) -> HashMap<String, u32> {
    let (count, mut rest) = read(section);
    let mut imports = HashMap::new();
    for index in 0..count {
        let (_, after) = name(rest);
        let (name, after) = name(after);
        assert_eq!(after[0], 0, "{name} is no function");
        (_, rest) = read(&after[1..]);
        imports.insert(name, u32::try_from(index).unwrap());
    }
    imports
}

/// The count of a vector of numbers, and the numbers.
fn vector(section: &[u8]) -> (usize, Vec<u8>) {
    let (count, mut rest) = read(section);
    let mut values = Vec::new();
    for _ in 0..count {
        let (value, after) = read(rest);
        values.push(u8::try_from(value).unwrap());
        rest = after;
    }
    (count, values)
}

fn exported(section: &[u8], wanted: &str) -> u32 {
    let (count, mut rest) = read(section);
    for _ in 0..count {
        let (name, after) = name(rest);
        let (index, after) = read(&after[1..]);
        if name == wanted {
            return u32::try_from(index).unwrap();
        }
        rest = after;
    }
    panic!("{wanted} is not exported");
}

/// The exports, of which one has another number.
fn renumbered(section: &[u8], wanted: &str, new: u32) -> Vec<u8> {
    let (count, mut rest) = read(section);
    let mut changed = Vec::new();
    write(&mut changed, count as u64);
    for _ in 0..count {
        let (name, after) = name(rest);
        let kind = after[0];
        let (index, after) = read(&after[1..]);
        write(&mut changed, name.len() as u64);
        changed.extend(name.as_bytes());
        changed.push(kind);
        write(&mut changed, if name == wanted { new.into() } else { index as u64 });
        rest = after;
    }
    changed
}

/// A vector with one more value.
fn appended(section: &[u8], value: &[u8]) -> Vec<u8> {
    let (count, rest) = read(section);
    let mut changed = Vec::new();
    write(&mut changed, count as u64 + 1);
    changed.extend(rest);
    changed.extend(value);
    changed
}

fn name(bytes: &[u8]) -> (String, &[u8]) {
    let (length, rest) = read(bytes);
    let (name, rest) = rest.split_at(length);
    (String::from_utf8(name.to_vec()).unwrap(), rest)
}

/// Reads a number in LEB128.
fn read(mut bytes: &[u8]) -> (usize, &[u8]) {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (byte, rest) = bytes.split_first().expect("a number");
        value |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        bytes = rest;
        if byte & 0x80 == 0 {
            return (value, bytes);
        }
    }
}

fn write(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn write_signed(bytes: &mut Vec<u8>, mut value: i64) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
            return bytes.push(byte);
        }
        bytes.push(byte | 0x80);
    }
}
