//! Building blocks that read JSON of any shape, so that a surprise in one place costs that place and nothing around it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A word: a string, or a number or truth value as its text. Anything else reads as absent.
#[derive(Debug, Default)]
pub(crate) struct Text<'a>(Option<Cow<'a, str>>);

/// A struct, if there is an object in its place.
#[derive(Debug)]
pub(crate) struct Part<T>(pub(crate) Option<T>);

/// A list, if there is an array in its place.
#[derive(Debug)]
pub(crate) struct List<T> {
    /// Its elements.
    pub(crate) items: Vec<T>,
    /// Whether something other than an array or `null` stood there.
    pub(crate) odd: bool,
    /// Whether an array stood there.
    pub(crate) present: bool,
}

impl Text<'_> {
    /// The text, unless it is absent or blank.
    pub(crate) fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.trim().is_empty())
    }

    /// The text as a `String`, unless it is absent or blank.
    pub(crate) fn owned(&self) -> Option<String> {
        self.get().map(str::to_owned)
    }

    /// The text as a whole number.
    pub(crate) fn number(&self) -> Option<i64> {
        self.get().and_then(|text| text.trim().parse().ok())
    }

    /// Whether the text is `true`.
    pub(crate) fn is_true(&self) -> bool {
        self.get() == Some("true")
    }
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Part<T> {
    pub(crate) const fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// A word of the struct.
    pub(crate) fn word<'s>(&'s self, of: impl FnOnce(&'s T) -> &'s Text<'s>) -> Option<&'s str>
    where
        T: 's,
    {
        self.0.as_ref().and_then(|part| of(part).get())
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), odd: false, present: false }
    }
}

impl<T> List<Part<T>> {
    /// The elements that are objects.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &T> {
        self.items.iter().filter_map(Part::get)
    }
}

fn skip_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Answers the named `visit_` methods with the same value whatever they are given.
macro_rules! all_the_same {
    ($value:expr; $($method:ident: $argument:ty),+ $(,)?) => {
        $(fn $method<E: serde::de::Error>(self, _: $argument) -> Result<Self::Value, E> { Ok($value) })+
        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
    };
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor<'a>(PhantomData<&'a str>);

        impl<'de: 'a, 'a> Visitor<'de> for TextVisitor<'a> {
            type Value = Text<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a number")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }

            fn visit_bool<E>(self, truth: bool) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Borrowed(if truth { "true" } else { "false" }))))
            }

            fn visit_unit<E>(self) -> Result<Text<'a>, E> {
                Ok(Text(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Text<'a>, A::Error> {
                skip_seq(seq).map(|()| Text(None))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text<'a>, A::Error> {
                skip_map(map).map(|()| Text(None))
            }
        }

        deserializer.deserialize_any(TextVisitor(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PartVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for PartVisitor<T> {
            type Value = Part<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Part<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|part| Part(Some(part)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Part<T>, A::Error> {
                skip_seq(seq).map(|()| Part(None))
            }

            all_the_same!(Part(None); visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
        }

        deserializer.deserialize_any(PartVisitor(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);

        impl<T> ListVisitor<T> {
            const fn odd() -> List<T> {
                List { items: Vec::new(), odd: true, present: false }
            }
        }

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(List { items, odd: false, present: true })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<List<T>, A::Error> {
                skip_map(map).map(|()| Self::odd())
            }

            all_the_same!(Self::odd(); visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
        }

        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}
