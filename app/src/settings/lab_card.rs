use domain::consent::State;
use domain::settings::Draft;
use leptos::prelude::*;

use super::lab::{Step, run, steps};
use crate::ui::{Bubble, Card, Choice, Select, TextField};
use crate::words::{Lab, use_words};

/// The number's country whose law always stops marketing on certain words.
const PLUS_ONE: &str = "US";

/// The keyword lab: type what a customer might write and read what would happen. Runs where the page runs.
#[component]
pub fn KeywordLab(
    /// The draft on the page.
    #[prop(into)]
    draft: Signal<Draft>,
    /// Fills `{{business_name}}`.
    business_name: String,
) -> impl IntoView {
    let words = use_words();
    let (lab, person) = (&words.settings.lab, words.settings.system.preview_person);
    let text = RwSignal::new(String::new());
    let state = RwSignal::new(State::OptedIn);
    let country = RwSignal::new(lab.countries[0].0.to_owned());
    let business = business_name;
    let shown = Memo::new(move |_| {
        let text = text.read();
        (!text.trim().is_empty()).then(|| {
            let plus_one = *country.read() == PLUS_ONE;
            steps(&run(&draft.read(), &business, person, &text, state.get(), plus_one), words)
        })
    });
    let states = Lab::STATES.map(|state| Choice { value: state.as_str(), label: words.ui.state(state) });
    let countries = lab.countries.map(|(value, label)| Choice { value, label });
    view! {
        <Card title=lab.title lead=lab.lead>
            <p class="lab-needs-scripts">{lab.needs_scripts}</p>
            <div class="lab stack">
                <TextField
                    name="lab_text"
                    label=lab.text
                    placeholder=lab.placeholder
                    required=true
                    autocomplete="off"
                    on_input=Callback::new(move |typed| text.set(typed))
                />
                <div class="lab-person">
                    <Select
                        name="lab_state"
                        label=lab.state
                        choices=states.to_vec()
                        value=State::OptedIn.as_str()
                        on_change=Callback::new(move |word: String| {
                            if let Ok(chosen) = word.parse() {
                                state.set(chosen);
                            }
                        })
                    />
                    <Select
                        name="lab_country"
                        label=lab.country
                        choices=countries.to_vec()
                        value=lab.countries[0].0
                        on_change=Callback::new(move |chosen| country.set(chosen))
                    />
                </div>
                <div aria-live="polite">
                    {move || match shown.get() {
                        None => view! { <p class="muted">{lab.empty}</p> }.into_any(),
                        Some(steps) => view! { <Steps steps label=lab.steps/> }.into_any(),
                    }}
                </div>
            </div>
        </Card>
    }
}

#[component]
fn Steps(steps: Vec<Step>, label: &'static str) -> impl IntoView {
    let items = steps
        .into_iter()
        .map(|step| {
            view! {
                <li class="lab-step">
                    <span class="lab-step-label">{step.label}</span>
                    <span>{step.text}</span>
                    {step.message.map(|message| view! { <div class="lab-message"><Bubble text=message/></div> })}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="lab-steps" aria-label=label>{items}</ol> }
}
