//! The licences of everything we link, against the list in `deny.toml`.

use std::collections::BTreeSet;
use std::iter::Peekable;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::{cargo, output};
use crate::digest::read;
use crate::workspace::root;

/// The packages that may not be used, each with what it asks for.
pub fn refused() -> Result<Vec<String>> {
    let allowed = allowed(&String::from_utf8(read(&root().join("deny.toml"))?)?)?;
    let metadata = output(cargo().args(["metadata", "--format-version", "1", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("the output of `cargo metadata`")?;
    let packages = metadata["packages"].as_array().context("`cargo metadata` lists no packages")?;
    Ok(packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(|licence| permits(licence, &allowed)))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect())
}

/// The strings of `allow = […]` in the section `[licenses]`.
fn allowed(deny: &str) -> Result<BTreeSet<String>> {
    let section =
        deny.split_once("[licenses]").map(|(_, rest)| rest).context("deny.toml has no [licenses]")?;
    let section = section.split_once("\n[").map_or(section, |(section, _)| section);
    let list = section
        .split_once("allow = [")
        .and_then(|(_, rest)| rest.split_once(']'))
        .map(|(list, _)| list)
        .context("deny.toml allows no licences")?;
    let lines = list.lines().map(|line| line.split('#').next().unwrap_or_default());
    Ok(lines.flat_map(|line| line.split('"').skip(1).step_by(2)).map(str::to_owned).collect())
}

/// Whether an SPDX expression can be satisfied with the allowed licences. What cannot be parsed is not permitted.
fn permits(expression: &str, allowed: &BTreeSet<String>) -> bool {
    // Old manifests write a slash for "or".
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    either(&mut words, allowed) == Some(true) && words.next().is_none()
}

fn either<'a>(
    words: &mut Peekable<impl Iterator<Item = &'a str>>,
    allowed: &BTreeSet<String>,
) -> Option<bool> {
    let mut result = both(words, allowed)?;
    while words.next_if_eq(&"OR").is_some() {
        result |= both(words, allowed)?;
    }
    Some(result)
}

fn both<'a>(words: &mut Peekable<impl Iterator<Item = &'a str>>, allowed: &BTreeSet<String>) -> Option<bool> {
    let mut result = one(words, allowed)?;
    while words.next_if_eq(&"AND").is_some() {
        result &= one(words, allowed)?;
    }
    Some(result)
}

fn one<'a>(words: &mut Peekable<impl Iterator<Item = &'a str>>, allowed: &BTreeSet<String>) -> Option<bool> {
    match words.next()? {
        "(" => {
            let result = either(&mut *words as &mut Peekable<_>, allowed)?;
            words.next_if_eq(&")").map(|_| result)
        }
        ")" | "AND" | "OR" | "WITH" => None,
        name => match words.next_if_eq(&"WITH") {
            Some(_) => Some(allowed.contains(&format!("{name} WITH {}", words.next()?))),
            None => Some(allowed.contains(name)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> BTreeSet<String> {
        allowed("[graph]\n\n[licenses]\nallow = [\n  \"MIT\", # common\n  \"Unicode-3.0\",\n]\n\n[bans]\nallow = [\"X\"]\n")
            .unwrap()
    }

    #[test]
    fn the_list_is_that_of_its_section() {
        assert_eq!(list().into_iter().collect::<Vec<_>>(), ["MIT", "Unicode-3.0"]);
    }

    #[test]
    fn expressions_are_judged_as_spdx_says() {
        for expression in ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
            assert!(permits(expression, &list()), "{expression}");
        }
        for expression in
            ["", "GPL-3.0", "MIT AND GPL-3.0", "MIT OR", "(MIT", "MIT)", "MIT WITH LLVM-exception", "MIT MIT"]
        {
            assert!(!permits(expression, &list()), "{expression}");
        }
    }
}
