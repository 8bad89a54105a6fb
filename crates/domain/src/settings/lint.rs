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
const SALE_WORDS: [&str; 132] = [
    "discount",
    "discounts",
    "coupon",
    "coupons",
    "voucher",
    "vouchers",
    "promo code",
    "promo codes",
    "half price",
    "flash sale",
    "summer sale",
    "winter sale",
    "sale ends",
    "big sale",
    "on sale",
    "clearance",
    "black friday",
    "buy now",
    "shop now",
    "order now",
    "last chance",
    "limited time",
    "special offer",
    "exclusive offer",
    "save up to",
    "free gift",
    "free shipping",
    "free delivery",
    "cashback",
    "deal of the day",
    "best price",
    "descuento",
    "descuentos",
    "cupón",
    "cupones",
    "rebaja",
    "rebajas",
    "oferta especial",
    "compra ahora",
    "envío gratis",
    "mitad de precio",
    "última oportunidad",
    "desconto",
    "descontos",
    "cupom",
    "cupons",
    "liquidação",
    "frete grátis",
    "compre agora",
    "última chance",
    "metade do preço",
    "remise",
    "remises",
    "rabais",
    "réduction",
    "soldes",
    "code promo",
    "livraison gratuite",
    "dernière chance",
    "achetez maintenant",
    "moitié prix",
    "rabatt",
    "rabatte",
    "gutschein",
    "gutscheine",
    "ausverkauf",
    "schlussverkauf",
    "jetzt kaufen",
    "letzte chance",
    "gratis versand",
    "halber preis",
    "sconto",
    "sconti",
    "saldi",
    "buono sconto",
    "spedizione gratuita",
    "acquista ora",
    "ultima occasione",
    "metà prezzo",
    "korting",
    "kortingen",
    "kortingscode",
    "uitverkoop",
    "koop nu",
    "laatste kans",
    "gratis verzending",
    "diskon",
    "potongan harga",
    "gratis ongkir",
    "beli sekarang",
    "harga promo",
    "indirim",
    "indirimi",
    "kupon",
    "hemen al",
    "ücretsiz kargo",
    "son şans",
    "скидка",
    "скидки",
    "скидку",
    "распродажа",
    "купон",
    "промокод",
    "бесплатная доставка",
    "купите сейчас",
    "छूट",
    "डिस्काउंट",
    "कूपन",
    "सेल",
    "मुफ़्त",
    "अभी खरीदें",
    "خصم",
    "خصومات",
    "تخفيض",
    "تخفيضات",
    "كوبون",
    "تنزيلات",
    "شحن مجاني",
    "اشتر الآن",
    "הנחה",
    "הנחות",
    "קופון",
    "מבצע",
    "משלוח חינם",
    "קנו עכשיו",
    "afslag",
    "koop nou",
    "할인",
    "쿠폰",
    "세일",
    "무료 배송",
    "특가",
];

/// The same in scripts that write no spaces, where a word is found anywhere.
const SALE_SIGNS: [&str; 15] = [
    "打折",
    "折扣",
    "优惠券",
    "優惠券",
    "促销",
    "促銷",
    "特价",
    "特價",
    "包邮",
    "免運",
    "割引",
    "クーポン",
    "セール",
    "送料無料",
    "特売",
];

pub(crate) const CURRENCIES: [char; 12] = ['$', '€', '£', '¥', '₹', '₽', '₩', '₺', '₪', '₦', '₫', '฿'];

/// The first sign of promotion in the text, if any.
#[must_use]
pub fn promotes(text: &str) -> Option<PromoSign> {
    let lower = text.to_lowercase();
    if lower.split_whitespace().any(is_link) {
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
    sells(&lower).then_some(PromoSign::SaleWord)
}

/// Whether a word that sells is in a text in small letters.
pub(crate) fn sells(lower: &str) -> bool {
    holds(lower, &SALE_WORDS) || SALE_SIGNS.iter().any(|sign| lower.contains(sign))
}

/// Whether one of these words or phrases is in a text in small letters, as whole words.
pub(crate) fn holds(lower: &str, phrases: &[&str]) -> bool {
    let spaced = format!(" {} ", words(lower));
    phrases.iter().any(|phrase| spaced.contains(&format!(" {phrase} ")))
}

/// Whether a word is an address: with a scheme, or a domain by itself (`shop.example/sale`, `bit.ly/x`).
///
/// A full stop without a space after it ("Stopped.Reply START") makes no address: a domain ends in at least two letters and is
/// written in small ones here, so only what is followed by a path or by a well-known ending counts.
pub(crate) fn is_link(word: &str) -> bool {
    const ENDINGS: [&str; 22] = [
        "com", "net", "org", "shop", "store", "info", "biz", "online", "site", "app", "io", "co", "me", "ly",
        "link", "example", "br", "de", "fr", "in", "uk", "mx",
    ];
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    if word.contains("://") || word.starts_with("www.") {
        return true;
    }
    let (host, path) = word.split_once('/').map_or((word, None), |(host, path)| (host, Some(path)));
    let Some((name, ending)) = host.rsplit_once('.') else { return false };
    let is_host = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.')) && !name.is_empty();
    let is_ending = ending.len() >= 2 && ending.bytes().all(|byte| byte.is_ascii_lowercase());
    is_host && is_ending && (path.is_some() || ENDINGS.contains(&ending))
}

/// Letters and digits, everything else one space: for finding whole words. Signs of scripts that write no spaces between words
/// are words of their own, so that START is found in 回复START.
pub(super) fn words(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{3005}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{323AF}' => {
                spaced.extend([' ', c, ' ']);
            }
            c if c.is_alphanumeric() => spaced.push(c),
            _ => spaced.push(' '),
        }
    }
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
    /// The keyword is what customers type to find their way in a menu; in the opt-out list it would take them out of marketing.
    BotCommand {
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

/// What chat bots teach people to type.
const BOT_COMMANDS: [&str; 22] = [
    "menu",
    "main menu",
    "back",
    "home",
    "agent",
    "human",
    "exit",
    "catalog",
    "catalogue",
    "prices",
    "track",
    "status",
    "next",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
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
            let word = words(&word.to_lowercase());
            if ORDINARY.contains(&word.as_str()) {
                found.push(Warning::OrdinaryWord { field, index });
            } else if BOT_COMMANDS.contains(&word.as_str()) {
                found.push(Warning::BotCommand { field, index });
            }
        }
    }
    if draft.policies.reachable == crate::permit::Reachable::NotOptedOut {
        found.push(Warning::LooserThanTheLaw);
    }
    found
}
