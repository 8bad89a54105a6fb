//! Detection as a program of its own for the browser: the keyword lab loads it when somebody uses it, and no other page does.

use detection::Question;
use wasm_bindgen::prelude::wasm_bindgen;

/// Answers a [`Question`] in JSON with a finding in JSON, exactly as the server would; nothing for what is no question.
#[wasm_bindgen]
#[must_use]
pub fn classify(question: &str) -> Option<String> {
    let question: Question = serde_json::from_str(question).ok()?;
    serde_json::to_string(&question.answer()).ok()
}

#[cfg(test)]
mod tests {
    use super::classify;

    #[test]
    fn a_question_in_json_is_answered_in_json() {
        let question = serde_json::to_string(&detection::Question {
            text: "please don’t message me".to_owned(),
            ..detection::Question::default()
        });
        let finding: detection::Finding =
            serde_json::from_str(&classify(&question.unwrap()).unwrap()).unwrap();
        assert_eq!(finding.verdict, detection::Verdict::OptOut);
        assert_eq!(classify("no question"), None);
    }
}
