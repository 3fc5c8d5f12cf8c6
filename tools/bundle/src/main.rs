//! Turns the compiled islands into what a browser loads: `callboard.js` and
//! `callboard.wasm`, in the folder named.
//!
//! wasm-bindgen's command line has to be exactly the version of the crate that
//! the islands were compiled with. As a library its version comes from the same
//! `Cargo.lock`, so the two cannot part.

#![warn(clippy::unwrap_used)]

use std::{env, fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, ensure};
use wasm_bindgen_cli_support::Bindgen;

/// What the page asks for.
const NAME: &str = "callboard";

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [compiled, folder] = arguments.as_slice() else {
        eprintln!("usage: bundle COMPILED.wasm FOLDER");
        return ExitCode::from(2);
    };
    match bundle(compiled, folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bundle: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bundle(compiled: &PathBuf, folder: &PathBuf) -> anyhow::Result<()> {
    let mut output = Bindgen::new()
        .input_path(compiled)
        .web(true)?
        .typescript(false)
        .out_name(NAME)
        // The page says where the .wasm is, since its name carries a hash.
        .omit_default_module_path(true)
        .remove_producers_section(true)
        .generate_output()
        .with_context(|| format!("reading {}", compiled.display()))?;
    // Either would be a further file for the page to fetch, which nothing serves.
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "a dependency brings JavaScript files of its own: {:?}",
        output.snippets().keys().chain(output.local_modules().keys()).collect::<Vec<_>>()
    );
    fs::create_dir_all(folder)?;
    output.emit(folder).with_context(|| format!("writing into {}", folder.display()))?;
    // wasm-bindgen appends "_bg"; one name for the pair is simpler to serve.
    fs::rename(folder.join(format!("{NAME}_bg.wasm")), folder.join(format!("{NAME}.wasm")))?;
    Ok(())
}
