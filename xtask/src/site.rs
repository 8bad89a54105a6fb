//! The browser's side: WebAssembly, JavaScript, CSS, fonts and pictures, named by content and compressed, in
//! `target/site`. Every stage is skipped when its inputs are those of the last time.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{cargo, program, run};
use crate::digest::{Digest, files_below, hashed_name, read, unless_done};
use crate::progress::step;
use crate::tools;
use crate::workspace::{WASM_TARGET, node_program, root, site, target};

/// The Node part of the pipeline: CSS and compression, whose libraries Node has or npm ships ready-made.
const SCRIPT: &str = "xtask/site.mjs";

/// Changes to the pipeline itself make every stage run again.
const PIPELINE: [&str; 2] = [include_str!("site.rs"), include_str!("../site.mjs")];

/// The subsets of the typeface that are delivered, by their name in the npm package and in the site.
const FONTS: [(&str, &str); 3] = [
    ("files/inter-latin-wght-normal.woff2", "inter-latin.woff2"),
    ("files/inter-latin-ext-wght-normal.woff2", "inter-latin-ext.woff2"),
    // The licence of the typeface asks to travel with it.
    ("LICENSE", "inter-license.txt"),
];

/// What rustc uses by default for [`WASM_TARGET`]. Stripping removes the section in which the module says so itself.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What the site is built for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Small: optimised and compressed.
    Delivery,
    /// Quick to build.
    Development,
}

impl Purpose {
    fn profile(self) -> &'static str {
        match self {
            Self::Delivery => "wasm-release",
            Self::Development => "dev",
        }
    }

    /// The directory that cargo gives the profile.
    fn directory(self) -> &'static str {
        match self {
            Self::Delivery => "wasm-release",
            Self::Development => "debug",
        }
    }
}

/// Brings `target/site` up to date.
pub fn build(purpose: Purpose) -> Result<()> {
    tools::wasm_target()?;
    tools::npm_packages()?;
    let work = work(purpose);
    fs::create_dir_all(&work).with_context(|| format!("cannot create {}", work.display()))?;
    bindings(purpose, &work)?;
    assemble(purpose, &work)
}

/// Brings the style in `target/site` up to date, after a [`build`] for the same purpose; leaves cargo alone.
pub fn restyle(purpose: Purpose) -> Result<()> {
    assemble(purpose, &work(purpose))
}

/// Where the results of the stages lie until they are assembled.
fn work(purpose: Purpose) -> PathBuf {
    target().join("xtask").join(purpose.profile())
}

/// The browser's programs: the package each is built from, and what its files are called. The detector is one of its own, so that
/// only the page that uses it loads it.
const PROGRAMS: [(&str, &str); 2] = [("frontend", "app"), ("lab", "lab")];

/// Rust → WebAssembly and the JavaScript that loads it, each program into `bindings/NAME/`.
fn bindings(purpose: Purpose, work: &Path) -> Result<()> {
    for (package, name) in PROGRAMS {
        program_of(purpose, work, package, name)?;
    }
    Ok(())
}

