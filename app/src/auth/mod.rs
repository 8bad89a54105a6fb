//! Getting in: login, and the first setup of a business.

mod api;
mod code;
mod join;
mod login;
mod setup;

use leptos::prelude::GetUntracked;
use leptos_router::hooks::use_location;

pub use api::{
    AskedToJoin, CompleteLogIn, CompleteSetup, JoinTeam, LogIn, LogOut, SetupOpen, complete_setup, log_in,
    log_out, setup_open,
};
pub use code::CodePage;
pub use join::JoinPage;
pub use login::LoginPage;
pub use setup::SetupPage;

/// The login page, leading back to `here` afterwards.
#[must_use]
pub fn login_path(here: &str) -> String {
    if here.is_empty() || here == "/" {
        return "/login".to_owned();
    }
    let escaped = percent_encoded(here);
    format!("/login?next={escaped}")
}

/// The login page, leading back to the page being looked at.
#[must_use]
pub fn login_path_from_here() -> String {
    login_path(&path_from_here())
}

/// The page being looked at, with what it searches and shows.
#[must_use]
pub(crate) fn path_from_here() -> String {
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    if search.is_empty() { path } else { format!("{path}?{search}") }
}

/// Whether a place to go after login is one of ours: a path, and nothing that a browser could read as another host.
#[must_use]
pub fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Percent-encodes everything in a query value but letters, digits and `/-_.~`. Written out because the function of the
/// browser does not exist on the server, and both must produce the same link.
#[must_use]
pub fn percent_encoded(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            for nibble in [byte >> 4, byte & 15] {
                escaped
                    .extend(char::from_digit(u32::from(nibble), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{is_own_path, login_path};

    #[test]
    fn the_way_back_survives_the_login() {
        assert_eq!(login_path("/"), "/login");
        assert_eq!(
            login_path("/contacts?q=ana&state=held"),
            "/login?next=/contacts%3Fq%3Dana%26state%3Dheld"
        );
    }

    #[test]
    fn nobody_is_sent_to_another_host() {
        assert!(is_own_path("/contacts?q=a"));
        for bad in ["", "contacts", "//evil.test", "/\\evil.test", "https://evil.test", "/a\r\nb", "/ä"] {
            assert!(!is_own_path(bad), "{bad}");
        }
    }
}
