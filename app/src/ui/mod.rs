//! The shared parts pages are composed of, one file a part. Each renders plain semantic HTML that works before and without
//! the browser program, and has its style in the file of the same name under `style/components`.

mod avatar;
mod badge;
mod banner;
mod button;
mod card;
mod chips_input;
mod choice;
mod copy_button;
mod dialog;
mod empty_state;
mod field;
mod icon;
mod keys;
mod menu;
mod page;
mod pager;
mod phone_preview;
mod progress;
mod route_announcer;
mod select;
mod shortcuts;
mod skeleton;
mod stat;
mod sub_nav;
mod suspended;
mod switch;
mod table;
mod time_ago;
mod timeline;
mod toast;
mod verdict;

pub use avatar::Avatar;
pub use badge::{Badge, ConsentBadge, state_glyph};
pub use banner::{Banner, ErrorSummary};
pub use button::{Button, ButtonLink, IconButton, Press, Size, Variant};
pub use card::{Card, Facts};
pub use chips_input::{ChipIssue, ChipsInput, Judge, Severity};
pub use choice::{Alternative, Checkbox, RadioGroup};
pub use copy_button::CopyButton;
pub use dialog::Dialog;
pub use empty_state::EmptyState;
pub use field::{FieldError, FieldFrame, SearchField, TextArea, TextField};
pub use icon::{BrandMark, Glyph, Icon};
pub use keys::Key;
pub use menu::{Menu, MenuItem, MenuLink};
pub use page::{Page, Split, Step};
pub use pager::Pager;
pub use phone_preview::{Bubble, Delivery, From as BubbleFrom, PhoneNote, PhonePreview};
pub use progress::Progress;
pub use route_announcer::RouteAnnouncer;
pub use select::{Choice, FollowingSelect, LabelledChoice, Select, SelectControl};
pub use shortcuts::KeyboardShortcuts;
pub use skeleton::{Shape, Skeleton, SkeletonRows};
pub use stat::Stat;
pub use sub_nav::{SubNav, SubNavLink, Tab};
pub use suspended::Suspended;
pub use switch::SwitchButton;
pub use table::{Column, Order, Person, SortColumn, Table};
pub use time_ago::{TimeAgo, date, exact, relative};
pub use timeline::{Timeline, TimelineItem};
pub use toast::{Toaster, Toasts, use_toasts};
pub use verdict::Verdict;

/// What a coloured part means to the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Neutral,
    /// Our own colour.
    Accent,
    /// Something to know.
    Info,
    /// Something worked.
    Success,
    /// Something needs care.
    Warning,
    /// Something failed or is forbidden.
    Danger,
}

impl Tone {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Accent => "accent",
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }
}
