use leptos::prelude::*;

/// Up to two initials on a colour that is always the same for the same name. Decoration: the name stands beside it.
#[component]
pub fn Avatar(
    /// The name.
    #[prop(into)]
    name: String,
    /// For the head of a page.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let colour = name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 5;
    view! {
        // Drawn by the style sheet: as text the initials would be a part of what a button around them says.
        <span
            class="avatar"
            aria-hidden="true"
            data-initials=initials(&name)
            data-colour=colour.to_string()
            data-size=large.then_some("large")
        ></span>
    }
}

fn initials(name: &str) -> String {
    let mut letters =
        name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphabetic()));
    let first = letters.next();
    let last = letters.next_back();
    let initials: String = first.into_iter().chain(last).flat_map(char::to_uppercase).collect();
    if initials.is_empty() { "#".to_owned() } else { initials }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_last_name() {
        assert_eq!(initials("maria da Silva"), "MS");
        assert_eq!(initials("Li"), "L");
        assert_eq!(initials("+49 151 000"), "#");
    }
}
