//! Laws of this repository that no compiler checks.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "everything here is a test or the helper of one"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The files that git tracks or would track, by their path from the root.
fn files() -> Vec<PathBuf> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(arguments).current_dir(root()).output().expect("git");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("paths in UTF-8");
    let mut files: Vec<_> = names.split_terminator('\0').map(PathBuf::from).collect();
    // Tracked, but deleted and not yet committed.
    files.retain(|file| root().join(file).is_file());
    files.sort();
    files.dedup();
    files
}

/// The text of a file, or nothing if it is a picture or the like.
fn text(file: &Path) -> Option<String> {
    String::from_utf8(fs::read(root().join(file)).unwrap()).ok()
}

/// `file:line: text` for each line of the selected files that breaks a law.
fn offences(select: impl Fn(&Path) -> bool, breaks: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in files().iter().filter(|file| select(file)) {
        for (number, line) in text(file).unwrap_or_default().lines().enumerate() {
            if breaks(line) {
                found.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    found
}

fn is_rust(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}

/// This file has to name what it forbids.
fn is_this_file(file: &Path) -> bool {
    file == Path::new("xtask/tests/laws.rs")
}

#[test]
fn crates_depend_on_each_other_as_the_architecture_says() {
    let arrows: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("domain", &[][..]),
        ("detection", &[]),
        ("store", &["domain"]),
        ("whatsapp", &["domain"]),
        ("service", &["detection", "domain", "store", "whatsapp"]),
        ("emulator", &[]),
        ("app", &["detection", "domain", "service"]),
        ("frontend", &["app"]),
        ("lab", &["detection"]),
        ("server", &["app", "detection", "domain", "emulator", "service"]),
        ("xtask", &[]),
    ]);
    // What only the tests of a crate may use besides.
    let for_tests: BTreeMap<&str, &[&str]> = BTreeMap::from([("service", &["emulator"][..])]);

    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: BTreeSet<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();

    for package in packages {
        let name = package["name"].as_str().unwrap();
        if name == "bench" {
            continue;
        }
        let mut always = BTreeSet::new();
        for dependency in package["dependencies"].as_array().unwrap() {
            let on = dependency["name"].as_str().unwrap();
            if !ours.contains(on) {
                continue;
            }
            if dependency["kind"] == "dev" {
                let allowed = arrows[name].contains(&on)
                    || on == name
                    || for_tests.get(name).is_some_and(|others| others.contains(&on));
                assert!(allowed, "the tests of {name} must not depend on {on}");
                continue;
            }
            if (name, on) == ("app", "service") {
                assert_eq!(dependency["optional"], true, "app may use service only with feature ssr");
            }
            always.insert(on);
        }
        let expected = arrows.get(name).unwrap_or_else(|| panic!("{name} has no place in the architecture"));
        assert_eq!(always, expected.iter().copied().collect(), "what {name} depends on");
    }

    let missing: Vec<_> = arrows.keys().filter(|name| !ours.contains(*name)).collect();
    assert!(missing.is_empty(), "not in the workspace: {missing:?}");
}

#[test]
fn the_server_has_one_door_into_app() {
    let lines = offences(|file| file.starts_with("app/src"), |line| line.contains("feature = \"ssr\""));
    let (expressions, attributes): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.contains("cfg!("));
    assert_eq!(attributes.len(), 1, "one `#[cfg(feature = \"ssr\")] mod ssr;` is allowed: {attributes:#?}");
    assert!(expressions.len() <= 1, "one function says which side it is: {expressions:#?}");
}

#[test]
fn assembled_sql_is_vouched_for_in_store_alone() {
    // The service's tests tamper with the database to see the tampering found.
    let may = |file: &Path| file.starts_with("crates/store") || file.starts_with("crates/service/tests");
    let outside = |file: &Path| is_rust(file) && !may(file) && !is_this_file(file);
    let found = offences(outside, |line| line.contains("AssertSqlSafe"));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_migration_number_means_one_migration() {
    let mut portable = BTreeMap::new();
    let mut engines = BTreeMap::from([("sqlite", BTreeMap::new()), ("postgres", BTreeMap::new())]);
    for file in files() {
        let Ok(inside) = file.strip_prefix("migrations") else { continue };
        if inside.extension().is_none_or(|extension| extension != "sql") {
            continue;
        }
        let stem = inside.file_stem().unwrap().to_str().unwrap();
        let (number, name) =
            stem.split_once('_').unwrap_or_else(|| panic!("{} is not NUMBER_NAME.sql", file.display()));
        let number: u64 =
            number.parse().unwrap_or_else(|_| panic!("{} does not begin with a number", file.display()));
        let folder = inside.parent().unwrap().to_str().unwrap();
        let set = match folder {
            "" => &mut portable,
            engine => engines.get_mut(engine).unwrap_or_else(|| panic!("{engine} is not an engine")),
        };
        let before = set.insert(number, name.to_owned());
        assert_eq!(before, None, "migration {number} exists twice in migrations/{folder}");
    }
    for (engine, set) in &engines {
        for (number, name) in set {
            assert!(
                !portable.contains_key(number),
                "{engine}'s {number}_{name} is a portable number already"
            );
        }
    }
    for (number, name) in &engines["sqlite"] {
        if let Some(other) = engines["postgres"].get(number) {
            assert_eq!(name, other, "migration {number} differs between the engines");
        }
    }
}

#[test]
fn colours_have_names() {
    let sheet = |file: &Path| {
        file.starts_with("style")
            && file.extension().is_some_and(|extension| extension == "css")
            && file != Path::new("style/tokens.css")
    };
    let found = offences(sheet, has_colour);
    assert!(found.is_empty(), "colours belong into style/tokens.css: {found:#?}");
}

/// Whether a line of CSS holds a colour that is not a token: a colour function, or `#` and hexadecimal digits in a value.
fn has_colour(line: &str) -> bool {
    let functions = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch(", "color("];
    let called = |function: &str| {
        line.match_indices(function).any(|(at, _)| {
            !line[..at]
                .ends_with(|before: char| before.is_ascii_alphanumeric() || before == '-' || before == '_')
        })
    };
    // An id selector may look like a colour, but it is not what follows the colon of a declaration.
    let value = line.split_once(':').map_or("", |(_, value)| value.split('{').next().unwrap_or_default());
    let hexadecimal = value.match_indices('#').any(|(at, _)| {
        let digits = value[at + 1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        let word = &value[at + 1..][..digits.unwrap_or(value.len() - at - 1)];
        matches!(word.len(), 3 | 4 | 6 | 8) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    functions.into_iter().any(called) || hexadecimal
}

#[test]
fn a_colour_is_recognised() {
    for line in [
        "color: #fff;",
        "background: rgb(0 0 0 / 50%)",
        "--x: light-dark(#12345678, red)",
        "fill:oklch(1 0 0)",
    ] {
        assert!(has_colour(line), "{line}");
    }
    for line in [
        "color: var(--ink);",
        "border: 1px solid transparent",
        "#fade { color: currentColor }",
        "fill: url(#gradient)",
        "background: color-mix(in oklch, var(--a), transparent)",
    ] {
        assert!(!has_colour(line), "{line}");
    }
}

#[test]
fn no_file_knows_one_machine_or_registry() {
    let machine = ["/work/", "/home/", "/root/", "registry.npmjs", "static.crates.io"];
    let found = offences(|file| !is_this_file(file), |line| machine.iter().any(|name| line.contains(name)));
    assert!(found.is_empty(), "{found:#?}");
}
