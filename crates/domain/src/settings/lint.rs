//! What gives a promotion away, and what deserves a second look.

use serde::{Deserialize, Serialize};

use super::{Draft, Field};

/// A sign of promotion in a text that must hold none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromoSign {
    /// A percentage.
    Percent,
    /// An amount of money.
    Price,
    /// A link.
    Link,
    /// A word that sells.
    SaleWord,
}

/// Words that sell, in the languages the product speaks. "Offer" is not among them: "no more offers" is what a confirmation
/// says.
const SALE_WORDS: [&str; 31] = [
    "discount",
    "discounts",
    "coupon",
    "coupons",
    "voucher",
    "vouchers",
    "promo code",
    "sale ends",
    "buy now",
    "shop now",
    "order now",
    "last chance",
    "limited time",
    "special offer",
    "exclusive offer",
    "save up to",
    "free gift",
    "cashback",
    "descuento",
    "descuentos",
    "cupón",
    "desconto",
    "cupom",
    "remise",
    "rabais",
    "rabatt",
    "gutschein",
    "sconto",
    "korting",
    "diskon",
    "скидка",
];

const CURRENCIES: [char; 12] = ['$', '€', '£', '¥', '₹', '₽', '₩', '₺', '₪', '₦', '₫', '฿'];

/// The first sign of promotion in the text, if any.
pub(super) fn promotes(text: &str) -> Option<PromoSign> {
    let lower = text.to_lowercase();
    if lower.contains("://") || lower.contains("www.") || lower.contains("wa.me/") {
        return Some(PromoSign::Link);
    }
    let characters: Vec<char> = lower.chars().collect();
    let near_digit = |at: usize| {
        let around = at.saturating_sub(2)..(at + 3).min(characters.len());
        characters[around].iter().any(char::is_ascii_digit)
    };
    for (at, character) in characters.iter().enumerate() {
        if *character == '%' || *character == '٪' {
            return Some(PromoSign::Percent);
        }
        if CURRENCIES.contains(character) && near_digit(at) {
            return Some(PromoSign::Price);
        }
    }
    let spaced = format!(" {} ", words(&lower));
    SALE_WORDS.iter().any(|word| spaced.contains(&format!(" {word} "))).then_some(PromoSign::SaleWord)
}

/// Letters and digits, everything else one space: for finding whole words.
pub(super) fn words(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Something allowed that an owner should know about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// The message does not say which business it is from.
    NoBusinessName {
        /// Which message.
        field: Field,
    },
    /// The keyword is ordinary vocabulary; customers write it without meaning to opt out.
    OrdinaryWord {
        /// Which list.
        field: Field,
        /// Its position, from 0.
        index: usize,
    },
    /// The looser policy is chosen: most laws ask for an opt-in.
    LooserThanTheLaw,
}

/// Words people write to a shop every day.
const ORDINARY: [&str; 24] = [
    "no",
    "yes",
    "ok",
    "okay",
    "hi",
    "hello",
    "thanks",
    "thank you",
    "remove",
    "enough",
    "stop it",
    "delete",
    "sale",
    "order",
    "more",
    "y",
    "n",
    "si",
    "sí",
    "ja",
    "oui",
    "basta",
    "sim",
    "0",
];

/// Everything that deserves a second look before saving.
#[must_use]
pub fn warnings(draft: &Draft, business_name: &str) -> Vec<Warning> {
    let mut found = Vec::new();
    let business = business_name.to_lowercase();
    for (field, text) in [
        (Field::OptOutConfirmation, &draft.opt_out_confirmation),
        (Field::OptInConfirmation, &draft.opt_in_confirmation),
        (Field::Disclosure, &draft.disclosure),
    ] {
        let named = text.contains("{{business_name}}")
            || (!business.is_empty() && text.to_lowercase().contains(&business));
        if !text.trim().is_empty() && !named {
            found.push(Warning::NoBusinessName { field });
        }
    }
    for (field, list) in
        [(Field::OptOutKeywords, &draft.opt_out_keywords), (Field::OptInKeywords, &draft.opt_in_keywords)]
    {
        for (index, word) in list.iter().enumerate() {
            if ORDINARY.contains(&words(&word.to_lowercase()).as_str()) {
                found.push(Warning::OrdinaryWord { field, index });
            }
        }
    }
    if draft.policies.reachable == crate::permit::Reachable::NotOptedOut {
        found.push(Warning::LooserThanTheLaw);
    }
    found
}
