//! Filling in variables, and checking that a message names a word that works.

/// The variables a message may use.
pub const VARIABLES: [&str; 4] = ["business_name", "first_name", "opt_in_keyword", "opt_out_keyword"];

/// The words that stand in for the variables.
#[derive(Clone, Copy, Debug)]
pub struct Variables<'a> {
    /// The business.
    pub business_name: &'a str,
    /// The person's first name, or a word that fits when it is not known.
    pub first_name: &'a str,
    /// The first opt-in keyword.
    pub opt_in_keyword: &'a str,
    /// The first opt-out keyword.
    pub opt_out_keyword: &'a str,
}

/// Fills the variables in. Values are not looked at again, so a name with braces in it stays a name.
#[must_use]
pub fn render(text: &str, variables: &Variables<'_>) -> String {
    let mut rendered = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let (before, from) = rest.split_at(start);
        rendered.push_str(before);
        let Some(end) = from.find("}}") else {
            rest = from;
            break;
        };
        match from[2..end].trim() {
            "business_name" => rendered.push_str(variables.business_name),
            "first_name" => rendered.push_str(variables.first_name),
            "opt_in_keyword" => rendered.push_str(variables.opt_in_keyword),
            "opt_out_keyword" => rendered.push_str(variables.opt_out_keyword),
            _ => rendered.push_str(&from[..end + 2]),
        }
        rest = &from[end + 2..];
    }
    rendered.push_str(rest);
    rendered
}

pub(super) fn has_unknown_variable(text: &str) -> bool {
    text.split("{{")
        .skip(1)
        .any(|piece| piece.split_once("}}").is_none_or(|(name, _)| !VARIABLES.contains(&name.trim())))
}

/// Whether the message names one of the keywords as a whole word, or the variable that stands for the first of them.
pub(super) fn names_word(
    text: &str,
    variable: &str,
    keywords: &[String],
    normalise: impl Fn(&str) -> String,
) -> bool {
    let stands_for_it = text
        .split("{{")
        .skip(1)
        .any(|piece| piece.split_once("}}").is_some_and(|(name, _)| name.trim() == variable));
    let spaced = format!(" {} ", super::lint::words(&normalise(text)));
    (stands_for_it && !keywords.is_empty())
        || keywords
            .iter()
            .any(|word| !word.is_empty() && spaced.contains(&format!(" {} ", super::lint::words(word))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_once() {
        let variables = Variables {
            business_name: "{{first_name}} & Sons",
            first_name: "Ana",
            opt_in_keyword: "START",
            opt_out_keyword: "STOP",
        };
        assert_eq!(
            render(
                "{{ business_name }}: hi {{first_name}}, {{opt_in_keyword}}/{{opt_out_keyword}} {{x}} {{",
                &variables
            ),
            "{{first_name}} & Sons: hi Ana, START/STOP {{x}} {{"
        );
    }
}
