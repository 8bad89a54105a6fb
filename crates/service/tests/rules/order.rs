//! The order of delivery does not matter (R24).

use domain::consent::{Source, State};
use domain::time::Span;
use service::consent::{Choice, Record};

use crate::shop::{Shop, bare, za};
use crate::webhook::{self, Names};

rules! {
    async fn r24_the_later_choice_counts_and_a_tie_is_an_opt_out_in_every_order(shop) {
        let mut n = 0;
        for was_subscriber in [false, true] {
            for (stop, start, expected) in
                [(20, 10, State::OptedOut), (10, 20, State::OptedIn), (15, 15, State::OptedOut)]
            {
                for stop_first in [true, false] {
                    for at_once in [true, false] {
                        n += 1;
                        let phone = za(n);
                        if was_subscriber {
                            let id = shop.stranger(&phone).await;
                            let record = Record {
                                source: Some(Source::Paper),
                                occurred_at: Some(shop.now() - Span::days(30)),
                                ..bare(Choice::OptedIn)
                            };
                            service::consent::record(shop.service(), &shop.owner, id, record).await.unwrap();
                        }
                        let start_of_day = shop.now() - Span::minutes(1);
                        let said = |words: &str, seconds| {
                            let at = start_of_day + Span::seconds(seconds);
                            webhook::text(&Names::phone(&phone), &format!("wamid.{words}.{n}"), at, words)
                        };
                        let mut messages = vec![said("STOP", stop), said("START", start)];
                        if !stop_first {
                            messages.reverse();
                        }
                        if at_once {
                            shop.receive(&webhook::messages(messages)).await.unwrap();
                        } else {
                            for message in messages {
                                shop.receive(&webhook::messages(vec![message])).await.unwrap();
                            }
                        }
                        assert_eq!(
                            shop.state(&phone).await,
                            expected,
                            "STOP at {stop}, START at {start}, STOP first: {stop_first}, subscriber: {was_subscriber}"
                        );
                    }
                }
            }
        }
    }

    async fn r24_a_start_older_than_a_repeated_stop_does_not_count(shop) {
        let names = Names::phone(&za(1));
        let now = shop.now();
        for (wamid, words, seconds) in [("a", "STOP", 10), ("b", "STOP", 30), ("c", "START", 20)] {
            let message = webhook::text(&names, wamid, now + Span::seconds(seconds), words);
            shop.receive(&webhook::messages(vec![message])).await.unwrap();
        }
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
    }

    async fn r24_a_time_in_the_future_does_not_outlive_what_is_said_after_it(shop) {
        let names = Names::phone(&za(1));
        let now = shop.now();
        let message = webhook::text(&names, "a", now + Span::days(400), "START");
        shop.subscriber(&za(1)).await;
        shop.receive(&webhook::messages(vec![message])).await.unwrap();
        shop.advance(Span::minutes(10));
        shop.says(&za(1), "STOP").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
    }

    async fn r24_an_opt_in_by_a_clock_ahead_of_whatsapps_does_not_outlive_a_stop(shop) {
        let id = shop.stranger(&za(1)).await;
        let ahead = Record { source: Some(Source::Paper), ..bare(Choice::OptedIn) };
        service::consent::record(shop.service(), &shop.owner, id, ahead).await.unwrap();
        let by_whatsapps_clock = shop.now() - Span::minutes(2);
        let message = webhook::text(&Names::phone(&za(1)), "a", by_whatsapps_clock, "STOP");
        shop.receive(&webhook::messages(vec![message])).await.unwrap();
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
    }

    async fn r24_an_opt_in_dated_tomorrow_counts_from_now(shop) {
        let id = shop.stranger(&za(1)).await;
        let tomorrow = Record {
            source: Some(Source::Paper),
            occurred_at: Some(shop.now() + Span::minutes(4)),
            ..bare(Choice::OptedIn)
        };
        service::consent::record(shop.service(), &shop.owner, id, tomorrow).await.unwrap();
        shop.says(&za(1), "STOP").await;
        assert_eq!(shop.state(&za(1)).await, State::OptedOut);
    }
}
