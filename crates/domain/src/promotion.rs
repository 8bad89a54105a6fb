//! Promotions dressed as service: what must not reach people who opted out, whatever it is called (R43).
//!
//! Stricter texts are linted by [`crate::settings::promotes`]: a confirmation holds no link and no price at all. An agent's answer
//! may well name a price or a link to track a parcel, so only what sells counts here.

use crate::consent::State;
use crate::kind::MessageKind;
use crate::permit::Gate;
use crate::settings::PromoSign;
use crate::settings::lint::{CURRENCIES, holds, is_link, sells};

/// Phrases that lead to more shopping, in the languages of most customers.
const INVITATIONS: [&str; 60] = [
    "related products",
    "check out our",
    "check out these",
    "check out the new",
    "you may also like",
    "you might also like",
    "new collection",
    "new arrivals",
    "new in stock",
    "have a look at our",
    "take a look at our",
    "browse our",
    "visit our shop",
    "visit our store",
    "visit our website",
    "don t miss",
    "do not miss",
    "for a limited time",
    "special deal",
    "great deals",
    "deals for you",
    "our latest offers",
    "our new offers",
    "offer for you",
    "offers for you",
    "off your next",
    "use code",
    "use the code",
    "mira nuestros",
    "mira nuestras",
    "conoce nuestras",
    "conoce nuestros",
    "descubre nuestras",
    "productos relacionados",
    "nueva colección",
    "te puede interesar",
    "no te pierdas",
    "aproveche",
    "aprovecha",
    "confira nossas",
    "confira nossos",
    "conheça nossas",
    "produtos relacionados",
    "nova coleção",
    "não perca",
    "aproveite",
    "découvrez nos",
    "découvrez notre",
    "nouvelle collection",
    "produits similaires",
    "ne manquez pas",
    "entdecken sie",
    "neue kollektion",
    "passende produkte",
    "nicht verpassen",
    "scopri i nostri",
    "scopri le nostre",
    "nuova collezione",
    "ontdek onze",
    "nieuwe collectie",
];

/// What makes a price an offer.
const URGENCY: [&str; 32] = [
    "only today",
    "today only",
    "this week only",
    "this weekend only",
    "hurry",
    "while stocks last",
    "while stock lasts",
    "ends tonight",
    "ends today",
    "ends soon",
    "for only",
    "for just",
    "starting at",
    "starting from",
    "prices from",
    "now only",
    "now just",
    "solo hoy",
    "sólo hoy",
    "por tiempo limitado",
    "desde solo",
    "só hoje",
    "somente hoje",
    "apenas hoje",
    "por apenas",
    "nur heute",
    "nur noch",
    "ab nur",
    "solo oggi",
    "a soli",
    "alleen vandaag",
    "seulement aujourd hui",
];

/// Parts of addresses that are pages of a shop, not of an order.
const SHOP_PATHS: [&str; 12] = [
    "/shop",
    "/sale",
    "/offer",
    "/deals",
    "/products",
    "/product/",
    "/collections",
    "/catalog",
    "/promo",
    "/store",
    "utm_campaign",
    "/tienda",
];

/// The first sign that a text promotes something, if any. A price, a percentage or a link alone is none.
#[must_use]
pub fn advertises(text: &str) -> Option<PromoSign> {
    let lower = text.to_lowercase().replace(['’', '\''], " ");
    if lower.split_whitespace().any(|word| is_link(word) && SHOP_PATHS.iter().any(|path| word.contains(path)))
    {
        return Some(PromoSign::Link);
    }
    if takes_off(&lower) {
        return Some(PromoSign::Percent);
    }
    if lower.contains(CURRENCIES) && holds(&lower, &URGENCY) {
        return Some(PromoSign::Price);
    }
    (sells(&lower) || holds(&lower, &INVITATIONS)).then_some(PromoSign::SaleWord)
}

/// A percentage that is taken off: "20% off", "-20 %".
fn takes_off(lower: &str) -> bool {
    lower.match_indices('%').any(|(at, _)| {
        let (before, after) = lower.split_at(at);
        let number =
            before.trim_end().trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
        let has_number = number.len() < before.trim_end().len();
        let after = after.trim_start_matches('%').trim_start();
        has_number
            && (number.ends_with(['-', '−', '–'])
                || after.starts_with("off")
                || after.starts_with("discount"))
    })
}

/// Whether a message of this kind with this text is stopped for this person: they want no marketing, and it is some (R43).
#[must_use]
pub fn stopped(gate: &Gate, kind: MessageKind, text: &str) -> Option<PromoSign> {
    let checked = matches!(kind, MessageKind::Service | MessageKind::Utility);
    let unwilling = gate.native_stop || matches!(gate.state, State::OptedOut | State::Held);
    if checked && unwilling { advertises(text) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r43_a_promotion_dressed_as_service_is_recognised() {
        for text in [
            "Your order has shipped! Check out these related products",
            "Thanks for your order. Get 20% off your next one",
            "Your parcel is here. Use code THANKS10 for a discount",
            "Delivered. New shoes -30 % until Sunday",
            "All sorted! By the way, prices from $5, today only",
            "Tu pedido va en camino. Aprovecha nuestras rebajas",
            "Seu pedido chegou. Confira nossas ofertas",
            "Ihre Bestellung ist da. Entdecken Sie die neue Kollektion",
            "Votre colis est arrivé. Découvrez nos nouveautés",
            "您的订单已发货，全场打折",
            "See https://shop.example/collections/summer",
        ] {
            assert!(advertises(text).is_some(), "{text}");
        }
    }

    #[test]
    fn r43_an_answer_about_an_order_is_none() {
        for text in [
            "Hi Maria, your order 1042 left our warehouse this morning and arrives on Friday.",
            "We refunded $20.00 to your card today.",
            "You can follow it here: https://track.example/parcel/12345",
            "The total was €49.90, 19 % VAT included.",
            "Your order is 80% complete, we are waiting for one part.",
            "The size you ordered is sold out, may we send blue instead?",
            "Yes, the shop is open until 6 pm on Saturday.",
            "Su pedido llega mañana entre las 10 y las 12.",
            "Seu reembolso de R$ 30,00 foi feito hoje.",
            "Die Lieferung kommt am Montag. Die Rechnung über 49,90 € liegt bei.",
            "お荷物は明日届きます。",
            "Sorry for the delay! I have only today heard from the courier.",
        ] {
            assert_eq!(advertises(text), None, "{text}");
        }
    }
}
