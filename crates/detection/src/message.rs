//! One message, its words looked up, and what matches in it.

use crate::grammar::{Class, Grammar, Literal, Phrase, Says, Step};
use crate::repair;
use crate::text::{Break, Text, Word};

/// How far [`Step::NotAhead`] and [`Step::NotBehind`] look, in words.
const NEARBY: usize = 4;

/// A message whose words have been looked up.
pub(crate) struct Message {
    pub(crate) text: Text,
    /// For each word: the classes that match from it on, and over how many words.
    spans: Vec<Vec<(Class, u8)>>,
    /// Which classes match anywhere: one bit each.
    present: Vec<u64>,
    /// For each word: whether it is known by itself in any language.
    pub(crate) known: Vec<bool>,
}

/// A phrase that was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'g> {
    pub(crate) phrase: &'g Phrase,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

impl Found<'_> {
    fn overlaps(&self, other: &Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

impl Message {
    pub(crate) fn read(grammar: &Grammar, mut text: Text) -> Self {
        repair::join_spelled_out(grammar, &mut text);
        let mut literals: Vec<Vec<Literal>> = Vec::with_capacity(text.words.len());
        for word in &mut text.words {
            let mut found = Vec::new();
            grammar.words.find(&word.text, |literal| found.push(literal));
            if found.is_empty()
                && let Some(meant) = repair::meant(grammar, word)
            {
                grammar.words.find(&meant, |literal| found.push(literal));
                word.text = meant;
            }
            literals.push(found);
        }
        let known = text.words.iter().map(|word| grammar.words.knows_whole(&word.text)).collect();
        let mut spans: Vec<Vec<(Class, u8)>> = Vec::with_capacity(literals.len());
        for (at, found) in literals.iter().enumerate() {
            let mut here = Vec::new();
            for literal in found {
                let Ok(index) = usize::try_from(*literal) else { continue };
                here.extend(grammar.classes_of[index].iter().map(|class| (*class, 1)));
                let Some(seconds) =
                    literals.get(at + 1).filter(|_| text.words[at + 1].before != Break::Strong)
                else {
                    continue;
                };
                for second in seconds {
                    for (rest, class) in grammar.longer.get(&(*literal, *second)).into_iter().flatten() {
                        let follows = rest.iter().enumerate().all(|(step, wanted)| {
                            literals.get(at + 2 + step).is_some_and(|found| found.contains(wanted))
                                && text.words[at + 2 + step].before != Break::Strong
                        });
                        if follows && let Ok(length) = u8::try_from(rest.len() + 2) {
                            here.push((*class, length));
                        }
                    }
                }
            }
            spans.push(here);
        }
        let mut present = vec![0_u64; grammar.concepts.len().div_ceil(64)];
        for (class, _) in spans.iter().flatten() {
            if let Some(bits) = present.get_mut(usize::from(class / 64)) {
                *bits |= 1 << (class % 64);
            }
        }
        Self { text, spans, present, known }
    }

    pub(crate) fn words(&self) -> &[Word] {
        &self.text.words
    }

    /// Whether a word of the class stands here, and the longest way it does.
    pub(crate) fn class_at(&self, at: usize, class: Class) -> Option<usize> {
        let spans = self.spans.get(at)?;
        spans.iter().filter(|(found, _)| *found == class).map(|(_, length)| usize::from(*length)).max()
    }

    /// Whether a word of the class stands anywhere.
    fn has(&self, class: Class) -> bool {
        self.present.get(usize::from(class / 64)).is_some_and(|bits| bits & (1 << (class % 64)) != 0)
    }

    /// The classes that begin here, each with its number of words.
    pub(crate) fn classes_at(&self, at: usize) -> impl Iterator<Item = (Class, usize)> {
        self.spans.get(at).into_iter().flatten().map(|(class, length)| (*class, usize::from(*length)))
    }

    /// Leaves out the words of a range.
    pub(crate) fn without(&self, grammar: &Grammar, ranges: &[(usize, usize)]) -> Self {
        let mut text = self.text.clone();
        let mut index = 0;
        let mut parted = false;
        text.words.retain_mut(|word| {
            let out = ranges.iter().any(|(from, to)| (*from..*to).contains(&index));
            index += 1;
            if out {
                parted = true;
            } else if std::mem::take(&mut parted) {
                word.before = Break::Strong;
            }
            !out
        });
        Self::read(grammar, text)
    }

    /// Every phrase of the enabled languages, the earliest first.
    pub(crate) fn phrases<'g>(
        &self,
        grammar: &'g Grammar,
        enabled: impl Fn(usize) -> bool,
    ) -> Vec<Found<'g>> {
        let mut found = Vec::new();
        let mut tried = Vec::new();
        for at in 0..self.spans.len() {
            tried.clear();
            for (class, _) in &self.spans[at] {
                for id in grammar.beginning_with.get(class).into_iter().flatten() {
                    let phrase = &grammar.phrases[usize::from(*id)];
                    // Most phrases that may begin here lack a word: found out without walking them.
                    if phrase.needs.iter().all(|class| self.has(*class))
                        && enabled(phrase.language)
                        && !tried.contains(id)
                    {
                        tried.push(*id);
                        let Some(to) = self.follows(grammar, phrase, 0, (at, at)) else { continue };
                        found.push(Found { phrase, from: at, to });
                    }
                }
            }
        }
        found
    }

    /// Where a phrase ends if its steps from `step` on follow; `from` is where it began, `at` where this step stands.
    fn follows(
        &self,
        grammar: &Grammar,
        phrase: &Phrase,
        step: usize,
        (from, at): (usize, usize),
    ) -> Option<usize> {
        let Some(now) = phrase.steps.get(step) else { return Some(at) };
        let words = &self.text.words;
        let next = |at| self.follows(grammar, phrase, step + 1, (from, at));
        match *now {
            Step::One(class) | Step::Maybe(class) => {
                let in_sentence =
                    at == from || words.get(at).is_some_and(|word| word.before != Break::Strong);
                let here = self.spans.get(at).filter(|_| in_sentence).into_iter().flatten();
                here.filter(|(found, _)| *found == class)
                    .find_map(|(_, length)| next(at + usize::from(*length)))
                    .or_else(|| if matches!(now, Step::Maybe(_)) { next(at) } else { None })
            }
            Step::Gap(most) => {
                // What turns a wish around stands close to it: not beyond a comma.
                let barrier = if phrase.says == Says::Not { Break::Weak } else { Break::Strong };
                for skipped in 0..=usize::from(most) {
                    let end = next(at + skipped);
                    if end.is_some() || words.get(at + skipped).is_none_or(|word| word.before >= barrier) {
                        return end;
                    }
                }
                None
            }
            Step::NotAhead(class) => {
                let ahead = (at..(at + NEARBY).min(words.len()))
                    .take_while(|word| words[*word].before != Break::Strong);
                let free = { ahead }.all(|word| self.class_at(word, class).is_none());
                free.then(|| next(at)).flatten()
            }
            Step::NotBehind(class) => {
                // Before the whole phrase, wherever the step stands in it.
                let behind = (from.saturating_sub(NEARBY)..from).rev().take_while(|word| {
                    words.get(word + 1).is_some_and(|after| after.before != Break::Strong)
                });
                let free = { behind }.all(|word| self.class_at(word, class).is_none());
                free.then(|| next(at)).flatten()
            }
            Step::Start => self.only_filler(grammar, 0, at).then(|| next(at)).flatten(),
            Step::SentenceStart => {
                self.only_filler(grammar, self.sentence_start(at), at).then(|| next(at)).flatten()
            }
            Step::End => self.only_filler(grammar, at, words.len()).then(|| next(at)).flatten(),
            Step::SentenceEnd => self.ends(grammar, at, Break::Strong).then(|| next(at)).flatten(),
            Step::ClauseEnd => self.ends(grammar, at, Break::Weak).then(|| next(at)).flatten(),
        }
    }

    fn sentence_start(&self, at: usize) -> usize {
        (1..=at)
            .rev()
            .find(|word| self.text.words.get(*word).is_some_and(|word| word.before == Break::Strong))
            .unwrap_or(0)
    }

    /// Whether a break of this strength, or the end of the message, follows after nothing but filler.
    fn ends(&self, grammar: &Grammar, mut at: usize, strength: Break) -> bool {
        loop {
            match self.text.words.get(at) {
                None => return true,
                Some(word) if word.before >= strength => return true,
                Some(_) => match self.class_at(at, grammar.filler) {
                    Some(length) => at += length,
                    None => return false,
                },
            }
        }
    }

    /// Whether nothing but filler stands in a range.
    pub(crate) fn only_filler(&self, grammar: &Grammar, from: usize, to: usize) -> bool {
        let mut at = from;
        while at < to {
            match self.class_at(at, grammar.filler) {
                Some(length) if at + length <= to => at += length,
                _ => return false,
            }
        }
        true
    }
}

/// What is left when the phrases that turn others around have had their say.
pub(crate) fn meant<'g>(found: &[Found<'g>]) -> Vec<Found<'g>> {
    let denied = |one: &Found<'_>| found.iter().any(|not| not.phrase.says == Says::Not && not.overlaps(one));
    found
        .iter()
        .filter(|one| !matches!(one.phrase.says, Says::Not | Says::Footer) && !denied(one))
        .copied()
        .collect()
}