fn program_of(purpose: Purpose, work: &Path, package: &str, name: &str) -> Result<()> {
    step(&format!("{package} ({})", purpose.profile()), || {
        run(cargo().args([
            "build",
            "--package",
            package,
            "--target",
            WASM_TARGET,
            "--profile",
            purpose.profile(),
        ]))
    })?;
    let compiled = target().join(WASM_TARGET).join(purpose.directory()).join(format!("{package}.wasm"));
    let key = pipeline()?.file(&compiled)?.finish();
    let output = work.join("bindings").join(name);
    unless_done(&work.join(format!("bindings.{name}.stamp")), &key, || {
        let generated = output.join(format!("{name}_bg.wasm"));
        step(&format!("wasm-bindgen ({name})"), || {
            remove(&output)?;
            let mut bindgen = Bindgen::new();
            bindgen.input_path(&compiled).out_name(name).typescript(false);
            // The page passes the address of the module; a default one would name a file that does not exist.
            bindgen.omit_default_module_path(true);
            bindgen
                .web(true)
                .and_then(|bindgen| bindgen.generate(&output))
                .map_err(|error| anyhow!("{error:#}"))
        })?;
        let optimised = output.join(format!("{name}.wasm"));
        match purpose {
            Purpose::Development => fs::rename(&generated, &optimised)?,
            Purpose::Delivery => {
                step(&format!("wasm-opt ({name})"), || {
                    let mut wasm_opt = program(node_program("wasm-opt"));
                    wasm_opt.args(["-Oz", "--strip-debug", "--strip-producers"]).args(WASM_FEATURES);
                    run(wasm_opt.arg("--output").arg(&optimised).arg(&generated))
                })?;
                fs::remove_file(&generated)?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

/// `style/main.css` and all it imports → one file.
fn style(work: &Path) -> Result<PathBuf> {
    let source = root().join("style");
    let key = pipeline()?.tree(&source)?.finish();
    let output = work.join("app.css");
    unless_done(&work.join("style.stamp"), &key, || {
        step("style", || {
            let main = source.join("main.css");
            if !main.exists() {
                bail!("{} does not exist", main.display());
            }
            run(program("node").args([SCRIPT, "style"]).arg(&main).arg(&output))
        })
    })?;
    Ok(output)
}

/// Names the files, describes and compresses them, and puts the whole in place of the previous site.
fn assemble(purpose: Purpose, work: &Path) -> Result<()> {
    let bindings = work.join("bindings");
    let style = style(work)?;
    let mut files = Vec::new();
    let mut manifest = serde_json::Map::new();
    let built = |name: &str, kind: &str| bindings.join(name).join(format!("{name}.{kind}"));
    for (key, name, kind, path) in [
        ("js", "app", "js", built("app", "js")),
        ("wasm", "app", "wasm", built("app", "wasm")),
        ("css", "app", "css", style),
        ("lab_js", "lab", "js", built("lab", "js")),
        ("lab_wasm", "lab", "wasm", built("lab", "wasm")),
    ] {
        let content = read(&path)?;
        let name = hashed_name(name, kind, &content);
        manifest.insert(key.to_owned(), format!("/pkg/{name}").into());
        files.push((PathBuf::from(name), content));
    }
    for (source, prefix) in [(bindings.join("app/snippets"), "snippets"), (root().join("style/static"), "")] {
        for path in files_below(&source)? {
            files.push((Path::new(prefix).join(path.strip_prefix(&source)?), read(&path)?));
        }
    }
    for (source, name) in FONTS {
        let path = root().join("node_modules/@fontsource-variable/inter").join(source);
        files.push((name.into(), read(&path)?));
    }

    let build = files
        .iter()
        .fold(pipeline()?.piece(purpose.profile()), |digest, (name, content)| {
            digest.piece(name.to_string_lossy().as_bytes()).piece(content)
        })
        .finish();
    // The server is compiled again when the manifest changes, so the manifest has to change with every file.
    manifest.insert("build".to_owned(), build.clone().into());
    let manifest = serde_json::to_vec_pretty(&manifest)?;

    // The two purposes share the directory, so the stamp lies beside it and not in `work`.
    let stamp = target().join("xtask/site.stamp");
    if !files.iter().all(|(name, _)| site().join("pkg").join(name).exists()) && stamp.exists() {
        fs::remove_file(&stamp)?;
    }
    unless_done(&stamp, &build, || {
        step("site", || {
            let next = work.join("site");
            remove(&next)?;
            for (name, content) in &files {
                write(&next.join("pkg").join(name), content)?;
            }
            write(&next.join("manifest.json"), &manifest)?;
            if purpose == Purpose::Delivery {
                run(program("node").args([SCRIPT, "compress"]).arg(next.join("pkg")))?;
            }
            remove(&site())?;
            fs::rename(&next, site()).with_context(|| format!("cannot put {} in place", site().display()))
        })
    })?;
    Ok(())
}

/// The size of one kind of file, in bytes.
pub struct Size {
    /// `js`, `wasm` or `css` of every page; `lab_js` or `lab_wasm` of the page with the detector.
    pub kind: &'static str,
    /// As it is.
    pub raw: u64,
    /// As most browsers get it.
    pub brotli: u64,
}

/// The sizes of the built site's main files.
pub fn sizes() -> Result<Vec<Size>> {
    let manifest: serde_json::Value = serde_json::from_slice(&read(&site().join("manifest.json"))?)?;
    ["wasm", "js", "css", "lab_wasm", "lab_js"]
        .into_iter()
        .map(|kind| {
            let name = manifest[kind].as_str().and_then(|path| path.strip_prefix('/'));
            let path = site().join(name.with_context(|| format!("the site's manifest has no {kind}"))?);
            let length = |path: &Path| {
                let metadata =
                    fs::metadata(path).with_context(|| format!("{} is missing", path.display()))?;
                anyhow::Ok(metadata.len())
            };
            let compressed = PathBuf::from(format!("{}.br", path.display()));
            Ok(Size { kind, raw: length(&path)?, brotli: length(&compressed)? })
        })
        .collect()
}

/// A digest that already covers this pipeline and the npm packages it uses.
fn pipeline() -> Result<Digest> {
    let digest = PIPELINE.iter().fold(Digest::default(), |digest, source| digest.piece(source));
    digest.file(&root().join("package-lock.json"))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).with_context(|| format!("cannot create {}", directory.display()))?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

fn remove(directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory).with_context(|| format!("cannot remove {}", directory.display()))?;
    }
    Ok(())
}
