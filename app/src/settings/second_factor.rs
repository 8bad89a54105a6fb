use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::api::{
    BeginSecondFactor, ConfirmSecondFactor, FactorSetup, OwnFactor, TurnOffSecondFactor, load_second_factor,
};
use crate::ui::{Banner, Button, Card, Press, SkeletonRows, Suspended, TextField, Tone, Variant};
use crate::words::use_words;

/// One's own second factor: turning it on with an app, its recovery codes, and turning it off.
///
/// Its forms are the browser's own, as all on this page: secrets are shown once, by a ticket in the address.
#[component]
pub(super) fn SecondFactor() -> impl IntoView {
    let text = &use_words().settings.team_words;
    let ticket = use_query_map().read_untracked().get("factor").unwrap_or_default();
    let asked = ticket.clone();
    let loaded = Resource::new(|| (), move |()| load_second_factor(asked.clone()));
    view! {
        <Card title=text.factor lead=text.factor_text>
            <Suspended
                resource=loaded
                fallback=|| view! { <SkeletonRows rows=1/> }
                children=move |own: OwnFactor| {
                    let OwnFactor { is_on, setup, recovery } = own;
                    match (setup, is_on) {
                        (Some(setup), false) => view! { <Setup setup ticket=ticket.clone()/> }.into_any(),
                        (_, false) => view! {
                            <form method="post" action=BeginSecondFactor::url()>
                                <div class="cluster" data-align="end">
                                    <Button press=Press::Submit>{text.factor_begin}</Button>
                                </div>
                            </form>
                        }
                        .into_any(),
                        (_, true) => view! { <On recovery/> }.into_any(),
                    }
                }
            />
        </Card>
    }
}

#[component]
fn Setup(setup: FactorSetup, ticket: String) -> impl IntoView {
    let text = &use_words().settings.team_words;
    let FactorSetup { secret, side, path } = setup;
    view! {
        <div class="qr">
            <svg class="qr-code" viewBox=format!("0 0 {side} {side}") role="img" aria-label=text.factor_code shape-rendering="crispEdges">
                <path class="qr-ground" d=format!("M0 0h{side}v{side}H0z")></path>
                <path class="qr-squares" d=path></path>
            </svg>
            <div class="stack">
                <p>{text.factor_scan}</p>
                <p><code class="secret">{secret}</code></p>
                <form method="post" action=ConfirmSecondFactor::url()>
                    <div class="stack">
                        <input type="hidden" name="ticket" value=ticket/>
                        <TextField name="code" label=text.factor_first autocomplete="one-time-code" required=true maxlength=10/>
                        <div class="cluster" data-align="end">
                            <Button press=Press::Submit variant=Variant::Primary>{text.factor_confirm}</Button>
                        </div>
                    </div>
                </form>
            </div>
        </div>
    }
}

#[component]
fn On(recovery: Vec<String>) -> impl IntoView {
    let text = &use_words().settings.team_words;
    let codes = (!recovery.is_empty()).then(|| {
        let codes = recovery
            .into_iter()
            .map(|code| view! { <li><code class="secret">{code}</code></li> })
            .collect_view();
        view! {
            <Banner tone=Tone::Success title=text.recovery>
                <p>{text.recovery_text}</p>
                <ul class="recovery-codes">{codes}</ul>
            </Banner>
        }
    });
    view! {
        <div class="stack">
            {codes}
            <p>{text.factor_is_on}</p>
            <details>
                <summary class="button" data-size="small" data-variant="quiet">{text.factor_off}</summary>
                <form method="post" action=TurnOffSecondFactor::url()>
                    <div class="stack">
                        <TextField name="factor_password" label=text.current kind="password" autocomplete="current-password" required=true/>
                        <TextField name="code" label=text.factor_now autocomplete="one-time-code" required=true maxlength=40/>
                        <div class="cluster" data-align="end">
                            <Button press=Press::Submit variant=Variant::Danger>{text.factor_off_now}</Button>
                        </div>
                    </div>
                </form>
            </details>
        </div>
    }
}
