use domain::contact::Contact;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::EraseContact;
use crate::ui::{Button, Card, Dialog, Glyph, Press, Variant};
use crate::words::use_words;

/// What is owed to a person: everything known about them, and that it is forgotten.
#[component]
pub fn Privacy(contact: Contact) -> impl IntoView {
    let words = use_words();
    let text = &words.jobs;
    let asking = RwSignal::new(false);
    let question = (text.erase_question)(&contact.label());
    let id = contact.id.to_string();
    view! {
        <Card title=text.data_title>
            <p class="muted">{text.data_text}</p>
            <div class="cluster">
                // Not a page of the app: the browser fetches it.
                <a class="button" href=format!("/contacts/{id}/data.json") rel="external" download="">{text.data_export}</a>
                <Button
                    glyph=Glyph::Warning
                    attr:commandfor="erase"
                    attr:command="show-modal"
                    on:click=move |_| asking.set(true)
                >
                    {text.erase}
                </Button>
            </div>
            <Dialog id="erase" title=Signal::stored(question) open=asking>
                <p>{text.erase_text}</p>
                <form method="post" action=EraseContact::url()>
                    <input type="hidden" name="contact" value=id/>
                    <div class="dialog-actions">
                        <Button attr:commandfor="erase" attr:command="close" on:click=move |_| asking.set(false)>
                            {words.contacts.cancel}
                        </Button>
                        <Button press=Press::Submit variant=Variant::Danger>{text.erase_yes}</Button>
                    </div>
                </form>
            </Dialog>
        </Card>
    }
}
