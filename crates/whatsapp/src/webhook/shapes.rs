//! The JSON of Meta's webhooks, as far as it is read. Every field may be missing and may hold anything.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::lenient::{List, Part, Text};

/// Declares structs whose fields all borrow from the body and all have a default.
macro_rules! shapes {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty),+ $(,)? })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Default, Deserialize)]
            #[serde(default, bound(deserialize = "'de: 'a"))]
            pub(super) struct $name<'a> {
                $($(#[$field_meta])* pub(super) $field: $kind),+
            }
        )+
    };
}

shapes! {
    /// The whole body.
    Envelope { object: Text<'a>, entry: List<Part<Entry<'a>>> }

    /// One WhatsApp business account's part of it.
    Entry { time: Text<'a>, changes: List<Part<Change<'a>>> }

    Change { field: Text<'a>, value: Option<&'a RawValue> }

    /// What `messages`, `user_preferences` and `user_id_update` carry.
    Value {
        contacts: List<Part<Contact<'a>>>,
        messages: List<&'a RawValue>,
        statuses: List<&'a RawValue>,
        errors: Option<&'a RawValue>,
        user_preferences: List<&'a RawValue>,
        user_id_update: List<&'a RawValue>,
        message_echoes: List<&'a RawValue>,
    }

    Contact { profile: Part<Profile<'a>>, wa_id: Text<'a>, user_id: Text<'a>, parent_user_id: Text<'a> }

    Profile { name: Text<'a> }

    Message {
        from: Text<'a>,
        from_user_id: Text<'a>,
        from_parent_user_id: Text<'a>,
        group_id: Text<'a>,
        id: Text<'a>,
        timestamp: Text<'a>,
        r#type: Text<'a>,
        context: Part<Context<'a>>,
        text: Part<Body<'a>>,
        button: Part<Button<'a>>,
        interactive: Part<Interactive<'a>>,
        image: Part<Media<'a>>,
        video: Part<Media<'a>>,
        document: Part<Media<'a>>,
        audio: Part<Media<'a>>,
        sticker: Part<Media<'a>>,
        location: Part<Location<'a>>,
        contacts: List<Part<Card<'a>>>,
        reaction: Part<Reaction<'a>>,
        order: Part<Order<'a>>,
        system: Part<System<'a>>,
        unsupported: Part<Unsupported<'a>>,
        edit: Part<Edit<'a>>,
    }

    Context { id: Text<'a>, forwarded: Text<'a>, frequently_forwarded: Text<'a> }

    Body { body: Text<'a> }

    Button { payload: Text<'a>, text: Text<'a> }

    Interactive {
        button_reply: Part<Reply<'a>>,
        list_reply: Part<Reply<'a>>,
        nfm_reply: Part<Flow<'a>>,
        call_permission_reply: Part<CallPermission<'a>>,
    }

    Reply { id: Text<'a>, title: Text<'a> }

    Flow { name: Text<'a> }

    CallPermission { response: Text<'a> }

    Media { id: Text<'a>, caption: Text<'a>, filename: Text<'a>, voice: Text<'a> }

    Location { latitude: Text<'a>, longitude: Text<'a>, name: Text<'a>, address: Text<'a> }

    Card { name: Part<CardName<'a>>, phones: List<Part<CardPhone<'a>>> }

    CardName { formatted_name: Text<'a>, first_name: Text<'a> }

    CardPhone { phone: Text<'a> }

    Reaction { emoji: Text<'a>, message_id: Text<'a> }

    Order { text: Text<'a>, product_items: List<Part<OrderItem<'a>>> }

    OrderItem { product_retailer_id: Text<'a>, quantity: Text<'a>, item_price: Text<'a>, currency: Text<'a> }

    /// A notice by WhatsApp. Older versions wrote the new number as `new_wa_id`.
    System {
        r#type: Text<'a>,
        body: Text<'a>,
        wa_id: Text<'a>,
        new_wa_id: Text<'a>,
        user_id: Text<'a>,
        parent_user_id: Text<'a>,
    }

    Unsupported { r#type: Text<'a> }

    Edit { message: Part<Box<Message<'a>>> }

    /// A status. The parent id had two names within one year.
    Status {
        id: Text<'a>,
        status: Text<'a>,
        timestamp: Text<'a>,
        recipient_id: Text<'a>,
        recipient_user_id: Text<'a>,
        recipient_parent_user_id: Text<'a>,
        parent_recipient_user_id: Text<'a>,
        biz_opaque_callback_data: Text<'a>,
        errors: List<Part<Failure<'a>>>,
    }

    Failure { code: Text<'a> }

    Preference {
        wa_id: Text<'a>,
        user_id: Text<'a>,
        parent_user_id: Text<'a>,
        category: Text<'a>,
        value: Text<'a>,
        timestamp: Text<'a>,
    }

    UserIdUpdate {
        wa_id: Text<'a>,
        user_id: Part<Replaced<'a>>,
        parent_user_id: Part<Replaced<'a>>,
        timestamp: Text<'a>,
    }

    Replaced { previous: Text<'a>, current: Text<'a> }

    /// A template's status or category changed.
    TemplateChange {
        event: Text<'a>,
        message_template_name: Text<'a>,
        message_template_language: Text<'a>,
        message_template_category: Text<'a>,
        new_category: Text<'a>,
    }
}
