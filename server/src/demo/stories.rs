//! What was written lately.

use domain::kind::MessageKind;
use domain::time::{Span, Timestamp};

use service::demo::{DemoContact, DemoLine};

/// Who speaks.
#[derive(Clone, Copy)]
enum Voice {
    Customer,
    Shop(MessageKind),
}

use MessageKind::{Consent, Service, Utility};
use Voice::{Customer, Shop};

/// One conversation: whose, and how many minutes ago who said what.
type Story = (usize, &'static [(i64, Voice, &'static str)]);

const STORIES: [Story; 8] = [
    // Opted out, and helped all the same.
    (
        7,
        &[
            (2_900, Customer, "STOP"),
            (
                2_899,
                Shop(Consent),
                "You will get no more marketing messages from Demo Shop. We still answer you here and send updates about your \
                 orders. Reply START to subscribe again.",
            ),
            (140, Customer, "Hi, what's my order status?"),
            (
                131,
                Shop(Service),
                "Hello! Your order left us this morning and should be with you tomorrow before noon.",
            ),
            (126, Customer, "Great, can the courier leave it with my neighbour?"),
            (120, Shop(Service), "Of course. We have told them: number 12, ground floor."),
            (118, Customer, "Perfect, thank you 🙏"),
        ],
    ),
    (
        12,
        &[
            (380, Customer, "Do you have the blue mugs in stock again?"),
            (371, Shop(Service), "We do, eleven of them. Shall we put some aside for you?"),
            (365, Customer, "Two please! I'll come by on Saturday"),
            (361, Shop(Service), "Done. They are waiting at the till under your name."),
        ],
    ),
    (
        31,
        &[
            (55, Customer, "¿Hacen envíos a Canarias?"),
            (41, Shop(Service), "Sí, con correo certificado. Tarda entre cinco y siete días."),
        ],
    ),
    (
        46,
        &[
            (
                1_310,
                Shop(Utility),
                "Thank you for your order. We have received it and will tell you when it is on its way.",
            ),
            (1_280, Customer, "Thanks! Could you add a gift note?"),
            (1_262, Shop(Service), "Gladly. What should it say?"),
            (1_255, Customer, "\"For rainy afternoons\""),
            (1_250, Shop(Service), "Written by hand, on the good paper."),
        ],
    ),
    (88, &[(16, Customer, "The parcel came, but the lid is cracked :(")]),
    (
        163,
        &[
            (9_400, Customer, "START"),
            (
                9_399,
                Shop(Consent),
                "Welcome back to Demo Shop! You will get our news and offers again, a few times a month. Reply STOP to stop at \
                 any time, HELP for help.",
            ),
            (700, Customer, "When is the next pottery workshop?"),
            (690, Shop(Service), "On the first Sunday of the month at ten. There are four places left."),
        ],
    ),
    (
        412,
        &[
            (230, Customer, "Is there a bus stop near the shop?"),
            (224, Shop(Service), "Yes: lines 4 and 19 stop right outside, at Mill Lane."),
        ],
    ),
    (
        702,
        &[
            (
                4_330,
                Shop(Utility),
                "Thank you for your order. We have received it and will tell you when it is on its way.",
            ),
            (1_520, Customer, "Bonjour, puis-je encore changer la taille ?"),
            (1_511, Shop(Service), "Bonjour ! Oui, le colis part demain matin. Quelle taille vous faut-il ?"),
            (1_504, Customer, "M au lieu de S, merci !"),
        ],
    ),
];

/// How much longer than others the shop knows the people of the stories, so that their past lies before what they write.
const LONGER: Span = Span::days(60);

/// Gives people their conversations.
pub(super) fn tell(people: &mut [DemoContact], now: Timestamp) {
    for (number, lines) in STORIES {
        let Some(person) = people.get_mut(number) else { continue };
        person.created_at = person.created_at - LONGER;
        for choice in &mut person.choices {
            choice.at = choice.at - LONGER;
        }
        person.lines = lines
            .iter()
            .map(|(minutes, voice, text)| DemoLine {
                at: now - Span::minutes(*minutes),
                from_shop: match voice {
                    Customer => None,
                    Shop(kind) => Some(*kind),
                },
                text: (*text).to_owned(),
            })
            .collect();
        // A choice that stands in the conversation was made there and then.
        if let Some(last) = person.choices.last_mut()
            && let Some(line) =
                person.lines.iter().find(|line| line.from_shop.is_none() && line.text == last.words)
        {
            last.at = line.at;
        }
    }
}
