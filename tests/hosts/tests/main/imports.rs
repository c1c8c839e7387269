//! What the module asks of a host, and what it offers.

use std::collections::BTreeSet;

use hosts::Bundle;
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

/// The functions of `extism:host/env` that every host has had since Extism 1.0.
const OLD: [&str; 22] = [
    "alloc",
    "config_get",
    "error_set",
    "free",
    "http_request",
    "http_status_code",
    "input_length",
    "input_load_u64",
    "input_load_u8",
    "length",
    "load_u64",
    "load_u8",
    "log_debug",
    "log_error",
    "log_info",
    "log_warn",
    "output_set",
    "store_u64",
    "store_u8",
    "var_get",
    "var_set",
    "length_unsafe",
];

fn payloads() -> impl Iterator<Item = Payload<'static>> {
    Parser::new(0).parse_all(&Bundle::get().wasm).map(Result::unwrap)
}

#[test]
fn the_module_imports_only_functions_that_old_hosts_have_too() {
    let mut imports = BTreeSet::new();
    for payload in payloads() {
        if let Payload::ImportSection(section) = payload {
            for import in section.into_imports() {
                let import = import.unwrap();
                assert_eq!(import.module, "extism:host/env", "{}", import.name);
                assert!(matches!(import.ty, TypeRef::Func(_)), "{} is no function", import.name);
                assert!(OLD.contains(&import.name), "old hosts lack {}", import.name);
                imports.insert(import.name);
            }
        }
    }
    assert!(imports.contains("http_request") && imports.contains("http_status_code"), "{imports:?}");
}

#[test]
fn the_module_exports_the_contract_and_no_function_named_call() {
    let mut exports = BTreeSet::new();
    for payload in payloads() {
        if let Payload::ExportSection(section) = payload {
            exports.extend(
                section
                    .into_iter()
                    .map(Result::unwrap)
                    .filter_map(|export| (export.kind == ExternalKind::Func).then_some(export.name)),
            );
        }
    }
    let actions = justclick::PLUGIN.actions().iter().map(|action| action.name());
    for name in ["describe", "check_connection", "list_tools", "call_tool"].into_iter().chain(actions) {
        assert!(exports.contains(name), "{name} is not among {exports:?}");
    }
    assert!(!exports.contains("call"), "some hosts take such a module for another kind");
}

#[test]
fn no_export_takes_parameters_and_each_returns_a_code() {
    let mut types = Vec::new();
    let mut functions = Vec::new();
    let mut imported = 0;
    for payload in payloads() {
        match payload {
            Payload::TypeSection(section) => {
                types.extend(section.into_iter_err_on_gc_types().map(Result::unwrap));
            }
            Payload::ImportSection(section) => imported = section.into_imports().count(),
            Payload::FunctionSection(section) => functions.extend(section.into_iter().map(Result::unwrap)),
            Payload::ExportSection(section) => {
                for export in section.into_iter().map(Result::unwrap).filter(|export| export.kind == ExternalKind::Func)
                {
                    let kind = &types[functions[export.index as usize - imported] as usize];
                    assert!(kind.params().is_empty(), "{} takes parameters", export.name);
                    assert_eq!(kind.results(), [wasmparser::ValType::I32], "{}", export.name);
                }
            }
            _ => {}
        }
    }
    assert!(!functions.is_empty());
}
